import { type AccountLevelMetric, insufficient, okMoney, unknown } from '../definition.js'

/**
 * What the account is worth at T.
 *
 * Formula: E_s + Σ quantity_s × (mark(u) − mark(s)) × multiplier, u = min(T, s + 5 min, close), s the last snapshot whose
 * equity counts; both marks ours.
 * Unit: USD.
 * Undefined when: the account has no snapshot yet (no_equity), or a book of it holds what is quoted in another currency.
 * Convention: as the equity of a book that is alone in its account, whoever trades there: shares are no matter. Fills
 * since the snapshot wait for the next one. Among the marks are the fills of all books of the account.
 * Source: METRICS section 2, "Equity of a book alone in its account", and section 4, "Ours beyond the pack".
 */
export const accountEquity: AccountLevelMetric = {
  name: 'account_equity',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_account_equity_usd',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  extended: true,
  summary: 'Equity of the account: its last snapshot, carried on by the marks for five minutes.',
  compute: ({ isForeign, equity }) => {
    if (isForeign) return insufficient('currency')
    return equity.known ? okMoney(equity.value.equity) : unknown(equity)
  },
}
