import type { WindowMetric } from '../definition.js'
import { ok } from '../definition.js'
import { ofWindowEquity } from '../equity-results.js'

/**
 * How far equity is below its highest peak of the window now.
 *
 * Formula: 1 − W(last) / max of W over the window.
 * Unit: ratio of the peak; at least 0; 0 at a new peak, and when nothing happened and nothing was held.
 * Undefined when: max_drawdown is.
 * Convention: at the last snapshot; otherwise as max_drawdown.
 * Source: METRICS section 4, "Ours beyond the pack".
 */
export const currentDrawdown: WindowMetric = {
  name: 'current_drawdown',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_current_drawdown_ratio',
  sources: ['orders', 'snapshots'],
  needs: ['snapshots'],
  extended: true,
  summary: 'Fall of equity from the highest peak of the window, at the last snapshot.',
  compute: (view) =>
    ofWindowEquity(
      view,
      (book) => book.drawdown(view),
      ({ current, observations }, { meta }) => ok(current, { ...meta, observations }),
    ),
}
