import { avgLossOf } from '../../formulas/trades.js'
import type { WindowMetric } from '../definition.js'
import { ofTrades } from '../trades-results.js'

/**
 * Mean net result of the losing trades closed in the window.
 *
 * Formula: Σ results below 0 / number of them.
 * Unit: USD; negative, as the field has it.
 * Undefined when: no trade was closed in the window (no_trades), none of them lost (no_losses); what was held before the first snapshot cannot be known
 * (unknown_opening_position); a symbol is not quoted in USD.
 * Convention: trades that broke even are left out.
 * Source: METRICS section 4, row 21.
 */
export const avgLoss: WindowMetric = {
  name: 'avg_loss',
  group: 'trades',
  unit: 'USD',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_avg_loss_usd',
  sources: ['orders'],
  summary: 'Mean net result of the losing trades closed in the window, negative.',
  compute: (view) => ofTrades(view, avgLossOf),
}
