import type { WindowMetric } from '../definition.js'
import { ok, unknown } from '../definition.js'
import { unknownEquity } from '../equity-meta.js'
import { grossPnlOf } from '../performance/gross-pnl.js'

/**
 * How far equity is below its highest peak of the window now.
 *
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
  compute: (view) => {
    const gross = grossPnlOf(view)
    if (!gross.known && gross.reason === 'currency') return unknown(gross)
    if (view.activity === 'flat') return ok(0)
    const book = view.level.equity()
    const drawdown = book.drawdown(view)
    if (!drawdown.known) return unknownEquity(book, drawdown)
    return ok(drawdown.value.current, { ...book.meta, observations: drawdown.value.observations })
  },
}
