import { DICTIONARY } from '../compute/dictionary.js'
import type { MetricDescription } from '../domain/metric.js'

/** The descriptions of all metrics, for who prints frames. */
export const METRIC_DESCRIPTIONS: readonly MetricDescription[] = DICTIONARY
