import { conditionalValueAtRisk } from '../../formulas/risk.js'
import type { WindowMetric } from '../definition.js'
import { ofReturns } from '../return-results.js'
import { horizonMeta } from './var-95-historical.js'

/**
 * What is lost on average in the worst twentieth of the returns of the window.
 *
 * Formula: −mean of the ⌊(n − 1) × 0.05⌋ + 1 smallest r.
 * Unit: ratio of equity; positive hurts; 0 when nothing happened and nothing was held.
 * Undefined when: the account has no snapshot (no_equity), or too few returns (too_few_observations).
 * Convention: historical: the mean of the ⌊(n − 1)·0.05⌋ + 1 smallest returns, with its sign turned; taken by index, since
 * a threshold would take in all ties. Over one sampling interval, as the value at risk.
 * Source: METRICS section 4, row 16; C. Acerbi and D. Tasche, "On the Coherence of Expected Shortfall", Journal of
 * Banking & Finance 26(7), 2002.
 */
export const cvar95Historical: WindowMetric = {
  name: 'cvar_95_historical',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'heavy',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_cvar_95_historical_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Mean loss over one sampling interval in the worst twentieth of the returns of the window.',
  compute: (view) =>
    ofReturns(view, (returns) => ({ outcome: conditionalValueAtRisk(returns.values), meta: horizonMeta(returns) })),
}
