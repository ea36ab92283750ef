import { CalendarOutOfRange } from './calendar.js'
import { type BookFrame, qualityOf } from './frame.js'
import { combinedQuality, type Freshness, metricFreshness, oldest, sourceFreshness } from './freshness.js'
import type { ReadingClock } from './instants.js'
import {
  METRIC_GROUPS,
  type MetricDescription,
  type MetricGroup,
  type MetricResult,
  type Quality,
  type Tier,
} from './metric.js'
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

/**
 * Reads one window of a frame, in the dictionary's order: the one way from a frame to gauges, JSON and tables. With an
 * adapter, what is told by adapter is that one's.
 */
export function readMetrics(
  frame: BookFrame,
  window: Window,
  dictionary: readonly MetricDescription[],
  clock: ReadingClock,
  adapter?: string,
): MetricReading[] {
  const known = new Map<Tier, ReturnType<typeof sourceFreshness>>()
  const freshnessOf = (tier: Tier) => {
    const freshness = known.get(tier) ?? sourceFreshness(frame.sources[tier], clock)
    known.set(tier, freshness)
    return freshness
  }
  return dictionary.map((metric, index) => {
    const result = resultIn(frame, window, metric, index, clock, adapter)
    const sources = freshnessOf(metric.tier)
    return {
      metric,
      result,
      quality: qualityOf(result, isStale(frame, metric)),
      freshness: metricFreshness(metric, result, sources),
    }
  })
}

/** True when a source of the metric was stale at the last tick, at its tier's instant. */
export function isStale(frame: BookFrame, { sources, tier }: MetricDescription): boolean {
  return sources.some((source) => frame.sources[tier][source].stale)
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

/** The result of one metric in one window, by an adapter where one is given; an age is taken now. `index` is its place in the dictionary. */
export function resultIn(
  frame: BookFrame,
  window: Window,
  { windows, readAt }: MetricDescription,
  index: number,
  clock: ReadingClock,
  adapter?: string,
): MetricResult {
  if (typeof windows !== 'string' && !windows.includes(window)) {
    return { status: 'insufficient_data', reason: 'not_defined_for_window' }
  }
  const split = adapter === undefined ? undefined : frame.byAdapter.get(adapter)?.[window].results[index]
  const result = split ?? frame.windows[window].results[index]
  if (result !== undefined || readAt === undefined) return result ?? { status: 'error', reason: 'internal_error' }
  try {
    return readAt(frame.instants, frame.stamp, clock)
  } catch (error) {
    if (!(error instanceof CalendarOutOfRange)) throw error
    return { status: 'error', reason: 'calendar_out_of_range', meta: { calendar: error.calendar } }
  }
}
