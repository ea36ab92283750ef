import { winRateOf } from '../../formulas/trades.js'
import type { WindowMetric } from '../definition.js'
import { ofTrades } from '../trades-results.js'

/**
 * Share of the trades closed in the window that won.
 *
 * Formula: trades with a result above 0 / trades.
 * Unit: ratio, 0 to 1.
 * Undefined when: no trade was closed in the window (no_trades); what was held before the first snapshot cannot be known
 * (unknown_opening_position); a symbol is not quoted in USD.
 * Convention: net results, rounded to 8 decimals; a trade that broke even is in the denominator and neither won nor lost.
 * Source: METRICS section 4, row 18.
 */
export const winRate: WindowMetric = {
  name: 'win_rate',
  group: 'trades',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_win_rate_ratio',
  sources: ['orders'],
  besides: [
    { prometheus: 'quant_winning_trades', summary: 'Trades closed in the window that won.', key: 'wins' },
    { prometheus: 'quant_losing_trades', summary: 'Trades closed in the window that lost.', key: 'losses' },
  ],
  summary: 'Share of the trades closed in the window that won.',
  compute: (view) => ofTrades(view, winRateOf),
}
