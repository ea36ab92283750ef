import { payoffRatioOf } from '../../formulas/trades.js'
import type { WindowMetric } from '../definition.js'
import { ofTrades } from '../trades-results.js'

/**
 * Average win over the magnitude of the average loss, of the trades closed in the window.
 *
 * Formula: avg_win / abs(avg_loss).
 * Unit: ratio, above 0; higher is better.
 * Undefined when: no trade was closed in the window (no_trades), none of them won (no_wins) or lost (no_losses); what was held before the first snapshot cannot be known
 * (unknown_opening_position); a symbol is not quoted in USD.
 * Convention: means of net results; profit_factor is the ratio of their sums.
 * Source: METRICS section 4, row 22.
 */
export const payoffRatio: WindowMetric = {
  name: 'payoff_ratio',
  group: 'trades',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_payoff_ratio',
  sources: ['orders'],
  summary: 'Average win divided by the magnitude of the average loss.',
  compute: (view) => ofTrades(view, payoffRatioOf),
}
