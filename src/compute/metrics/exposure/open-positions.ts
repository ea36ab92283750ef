import type { LevelMetric } from '../definition.js'
import { ok, unknown } from '../definition.js'

/**
 * Number of symbols held at T.
 *
 * Formula: number of symbols with abs(quantity) of at least a lot.
 * Unit: count; 0 when nothing is held.
 * Undefined when: what is held cannot be known (unknown_opening_position).
 * Convention: a quantity below the lot size is flat; a symbol needs no mark to be counted.
 * Source: METRICS section 4, "Ours beyond the pack".
 */
export const openPositions: LevelMetric = {
  name: 'open_positions',
  group: 'exposure',
  unit: 'count',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_open_positions',
  sources: ['orders'],
  extended: true,
  summary: 'Number of symbols with an open position.',
  compute: ({ heldCount }) => (heldCount.known ? ok(heldCount.value) : unknown(heldCount)),
}
