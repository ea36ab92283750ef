import { MINUTE_MS } from '../../../domain/time.js'
import type { WindowMetric } from '../definition.js'
import { ok, unknown } from '../definition.js'
import { drawdownMeta, unknownEquity } from '../equity-meta.js'
import { grossPnlOf } from '../performance/gross-pnl.js'

/**
 * The longest time within the window that equity was below a peak.
 *
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
  compute: (view) => {
    const gross = grossPnlOf(view)
    if (!gross.known && gross.reason === 'currency') return unknown(gross)
    if (view.activity === 'flat') return ok(0)
    const book = view.level.equity()
    const drawdown = book.drawdown(view)
    if (!drawdown.known) return unknownEquity(book, drawdown)
    return ok(drawdown.value.longestMs / MINUTE_MS, { ...book.meta, ...drawdownMeta(drawdown.value) })
  },
}
