import type { BookKey } from './book.js'
import type { MetricDescription, Status } from './metric.js'
import { type EpochMs, SECOND_MS } from './time.js'
import { WINDOWS, type Window } from './window.js'

/** How often a book's coverage is told: the finest step that a series can be read by. */
export const COVERAGE_MS = 10 * SECOND_MS

/** Metrics that are the same in every window are kept once, under this name instead of a window's. */
export const LEVEL = 'level'
export type SeriesWindow = Window | typeof LEVEL

/** The window under which a metric's series is kept. */
export function seriesWindowOf({ windows }: Pick<MetricDescription, 'windows'>, window: Window): SeriesWindow {
  return windows === 'level' ? LEVEL : window
}

/** What is kept of a metric: each of its windows, or the level once, which frames hold in every window. */
export function keptWindowsOf({
  windows,
}: Pick<MetricDescription, 'windows'>): readonly { readonly window: Window; readonly keptAs: SeriesWindow }[] {
  if (windows === 'level') return [{ window: WINDOWS[0], keptAs: LEVEL }]
  return (windows === 'all' ? WINDOWS : windows).map((window) => ({ window, keptAs: window }))
}

/** Why rows did not reach a store: more waited than memory or disk may hold, the process ended, or it refused them. */
export const DROP_REASONS = ['queue_full', 'spill_full', 'stopped', 'refused'] as const
export type DropReason = (typeof DROP_REASONS)[number]

/** Points in time at one distance. */
export interface SeriesGrid {
  /** The first and the last point, whole multiples of the step in Unix time. */
  readonly firstAt: EpochMs
  readonly lastAt: EpochMs
  readonly stepMs: number
}

export function pointsOf({ firstAt, lastAt, stepMs }: SeriesGrid): EpochMs[] {
  const count = Math.max(0, Math.floor((lastAt - firstAt) / stepMs) + 1)
  return Array.from({ length: count }, (_, index) => firstAt + index * stepMs)
}

/** One value of one metric at T, as it is kept. */
export interface SeriesSample {
  readonly metric: string
  readonly window: SeriesWindow
  /** The value as /snapshot shows it, times 10^decimals; null where the status is not ok. */
  readonly scaled: bigint | number | null
  /** Of the metric's unit, and of the book's money, when it was sampled. */
  readonly decimals: number
  readonly status: Status
  readonly formulaVersion: string
}

export interface SeriesQuery extends BookKey, SeriesGrid {
  readonly window: Window
  readonly metrics: readonly MetricDescription[]
}

/** The values of one metric, one a point; null where nothing is known. */
export interface SeriesValues {
  /** Of the newest value in the range; undefined where there is none. */
  readonly formulaVersion: string | undefined
  readonly values: readonly (number | null)[]
}

/** What `GET /series` reads: values as they were, from a store. Rejects with a QuantError when the store does not answer. */
export interface SeriesReader {
  /** The finest resolution of a range that begins at `from`, seen from `now`. */
  resolutionMs(from: EpochMs, now: EpochMs): number
  /** The accounts of which the store knows anything, sorted. */
  accountsOf(strategyId: string): Promise<readonly string[]>
  /** In the order of the query's metrics. */
  read(query: SeriesQuery): Promise<readonly SeriesValues[]>
}
