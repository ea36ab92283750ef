import { avgWinOf } from '../../formulas/trades.js'
import type { WindowMetric } from '../definition.js'
import { ofTrades } from '../trades-results.js'

/**
 * Mean net result of the winning trades closed in the window.
 *
 * Formula: Σ results above 0 / number of them.
 * Unit: USD; above 0.
 * Undefined when: no trade was closed in the window (no_trades), none of them won (no_wins); what was held before the first snapshot cannot be known
 * (unknown_opening_position); a symbol is not quoted in USD.
 * Convention: trades that broke even are left out.
 * Source: METRICS section 4, row 20.
 */
export const avgWin: WindowMetric = {
  name: 'avg_win',
  group: 'trades',
  unit: 'USD',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_avg_win_usd',
  sources: ['orders'],
  summary: 'Mean net result of the winning trades closed in the window.',
  compute: (view) => ofTrades(view, avgWinOf),
}
