import type { MetricGroup } from './metric.js'
import type { Window } from './window.js'

/** Which gauges of a strategy are exported; undefined: all of them. */
export interface ExportRule {
  readonly windows: readonly Window[] | undefined
  readonly groups: readonly MetricGroup[] | undefined
}
