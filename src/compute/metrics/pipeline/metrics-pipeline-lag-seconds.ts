import { SECOND_MS } from '../../../domain/time.js'
import type { AgeMetric } from '../definition.js'
import { ok } from '../definition.js'

/**
 * How far the machinery is behind: T less the time up to which every required source is known complete.
 *
 * Formula: T − min over required sources of the time up to which they are known complete.
 * Unit: seconds; never negative.
 * Undefined when: never; a source that has not answered yet counts from the start of the process.
 * Convention: an age, taken when a frame is read. Required are Postgres, and ClickHouse where it is configured. It says
 * nothing of how lively the market is: no trade lately is no lag.
 * Source: METRICS section 4, row 44.
 */
export const metricsPipelineLagSeconds: AgeMetric = {
  name: 'metrics_pipeline_lag_seconds',
  group: 'pipeline',
  unit: 'seconds',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_metrics_pipeline_lag_seconds',
  sources: ['orders'],
  summary: 'Time since the oldest of the last complete reads of the required sources.',
  readAt: (_instants, { ordersAsOf, feedsAsOf, areFeedsRequired, startedAt }, { now }) => {
    const completeTo = Math.min(ordersAsOf ?? startedAt, areFeedsRequired ? (feedsAsOf ?? startedAt) : now)
    return ok(Math.max(0, now - completeTo) / SECOND_MS)
  },
}
