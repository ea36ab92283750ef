import type { BookDescription } from './book.js'
import type { FactSourceName, MetricResult, Quality } from './metric.js'
import type { EpochMs } from './time.js'
import type { Window } from './window.js'

/**
 * One tick's common part, shared by all books: a book that did not change costs nothing and still has a frame at T.
 *
 * Ages, freshness and quality are derived from these instants when a frame is read and are never stored in it.
 */
export interface Stamp {
  /** T. */
  readonly at: EpochMs
  /** Start of the last complete read of orders and their kin: everything committed before it is known. */
  readonly ordersAsOf: EpochMs | undefined
  /** A shutdown, an outage or a restart does not change it: of one process, for ETags. */
  readonly epoch: string
}

/** What a metric's value rests on, as instants. */
export interface SourceInstant {
  readonly asOf: EpochMs | undefined
  /** As judged at the last tick; two ticks in a row decide. */
  readonly stale: boolean
}

/** The values of one book in one window, in the dictionary's order; computed at `computedAt`, carried over since. */
export interface WindowValues {
  readonly window: Window
  readonly results: readonly MetricResult[]
}

/** One book at T. Immutable; `windows` is shared between frames as long as nothing in them changes. */
export interface BookFrame {
  readonly book: BookDescription
  /** Counts material changes: a value, a status, or quality as judged at a tick. */
  readonly seq: number
  readonly moneyDecimals: number
  readonly windows: Readonly<Record<Window, WindowValues>>
  readonly sources: Readonly<Record<FactSourceName, SourceInstant>>
}

export interface FrameSet {
  readonly stamp: Stamp
  /** Hash of all formula versions. */
  readonly formulaSet: string
  /** By book id, sorted. */
  readonly books: ReadonlyMap<string, BookFrame>
}

/** What the quality of one result is, given whether one of its sources is stale. */
export function qualityOf(result: MetricResult, stale: boolean): Quality {
  if (result.status !== 'ok') return result.status
  return stale ? 'stale' : 'good'
}
