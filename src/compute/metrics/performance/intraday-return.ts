import type { LevelMetric } from '../definition.js'
import { ok, unknown } from '../definition.js'
import { flowsMeta, foreignLevel, returnOf, unknownEquity } from '../equity-results.js'

/**
 * Return of the latest session so far: from its open to now, without the night.
 *
 * Formula: E(T) / E(first snapshot at or after the open), flows taken out, − 1.
 * Unit: ratio; 0 when nothing happened since the open and nothing is held.
 * Undefined when: no snapshot within 15 minutes after the open (no_observations); without equity (no_equity); an equity
 * since is 0 or below (non_positive_equity).
 * Convention: begins with the first snapshot at or after the open; in a shared account with the equity at the open.
 * Deposits and withdrawals are taken out. In a calendar that never closes the session is the UTC day.
 * Source: METRICS section 4, row 6.
 */
export const intradayReturn: LevelMetric = {
  name: 'intraday_return',
  group: 'performance',
  unit: 'ratio',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_intraday_return_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Return of the latest session so far, deposits and withdrawals taken out.',
  compute: (view) => {
    const foreign = foreignLevel(view)
    if (foreign !== undefined) return unknown(foreign)
    if (view.activity === 'flat') return ok(0)
    const book = view.equity()
    const growth = book.sinceOpen()
    if (!growth.known) return unknownEquity(book, growth)
    return ok(returnOf(growth.value), { ...book.meta, ...flowsMeta(growth.value.flows) })
  },
}
