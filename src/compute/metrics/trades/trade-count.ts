import { tradeCountOf } from '../../formulas/trades.js'
import type { WindowMetric } from '../definition.js'
import { ofKnownTrades } from '../trades-results.js'

/**
 * Number of trades closed in the window.
 *
 * Formula: number of round trips that came to be flat in (start, T].
 * Unit: count.
 * Undefined when: what was held before the first snapshot cannot be known (unknown_opening_position).
 * Convention: a trade is a round trip of one symbol from flat to flat, and belongs to the window in which it closes; a
 * fill through zero closes one and opens the next. What came with a position taken over, and what snapshots corrected,
 * is none (meta: trades_excluded).
 * Source: METRICS section 1, "Trade", and section 4, row 17.
 */
export const tradeCount: WindowMetric = {
  name: 'trade_count',
  group: 'trades',
  unit: 'count',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_trades',
  sources: ['orders'],
  summary: 'Trades (round trips from flat to flat) closed in the window.',
  compute: (view) => {
    const { level, orderCount, trades } = view
    const result = ofKnownTrades(view, tradeCountOf)
    if (result.status !== 'ok') return result
    const meta = {
      fill_count: view.result().fillCount,
      order_count: orderCount,
      open_round_trips: level.heldCount.known ? level.heldCount.value : null,
      trades_excluded: trades().excluded,
    }
    return { ...result, meta: { ...result.meta, ...meta } }
  },
}
