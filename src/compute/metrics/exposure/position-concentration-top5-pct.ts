import type { LevelMetric } from '../definition.js'
import { concentrationOfLargest } from './position-concentration.js'

/**
 * Share of the five largest positions in gross exposure.
 *
 * Formula: Σ of the five largest abs(quantity × mark) / gross_exposure × 100.
 * Unit: percent in JSON, as its name says; the gauge is a ratio. Between 0 and 100; 100 with five positions or fewer.
 * Undefined when: nothing is held (no_positions), or gross_exposure is.
 * Convention: the five largest abs(quantity × mark) / gross exposure.
 * Source: METRICS section 4, row 39.
 */
export const positionConcentrationTop5Pct: LevelMetric = {
  name: 'position_concentration_top5_pct',
  group: 'exposure',
  unit: 'percent',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_position_concentration_top5_ratio',
  prometheusScale: 0.01,
  sources: ['orders', 'prices'],
  summary: 'Share of the five largest positions in gross exposure.',
  compute: (level) => concentrationOfLargest(5, level),
}
