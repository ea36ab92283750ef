import { ratio } from '../../../domain/exact.js'
import type { MetricResult } from '../../../domain/metric.js'
import type { LevelView } from '../../view.js'
import { insufficient, ok, unknown } from '../definition.js'
import { absoluteValues, total } from './exposure-of.js'

/** Share of the `count` largest positions in gross exposure, in percent. */
export function concentrationOfLargest(count: number, { positions }: LevelView): MetricResult {
  if (!positions.known) return unknown(positions)
  const values = absoluteValues(positions.value)
  const gross = total(values)
  return gross === 0n ? insufficient('no_positions') : ok(ratio(total(values.slice(0, count)) * 100n, gross))
}
