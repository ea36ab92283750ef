import { type BookFrame, qualityOf } from './frame.js'
import {
  combinedQuality,
  type Freshness,
  type FreshnessClock,
  metricFreshness,
  oldest,
  sourceFreshness,
} from './freshness.js'
import { METRIC_GROUPS, type MetricDescription, type MetricGroup, type MetricResult, type Quality } from './metric.js'
import type { Window } from './window.js'

/** One metric of a frame as it is now: its result, and how far what it rests on can be trusted. */
export interface MetricReading {
  readonly metric: MetricDescription
  readonly result: MetricResult
  readonly quality: Quality
  readonly freshness: Freshness
}

export interface GroupReading {
  readonly group: MetricGroup
  readonly metrics: readonly MetricReading[]
  readonly quality: Quality
  /** Of its metrics with status ok. */
  readonly freshness: Freshness
}

/** Reads one window of a frame, in the dictionary's order: the one way from a frame to gauges, JSON and tables. */
export function readMetrics(
  frame: BookFrame,
  window: Window,
  dictionary: readonly MetricDescription[],
  clock: FreshnessClock,
): MetricReading[] {
  const { results } = frame.windows[window]
  const sources = sourceFreshness(frame.sources, clock)
  return dictionary.map((metric, index) => {
    const result = resultIn(window, metric, results[index])
    const stale = metric.sources.some((source) => frame.sources[source].stale)
    return { metric, result, quality: qualityOf(result, stale), freshness: metricFreshness(metric, result, sources) }
  })
}

/** The readings by group; only groups that have metrics. */
export function readGroups(readings: readonly MetricReading[]): GroupReading[] {
  return METRIC_GROUPS.flatMap((group) => {
    const metrics = readings.filter(({ metric }) => metric.group === group)
    if (metrics.length === 0) return []
    const quality = combinedQuality(metrics.map((reading) => reading.quality))
    const freshness = oldest(metrics.filter(({ result }) => result.status === 'ok').map((reading) => reading.freshness))
    return [{ group, metrics, quality, freshness }]
  })
}

function resultIn(window: Window, { windows }: MetricDescription, result: MetricResult | undefined): MetricResult {
  if (typeof windows !== 'string' && !windows.includes(window)) {
    return { status: 'insufficient_data', reason: 'not_defined_for_window' }
  }
  return result ?? { status: 'error', reason: 'internal_error' }
}
