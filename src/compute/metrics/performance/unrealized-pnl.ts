import { unrealizedOf } from '../../formulas/performance.js'
import type { LevelMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'
import { marksMeta } from '../marks-meta.js'

/**
 * Profit or loss of the positions open at T, were they closed at their marks.
 *
 * Formula: Σ (mark × quantity × multiplier − cost) over the positions open at T.
 * Unit: USD; positive is a gain; 0 when nothing is held.
 * Undefined when: a held symbol has no mark at all (missing_mark: no partial sums), or what is held cannot be known.
 * Convention: mark × quantity − cost, cost by average; shorts have negative quantity and cost.
 * Source: METRICS section 4, row 2.
 */
export const unrealizedPnl: LevelMetric = {
  name: 'unrealized_pnl',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_unrealized_pnl_usd',
  sources: ['orders', 'prices'],
  summary: 'Unrealised profit or loss of the open positions at their marks.',
  compute: ({ positions }) =>
    positions.known ? okMoney(unrealizedOf(positions.value), marksMeta(positions.value)) : unknown(positions),
}
