import { avgHoldingMinutesOf } from '../../formulas/trades.js'
import type { WindowMetric } from '../definition.js'
import { ofKnownTrades } from '../trades-results.js'

/**
 * Mean holding time of the trades closed in the window.
 *
 * Formula: mean over the trades of (Σ quantity × exit time / Σ quantity − Σ quantity × entry time / Σ quantity).
 * Unit: minutes of wall clock (the gauge: seconds).
 * Undefined when: no trade was closed in the window (no_trades); what was held before the first snapshot cannot be known
 * (unknown_opening_position).
 * Convention: a trade is held from its quantity-weighted average entry time to its quantity-weighted average exit time;
 * quantities as they were filled, also across a split. Each trade weighs the same.
 * Source: METRICS section 4, row 25.
 */
export const avgHoldingMinutes: WindowMetric = {
  name: 'avg_holding_minutes',
  group: 'trades',
  unit: 'minutes',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_avg_holding_seconds',
  prometheusScale: 60,
  sources: ['orders'],
  summary: 'Mean time that the trades closed in the window were held.',
  compute: (view) => ofKnownTrades(view, avgHoldingMinutesOf),
}
