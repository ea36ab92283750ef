import type { BookDescription } from './book.js'
import type { CalendarName } from './calendar.js'
import type { BookInstants, Stamp } from './instants.js'
import type { FactSourceName, MetricResult, Quality, Tier } from './metric.js'
import type { EpochMs } from './time.js'
import type { Window } from './window.js'

/** What a metric's value rests on, as instants. */
export interface SourceInstant {
  /** How far the source is known at the instant of the tier. */
  readonly asOf: EpochMs | undefined
  /** As judged at the last tick; two ticks in a row decide. */
  readonly stale: boolean
}

export type SourceInstants = Readonly<Record<FactSourceName, SourceInstant>>

/** The values of one book in one window, in the dictionary's order; computed at `computedAt`, carried over since. */
export interface WindowValues {
  readonly window: Window
  /** Undefined where the value is an age, which is taken when the frame is read. */
  readonly results: readonly (MetricResult | undefined)[]
}

/** One book at T. Immutable; `windows` is shared between frames as long as nothing in them changes. */
export interface BookFrame {
  readonly book: BookDescription
  /** Counts material changes: a value, a status, or quality as judged at a tick. */
  readonly seq: number
  readonly moneyDecimals: number
  readonly windows: Readonly<Record<Window, WindowValues>>
  /** The metrics that are told by adapter, for each adapter seen, sorted; all others are undefined there. */
  readonly byAdapter: ReadonlyMap<string, Readonly<Record<Window, WindowValues>>>
  /** A slower tier rests on what was known at its own, earlier instant. */
  readonly sources: Readonly<Record<Tier, SourceInstants>>
  readonly instants: BookInstants
  readonly stamp: Stamp
  /** What the frame was made of, 32 hexadecimal digits: equal ones, and equal values follow. */
  readonly inputsDigest: string
}

/** One account at T, whoever trades in it. Immutable; the same object as long as nothing in it changes. */
export interface AccountFrame {
  readonly account: string
  /** That of its books; where one of them has sessions, sessions count. */
  readonly calendar: CalendarName
  readonly moneyDecimals: number
  /** In the order of the accounts' dictionary. */
  readonly windows: Readonly<Record<Window, readonly MetricResult[]>>
}

/** A live book that another shard publishes: what has to be known of it everywhere. */
export interface OtherBook {
  readonly book: BookDescription
  /** Adapters that took an order of a window, or have an open one. */
  readonly adapters: readonly string[]
}

export interface FrameSet {
  readonly stamp: Stamp
  /** Hash of all formula versions. */
  readonly formulaSet: string
  /** By book id, sorted. */
  readonly books: ReadonlyMap<string, BookFrame>
  /** Those that have a live book, by label, sorted. */
  readonly accounts: ReadonlyMap<string, AccountFrame>
  /** The live books that other shards publish, by book id, sorted; absent where one process has all books. */
  readonly elsewhere?: ReadonlyMap<string, OtherBook>
}

/** What the quality of one result is, given whether one of its sources is stale. */
export function qualityOf(result: MetricResult, stale: boolean): Quality {
  if (result.status !== 'ok') return result.status
  return stale ? 'stale' : 'good'
}
