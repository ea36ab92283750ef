import { hhiOf } from '../../formulas/exposure.js'
import type { LevelMetric } from '../definition.js'
import { unknown } from '../definition.js'
import { valuesOf } from './values-of.js'

/**
 * Herfindahl–Hirschman index of the positions: how few names the book hangs on.
 *
 * Formula: Σ (abs(quantity × mark) / gross_exposure)².
 * Unit: ratio between 1/n and 1; 1 is a single position.
 * Undefined when: nothing is held (no_positions), or gross_exposure is.
 * Convention: Σ (abs(quantity × mark) / gross exposure)², not normalised and not times 10 000.
 * Source: A. O. Hirschman, "The Paternity of an Index", American Economic Review 54(5), 1964.
 */
export const positionHhi: LevelMetric = {
  name: 'position_hhi',
  group: 'exposure',
  unit: 'ratio',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_position_hhi_ratio',
  sources: ['orders', 'prices'],
  summary: 'Herfindahl-Hirschman index of the open positions by absolute market value.',
  compute: ({ positions }) => (positions.known ? hhiOf(valuesOf(positions.value)) : unknown(positions)),
}
