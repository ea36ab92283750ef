import { createHash } from 'node:crypto'
import type { MetricDescription } from '../../domain/metric.js'
import { SCHEMA } from './client.js'

/** The table of series. */
export const TABLE = `${SCHEMA}.quant_metrics_series`

/** Which place of a row's values is whose. */
export interface SeriesLayout {
  /** Of the names in their order, and the versions of their formulas. */
  readonly formulaSet: string
  readonly metrics: readonly string[]
  readonly formulaVersions: readonly string[]
}

export function layoutOf(dictionary: readonly MetricDescription[]): SeriesLayout {
  const metrics = dictionary.map(({ name }) => name)
  const formulaVersions = dictionary.map(({ formulaVersion }) => formulaVersion)
  const hash = createHash('sha256')
    .update(JSON.stringify([metrics, formulaVersions]))
    .digest('hex')
  return { formulaSet: hash.slice(0, 16), metrics, formulaVersions }
}
