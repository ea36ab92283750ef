import type { WindowMetric } from '../definition.js'
import { insufficient, ok } from '../definition.js'

/**
 * Share of the decisions of the window that risk or review did not let through.
 *
 * Formula: decisions vetoed / decisions made.
 * Unit: ratio, 0 to 1.
 * Undefined when: nothing was decided in the window (no_decisions).
 * Convention: vetoed is what was rejected or blocked for a reason that is not the broker's, or for none that was told. A
 * decision counts in the window of its own time, whenever its status was written.
 * Source: METRICS section 4, "Ours beyond the pack", and fine print 13 and 15.
 */
export const decisionVetoRate: WindowMetric = {
  name: 'decision_veto_rate',
  group: 'execution',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_decision_veto_ratio',
  sources: ['orders'],
  extended: true,
  summary: 'Share of the decisions of the window that risk or review blocked.',
  compute: ({ decisions: { made, vetoed } }) =>
    made === 0 ? insufficient('no_decisions') : ok(vetoed / made, { n: made, vetoed }),
}
