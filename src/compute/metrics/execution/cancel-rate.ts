import { ratio } from '../../../domain/exact.js'
import { ok } from '../../result.js'
import type { WindowMetric } from '../definition.js'
import { ofEnded } from '../execution-results.js'

/**
 * Share of the orders that ended in the window that were cancelled or expired with an unfilled rest.
 *
 * Formula: orders cancelled or expired with an unfilled rest / orders ended.
 * Unit: ratio, 0 to 1.
 * Undefined when: no order ended in the window (no_orders).
 * Convention: replaced orders are in the denominator, whatever they filled; rejects are in neither number.
 * Source: METRICS section 2, "Orders", and section 4, row 28.
 */
export const cancelRate: WindowMetric = {
  name: 'cancel_rate',
  group: 'execution',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_cancel_rate_ratio',
  sources: ['orders'],
  byAdapter: true,
  summary: 'Share of the orders that ended in the window that were given up with an unfilled rest.',
  compute: (view) => {
    const execution = view.execution()
    const { ended, cancelled } = execution.ends
    return ofEnded(execution, () => ok(ratio(cancelled, ended), { n: Number(ended), cancelled: Number(cancelled) }))
  },
}
