import { costsMeta, costsOf } from '../costs-of.js'
import type { WindowMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'
import { grossPnlOf } from './gross-pnl.js'

/**
 * What the window earned after explicit costs: is the strategy making money?
 *
 * Formula: gross_pnl − cost_total of the window.
 * Unit: USD; positive is a gain.
 * Undefined when: gross_pnl is.
 * Convention: commissions, fees and regulatory charges only; slippage is already in the price. Without any cost record
 * in the account it equals gross_pnl and meta says `cost_source: none`. net = gross − costs holds exactly.
 * Source: METRICS section 4, row 3.
 */
export const netPnl: WindowMetric = {
  name: 'net_pnl',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_net_pnl_usd',
  sources: ['orders', 'prices'],
  summary: 'Profit or loss of the window after explicit costs: gross_pnl less costs.',
  compute: (view) => {
    const gross = grossPnlOf(view)
    if (!gross.known) return unknown(gross)
    const costs = costsOf(view)
    return costs.known ? okMoney(gross.value - costs.value, costsMeta(view)) : unknown(costs)
  },
}
