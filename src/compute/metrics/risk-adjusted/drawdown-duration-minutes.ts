import { MINUTE_MS } from '../../../domain/time.js'
import type { WindowMetric } from '../definition.js'
import { ok } from '../definition.js'
import { drawdownMeta, ofWindowEquity } from '../equity-results.js'

/**
 * The longest time within the window that equity was below a peak.
 *
 * Formula: max over peaks of (first observation at or above the peak − peak), an open one to the last observation.
 * Unit: minutes of session time; the gauge is in seconds; 0 when nothing was lower than a peak before it.
 * Undefined when: max_drawdown is.
 * Convention: from a peak to the first observation at or above it; an open one runs to the last observation; of equal
 * peaks the last counts; a peak at the opening counts from the window's start. Closed hours do not count. meta names the
 * peak, the trough and the recovery of the deepest drawdown, which need not be the longest.
 * Source: METRICS section 4, row 14.
 */
export const drawdownDurationMinutes: WindowMetric = {
  name: 'drawdown_duration_minutes',
  group: 'risk_adjusted',
  unit: 'minutes',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_drawdown_duration_seconds',
  prometheusScale: 60,
  sources: ['orders', 'snapshots'],
  needs: ['snapshots'],
  summary: 'Longest time within the window that equity was below a peak, in session time.',
  compute: (view) =>
    ofWindowEquity(
      view,
      (book) => book.drawdown(view, 'length'),
      (drawdown, { meta }) => ok(drawdown.longestMs / MINUTE_MS, { ...meta, ...drawdownMeta(drawdown) }),
    ),
}
