import type { WindowMetric } from '../definition.js'
import { ok } from '../definition.js'
import { flowsMeta, ofWindowEquity, returnOf } from '../equity-results.js'

/**
 * What a dollar in the book at the window's start became by T.
 *
 * Formula: Π over sub-periods of (E_k − F_k) / E_(k−1), from E(start) to E(T), − 1; F_k is what flowed in.
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
  compute: (view) =>
    ofWindowEquity(
      view,
      (book) => book.growth(view),
      (growth, { meta }) => ok(returnOf(growth), { ...meta, ...flowsMeta(growth.flows) }),
    ),
}
