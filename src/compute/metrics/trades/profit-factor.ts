import { profitFactorOf } from '../../formulas/trades.js'
import type { WindowMetric } from '../definition.js'
import { ofTrades } from '../trades-results.js'

/**
 * What the winning trades of the window won per dollar that the losing ones lost.
 *
 * Formula: Σ results above 0 / abs(Σ results below 0).
 * Unit: ratio; above 1 more was won than lost; 0 when there are only losses.
 * Undefined when: no trade was closed in the window (no_trades), none of them lost (no_losses); what was held before the first snapshot cannot be known
 * (unknown_opening_position); a symbol is not quoted in USD.
 * Convention: sums of net results, not of counts. Never infinite.
 * Source: METRICS section 4, row 19.
 */
export const profitFactor: WindowMetric = {
  name: 'profit_factor',
  group: 'trades',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_profit_factor_ratio',
  sources: ['orders'],
  summary: 'Sum of the wins divided by the magnitude of the sum of the losses.',
  compute: (view) => ofTrades(view, profitFactorOf),
}
