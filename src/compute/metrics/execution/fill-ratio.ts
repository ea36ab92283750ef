import { fillRatioOf } from '../../formulas/execution.js'
import type { WindowMetric } from '../definition.js'
import { ofDollars, ofEnded } from '../execution-results.js'

/**
 * How much of what was asked for was filled, over the orders that ended in the window.
 *
 * Formula: Σ filled × ref / Σ submitted × ref; ref is the decision price, else the limit price, else the mark at submit.
 * Unit: ratio, 0 to 1.
 * Undefined when: no order ended in the window (no_orders), or one of a symbol that is not quoted in USD did.
 * Convention: an order counts when it is over: filled, cancelled, expired, or replaced (then with its filled part only);
 * rejects do not. Where an order has no reference price, quantities are weighed as they are (meta: weighed_by). An order for
 * a notional asked for notional / ref; without a ref it is left out and counted (meta: left_out).
 * Source: METRICS section 2, "Orders", and section 4, row 26.
 */
export const fillRatio: WindowMetric = {
  name: 'fill_ratio',
  group: 'execution',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_fill_ratio',
  sources: ['orders'],
  byAdapter: true,
  summary: 'Filled part of what the orders that ended in the window asked for.',
  compute: (view) => {
    const execution = view.execution()
    const { ends } = execution
    return ofDollars(ends.foreign, () => ofEnded(execution, () => fillRatioOf(ends)))
  },
}
