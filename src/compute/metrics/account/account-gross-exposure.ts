import { absolute } from '../../../domain/exact.js'
import { type AccountLevelMetric, okMoney, unknown } from '../definition.js'

/**
 * Market value of all that the account holds, longs and shorts both counted as positive.
 *
 * Formula: Σ over symbols of abs(quantity × mark × multiplier), the quantity that of the account.
 * Unit: USD; never negative; 0 when nothing is held.
 * Undefined when: a held symbol has no mark (missing_mark: no partial sums) or is quoted in another currency.
 * Convention: one position a symbol, as at the broker: what one book is long and another is short is set off, so that this
 * may be less than the sum over books. A symbol that a book of the account traded in the longest window, or holds, is what
 * the ledgers say; what none did (positions of nobody, orders without a strategy, trades by hand), and what nobody can
 * tell whose it is, is what the newest snapshot shows.
 * Source: METRICS section 4, row 35 and "Ours beyond the pack"; section 1, "Mark".
 */
export const accountGrossExposure: AccountLevelMetric = {
  name: 'account_gross_exposure',
  group: 'exposure',
  unit: 'USD',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_account_gross_exposure_usd',
  sources: ['orders', 'snapshots', 'prices'],
  extended: true,
  summary: 'Sum of the absolute market values of all that the account holds, one position a symbol.',
  compute: ({ positions }) =>
    positions.known
      ? okMoney(positions.value.reduce((total, { value }) => total + absolute(value), 0n))
      : unknown(positions),
}
