import type { MetricResult } from '../../../domain/metric.js'
import { concentrationOf } from '../../formulas/exposure.js'
import type { LevelView } from '../../view.js'
import { unknown } from '../definition.js'
import { valuesOf } from './values-of.js'

/** Share of the `count` largest positions in gross exposure, in percent. */
export function concentrationOfLargest(count: number, { positions }: LevelView): MetricResult {
  return positions.known ? concentrationOf(count, valuesOf(positions.value)) : unknown(positions)
}
