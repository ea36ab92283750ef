import type { LevelMetric } from '../definition.js'
import { concentrationOfLargest } from './position-concentration.js'

/**
 * Share of the largest position in gross exposure.
 *
 * Formula: max abs(quantity × mark) / gross_exposure × 100.
 * Unit: percent in JSON, as its name says; the gauge is a ratio. Between 0 and 100.
 * Undefined when: nothing is held (no_positions), or gross_exposure is.
 * Convention: max abs(quantity × mark) / gross exposure.
 * Source: METRICS section 4, row 38.
 */
export const positionConcentrationTop1Pct: LevelMetric = {
  name: 'position_concentration_top1_pct',
  group: 'exposure',
  unit: 'percent',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_position_concentration_top1_ratio',
  prometheusScale: 0.01,
  sources: ['orders', 'prices'],
  summary: 'Share of the largest position in gross exposure.',
  compute: (level) => concentrationOfLargest(1, level),
}
