import type { WindowMetric } from '../definition.js'
import { ok } from '../definition.js'
import { drawdownMeta, ofWindowEquity } from '../equity-results.js'

/**
 * The deepest fall of equity from a peak within the window.
 *
 * Formula: max over the window of 1 − W / running maximum of W; W is the wealth index, flows taken out.
 * Unit: ratio of the peak; at least 0, positive hurts; 0 when nothing happened and nothing was held.
 * Undefined when: the account has no snapshot (no_equity), or fewer than two equities were seen (too_few_observations).
 * Convention: every snapshot counts, the last one before the window included; deposits and withdrawals are taken out. An
 * equity of 0 or below counts, nothing after it. Peaks before the window do not count.
 * Source: METRICS section 4, row 13.
 */
export const maxDrawdown: WindowMetric = {
  name: 'max_drawdown',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_max_drawdown_ratio',
  sources: ['orders', 'snapshots'],
  needs: ['snapshots'],
  summary: 'Deepest fall of equity from a peak within the window.',
  compute: (view) =>
    ofWindowEquity(
      view,
      (book) => book.drawdown(view),
      (drawdown, { meta }) => ok(drawdown.deepest, { ...meta, ...drawdownMeta(drawdown) }),
    ),
}
