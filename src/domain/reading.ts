import type { BookFrame } from './frame.js'
import type { MetricDescription, MetricGroup, MetricResult, Quality } from './metric.js'
import type { EpochMs } from './time.js'
import type { Window } from './window.js'

/** One metric as it is read from a frame: its result, and how far its sources can be trusted. */
export interface MetricReading {
  readonly definition: MetricDescription
  readonly result: MetricResult
  readonly quality: Quality
  /** The oldest of its sources; undefined while one of them has never answered. */
  readonly asOf: EpochMs | undefined
}

export interface GroupReading {
  readonly group: MetricGroup
  readonly quality: Quality
  readonly asOf: EpochMs | undefined
  readonly metrics: readonly MetricReading[]
}

/** The readings of one book in one window, in the dictionary's order. Ages are not in them: they are taken when written. */
export function readMetrics(
  frame: BookFrame,
  window: Window,
  dictionary: readonly MetricDescription[],
): MetricReading[] {
  const { results } = frame.windows[window]
  return dictionary.flatMap((definition, index) => {
    const result = results[index]
    if (result === undefined) return []
    const instants = definition.sources.map((source) => frame.sources[source].asOf)
    const stale = definition.sources.some((source) => frame.sources[source].stale)
    return [{ definition, result, quality: qualityOf(result, stale), asOf: oldest(instants) }]
  })
}

/** The readings by group, in the order of the dictionary; only groups that have metrics. */
export function readGroups(readings: readonly MetricReading[]): GroupReading[] {
  const groups = new Map<MetricGroup, MetricReading[]>()
  for (const reading of readings) {
    const members = groups.get(reading.definition.group) ?? []
    members.push(reading)
    groups.set(reading.definition.group, members)
  }
  return [...groups].map(([group, metrics]) => ({
    group,
    metrics,
    quality: worstWithValue(metrics.map(({ quality }) => quality)),
    asOf: oldest(metrics.filter(({ result }) => result.status === 'ok').map(({ asOf }) => asOf)),
  }))
}

/** Error if any errs, else stale if any is stale, else good if any is good, else insufficient_data. */
export function worstWithValue(qualities: readonly Quality[]): Quality {
  for (const quality of ['error', 'stale', 'good'] as const) if (qualities.includes(quality)) return quality
  return 'insufficient_data'
}

function qualityOf(result: MetricResult, stale: boolean): Quality {
  if (result.status !== 'ok') return result.status
  return stale ? 'stale' : 'good'
}

function oldest(instants: readonly (EpochMs | undefined)[]): EpochMs | undefined {
  let least: EpochMs | undefined
  for (const instant of instants) {
    if (instant === undefined) return undefined
    if (least === undefined || instant < least) least = instant
  }
  return least
}
