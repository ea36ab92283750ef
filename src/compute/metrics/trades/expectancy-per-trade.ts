import { expectancyPerTradeOf } from '../../formulas/trades.js'
import type { WindowMetric } from '../definition.js'
import { ofTrades } from '../trades-results.js'

/**
 * Mean net result of all trades closed in the window.
 *
 * Formula: Σ results / trades.
 * Unit: USD a trade; positive is a gain.
 * Undefined when: no trade was closed in the window (no_trades); what was held before the first snapshot cannot be known
 * (unknown_opening_position); a symbol is not quoted in USD.
 * Convention: trades that broke even count; each trade weighs the same, whatever its size.
 * Source: METRICS section 4, row 23.
 */
export const expectancyPerTrade: WindowMetric = {
  name: 'expectancy_per_trade',
  group: 'trades',
  unit: 'USD',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_expectancy_per_trade_usd',
  sources: ['orders'],
  summary: 'Mean net result of the trades closed in the window.',
  compute: (view) => ofTrades(view, expectancyPerTradeOf),
}
