import { costsBy } from '../../costs.js'
import { shortfallBpsOf } from '../../formulas/execution.js'
import type { WindowMetric } from '../definition.js'
import { ofDollars, ofEnded } from '../execution-results.js'

/**
 * What it cost to turn the decisions of the orders that ended in the window into positions, or to fail to.
 *
 * Formula: (Σ side × (fill − decision) × filled + side × (mark at the order's end − decision) × unfilled + costs) /
 * Σ decision × ordered × 10⁴.
 * Unit: basis points of what was decided; positive is a cost.
 * Undefined when: no order ended in the window (no_orders), none of those has a decision price (no_decision_price), an
 * unfilled rest has no mark at its order's end (missing_mark), or a symbol is not quoted in USD.
 * Convention: Perold's. meta splits it into delay (side × (mid at submit − decision) × filled), execution (side × (fill −
 * mid) × filled), opportunity and costs; without a mid the first two are both in execution. Open orders wait.
 * Source: A. F. Perold, "The Implementation Shortfall: Paper versus Reality", Journal of Portfolio Management 14(3), 1988;
 * METRICS section 4, row 30.
 */
export const implementationShortfallBps: WindowMetric = {
  name: 'implementation_shortfall_bps',
  group: 'execution',
  unit: 'bps',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_implementation_shortfall_bps',
  sources: ['orders', 'prices'],
  besides: [
    {
      prometheus: 'quant_implementation_shortfall_component_bps',
      summary: 'The parts that implementation_shortfall_bps is the sum of.',
      key: 'components_bps',
      label: 'component',
    },
  ],
  byAdapter: true,
  summary:
    'What the orders that ended in the window cost against their decision prices, unfilled rests and costs included.',
  compute: (view) => {
    const execution = view.execution()
    const { ends, openOrders } = execution
    const result = ofDollars(ends.foreignDecided, () =>
      ofEnded(execution, () => shortfallBpsOf(ends, costsBy(view.costSource, ends))),
    )
    return { ...result, meta: { ...result.meta, open_orders: openOrders, cost_source: view.costSource } }
  },
}
