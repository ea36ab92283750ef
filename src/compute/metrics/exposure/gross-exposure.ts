import { grossExposureOf } from '../../formulas/exposure.js'
import type { LevelMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'
import { marksMeta } from '../marks-meta.js'
import { valuesOf } from './values-of.js'

/**
 * Market value of all positions, longs and shorts both counted as positive.
 *
 * Formula: Σ abs(quantity × mark × multiplier).
 * Unit: USD; never negative; 0 when nothing is held.
 * Undefined when: a held symbol has no mark (missing_mark: no partial sums), or what is held cannot be known.
 * Convention: Σ abs(quantity × mark), positions of the ledger.
 * Source: METRICS section 4, row 35.
 */
export const grossExposure: LevelMetric = {
  name: 'gross_exposure',
  group: 'exposure',
  unit: 'USD',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_gross_exposure_usd',
  sources: ['orders', 'prices'],
  summary: 'Sum of the absolute market values of the open positions.',
  compute: ({ positions }) =>
    positions.known
      ? okMoney(grossExposureOf(valuesOf(positions.value)), marksMeta(positions.value))
      : unknown(positions),
}
