import type { Calendar } from './calendar.js'
import type { EpochMs } from './time.js'

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
  /** Start of the last complete read of market data. */
  readonly feedsAsOf: EpochMs | undefined
  /** False where no source of market data is configured: nobody waits for it. */
  readonly areFeedsRequired: boolean
  /** T when the process started: what never answered lags since then. */
  readonly startedAt: EpochMs
  /** A shutdown, an outage or a restart does not change it: of one process, for ETags. */
  readonly epoch: string
}

/** The newest event of a feed among the symbols of a book. */
export interface FeedInstant {
  readonly newestAt: EpochMs
  /** When that event reached the source's table. */
  readonly ingestedAt: EpochMs | undefined
}

/** Instants of one book from which ages are taken when it is read. */
export interface BookInstants {
  readonly bars: FeedInstant | undefined
  readonly signals: FeedInstant | undefined
  /** Of the newest reviewed decision. */
  readonly reviewedAt: EpochMs | undefined
}

/** Against what ages are taken. */
export interface ReadingClock {
  readonly now: EpochMs
  /** Of the book. Beyond what it covers ages are wall clock, which never makes anything look fresher. */
  readonly calendar: Calendar
}
