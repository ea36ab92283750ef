import { insufficient, ok } from '../../result.js'
import type { WindowMetric } from '../definition.js'

/**
 * Share of the orders of the window that the broker rejected.
 *
 * Formula: rejects in the window / (rejects in it + orders submitted in it and not rejected up to T).
 * Unit: ratio, 0 to 1; higher is worse.
 * Undefined when: the window has neither a reject nor a submit (no_orders).
 * Convention: a reject has the time of its reject; one that left no row has that of its decision (meta: submit_failed). An
 * order counts once. What risk or review blocked is no reject: decision_veto_rate is about that.
 * Source: METRICS section 4, row 27, and fine print 8.
 */
export const rejectRate: WindowMetric = {
  name: 'reject_rate',
  group: 'execution',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_reject_rate_ratio',
  sources: ['orders'],
  byAdapter: true,
  summary: 'Share of the orders of the window that the broker rejected.',
  compute: (view) => {
    const { rejects, submits, rejectedLater } = view.execution()
    const rejected = Number(rejects.rejects)
    const n = rejected + Number(submits.submitted - submits.rejected) + rejectedLater
    if (n === 0) return insufficient('no_orders')
    const meta = {
      n,
      rejected,
      submit_failed: Number(rejects.submitFailed),
      of_unknown_adapter: Number(rejects.ofUnknownAdapter),
    }
    return ok(rejected / n, meta)
  },
}
