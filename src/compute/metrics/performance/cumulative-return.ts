import { ratio } from '../../../domain/exact.js'
import type { WindowMetric } from '../definition.js'
import { ok, unknown } from '../definition.js'
import { flowsMeta, unknownEquity } from '../equity-meta.js'
import { grossPnlOf } from './gross-pnl.js'

/**
 * What a dollar in the book at the window's start became by T.
 *
 * Unit: ratio; 0.01 is a gain of 1 %; above −1; 0 when nothing happened and nothing was held.
 * Undefined when: the account has no snapshot at or before the start (no_equity); nothing was observed since
 * (no_observations); an equity in the window is 0 or below (non_positive_equity).
 * Convention: time-weighted: chained between deposits and withdrawals, which are no performance; dividends, interest and
 * fees are.
 * Source: METRICS section 4, row 5; section 2, "Flows".
 */
export const cumulativeReturn: WindowMetric = {
  name: 'cumulative_return',
  group: 'performance',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_cumulative_return_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Return of the window, deposits and withdrawals taken out.',
  compute: (view) => {
    const gross = grossPnlOf(view)
    if (!gross.known && gross.reason === 'currency') return unknown(gross)
    if (view.activity === 'flat') return ok(0)
    const book = view.level.equity()
    const growth = book.growth(view)
    if (!growth.known) return unknownEquity(book, growth)
    const { numerator, denominator, flows } = growth.value
    return ok(ratio(numerator - denominator, denominator), { ...book.meta, ...flowsMeta(flows) })
  },
}
