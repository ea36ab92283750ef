import { netExposureOf } from '../../formulas/exposure.js'
import type { LevelMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'
import { marksMeta } from '../marks-meta.js'
import { valuesOf } from './values-of.js'

/**
 * Market value of longs less that of shorts.
 *
 * Formula: Σ quantity × mark × multiplier.
 * Unit: USD; negative when shorts outweigh; 0 when nothing is held.
 * Undefined when: gross_exposure is.
 * Convention: Σ quantity × mark, shorts with negative quantity.
 * Source: METRICS section 4, row 36.
 */
export const netExposure: LevelMetric = {
  name: 'net_exposure',
  group: 'exposure',
  unit: 'USD',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_net_exposure_usd',
  sources: ['orders', 'prices'],
  summary: 'Sum of the signed market values of the open positions.',
  compute: ({ positions }) =>
    positions.known
      ? okMoney(netExposureOf(valuesOf(positions.value)), marksMeta(positions.value))
      : unknown(positions),
}
