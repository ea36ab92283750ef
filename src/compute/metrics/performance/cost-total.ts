import { costsMeta, costsOf } from '../costs-of.js'
import type { WindowMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'

/**
 * Explicit costs booked in the window.
 *
 * Formula: order costs with the fills that caused them + fees that name no order + fees in kind at the mark.
 * Unit: USD; positive is a cost.
 * Undefined when: a fee was taken in a coin that is not quoted in USD. Without any cost record it is 0 and meta says
 * `cost_source: none`.
 * Convention: an order's cumulative cost is booked with its fills, by notional; at its end where it has none. Fees that the
 * broker charged without naming an order are booked at their time, fees taken in coin at the mark.
 * Source: METRICS section 1, "Costs".
 */
export const costTotal: WindowMetric = {
  name: 'cost_total',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_cost_usd',
  sources: ['orders'],
  extended: true,
  summary: 'Explicit costs (commission, fees, regulatory) booked in the window.',
  compute: (view) => {
    const costs = costsOf(view)
    return costs.known ? okMoney(costs.value, costsMeta(view)) : unknown(costs)
  },
}
