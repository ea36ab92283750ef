import { MONEY_DIGITS, toNumber } from '../../../domain/exact.js'
import { toIso } from '../../../domain/time.js'
import type { WindowMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'
import { flowsMeta, foreignWindow, unknownEquity } from '../equity-results.js'

/**
 * What the account's equity changed by that neither flows nor the book's net result explain: do the books tell the truth?
 *
 * Formula: (E(s₂) − E(s₁)) − flows in (s₁, s₂] − net result between s₁ and s₂; s₁ and s₂ the last snapshots at or
 * before start and T.
 * Unit: USD; positive when the account earned more than the book knows.
 * Undefined when: the book shares its account, or there is no snapshot at or before the start (no_equity); the result
 * between the two snapshots cannot be told (missing_mark, unknown_opening_position).
 * Convention: between the last snapshots at or before the start and T, positions at the snapshots' own prices. Dividends,
 * interest, orders of nobody and manual trades show here; recorded dividends and interest are named in meta.
 * Source: METRICS section 4, "Ours beyond the pack".
 */
export const pnlReconciliationGap: WindowMetric = {
  name: 'pnl_reconciliation_gap',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: ['1d', '5d', '20d'],
  formulaVersion: 'v1',
  prometheus: 'quant_pnl_reconciliation_gap_usd',
  sources: ['orders', 'snapshots'],
  needs: ['snapshots'],
  extended: true,
  summary: "Change of the account's equity that neither flows nor the book's net result explain.",
  compute: (view) => {
    const foreign = foreignWindow(view)
    if (foreign !== undefined) return unknown(foreign)
    const book = view.level.equity()
    const reconciliation = book.reconciliation(view)
    if (!reconciliation.known) return unknownEquity(book, reconciliation)
    const { gap, from, to, flows, dividends, interest } = reconciliation.value
    return okMoney(gap, {
      from_snapshot: toIso(from),
      to_snapshot: toIso(to),
      ...flowsMeta(flows),
      dividends_usd: toNumber(dividends, MONEY_DIGITS),
      interest_usd: toNumber(interest, MONEY_DIGITS),
    })
  },
}
