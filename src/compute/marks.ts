import { type Calendar, CalendarOutOfRange } from '../domain/calendar.js'
import { absolute, divideHalfEven } from '../domain/exact.js'
import { NO_MID } from '../domain/quote.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'
import type { PricePoint, PriceSeries } from './accumulators/price-series.js'
import type { Fill } from './fills.js'

export const MARK_SOURCES = ['snapshot', 'bar', 'mid', 'fill'] as const
export type MarkSource = (typeof MARK_SOURCES)[number]

export interface Mark extends PricePoint {
  readonly source: MarkSource
}

/** A mark, and the first instant of looking at which it would be another one; Infinity when only a new fact can change it. */
export interface MarkReading {
  readonly mark: Mark | undefined
  readonly holdsUntil: EpochMs
}

/** The fills that may be a mark: of one book, or of all books of an account. */
export interface OwnFills {
  lastFillAt(at: EpochMs): Fill | undefined
  /** The first instant after `at` at which it may be another one. */
  nextChangeAfter(at: EpochMs): EpochMs
}

/** Everything that can price one symbol for one book. */
export interface MarkSources {
  readonly bars: PriceSeries | undefined
  /** Middles of quotes; NO_MID where one is not valid. */
  readonly mids: PriceSeries | undefined
  readonly snapshots: PriceSeries | undefined
  /** Undefined where the symbol is looked at for an account that no book has alone. */
  readonly ledger: OwnFills | undefined
  readonly calendar: Calendar
  readonly maxAgeMs: number
}

/** At a window's start a snapshot's price goes first while it is at most this old, in session time. */
const SNAPSHOT_AT_START_MS = 5 * MINUTE_MS

/**
 * The price of a symbol at an instant: the newest bar close that is fresh; else the newest of snapshot price, bar close,
 * valid mid and own fill, ties in this order. The newest quote decides: if it is not valid there is no mid. An older one
 * is still a mark; that it is old shows in the quality.
 * Source: METRICS section 1, "Mark".
 */
export function markOf(sources: MarkSources, at: EpochMs): Mark | undefined {
  const bar = newestAcceptedBar(sources, at)
  return isFresh(bar, sources, at) ? withSource(bar, 'bar') : newestOf(sources, bar, at)
}

/** The mark at an instant, and until when it holds. */
export function markAt(sources: MarkSources, at: EpochMs): MarkReading {
  const { bars, mids, snapshots, ledger, calendar, maxAgeMs } = sources
  const bar = newestAcceptedBar(sources, at)
  const holdsUntil = Math.min(
    bars?.nextAfter(at) ?? Number.POSITIVE_INFINITY,
    snapshots?.nextAfter(at) ?? Number.POSITIVE_INFINITY,
    ledger?.nextChangeAfter(at) ?? Number.POSITIVE_INFINITY,
  )
  if (isFresh(bar, sources, at))
    return { mark: withSource(bar, 'bar'), holdsUntil: Math.min(holdsUntil, olderThan(maxAgeMs, bar.at, calendar)) }
  return {
    mark: newestOf(sources, bar, at),
    holdsUntil: Math.min(holdsUntil, mids?.nextAfter(at) ?? Number.POSITIVE_INFINITY),
  }
}

function isFresh(bar: PricePoint | undefined, { calendar, maxAgeMs }: MarkSources, at: EpochMs): bar is PricePoint {
  // Session time is never more than the time that has passed.
  return bar !== undefined && (at - bar.at <= maxAgeMs || calendar.sessionTimeBetween(bar.at, at) <= maxAgeMs)
}

function newestOf(
  { mids, snapshots, ledger }: MarkSources,
  bar: PricePoint | undefined,
  at: EpochMs,
): Mark | undefined {
  const fill = ledger?.lastFillAt(at)
  const mid = mids?.latestAt(at)
  const candidates: (Mark | undefined)[] = [
    withSource(snapshots?.latestAt(at), 'snapshot'),
    withSource(bar, 'bar'),
    mid?.priceE8 === NO_MID ? undefined : withSource(mid, 'mid'),
    fill === undefined
      ? undefined
      : { at: fill.at, priceE8: divideHalfEven(fill.notional, fill.quantity), source: 'fill' },
  ]
  let mark: Mark | undefined
  for (const candidate of candidates)
    if (candidate !== undefined && (mark === undefined || candidate.at > mark.at)) mark = candidate
  return mark
}

/** The mark at the start of a window: the snapshot's price where there is a recent one, else the mark. */
export function markAtStart(sources: MarkSources, start: EpochMs): MarkReading {
  const snapshot = sources.snapshots?.latestAt(start)
  const isRecent =
    snapshot !== undefined &&
    (start - snapshot.at <= SNAPSHOT_AT_START_MS ||
      sources.calendar.sessionTimeBetween(snapshot.at, start) <= SNAPSHOT_AT_START_MS)
  if (!isRecent) return markAt(sources, start)
  const next = sources.snapshots?.nextAfter(start) ?? Number.POSITIVE_INFINITY
  const expires = olderThan(SNAPSHOT_AT_START_MS, snapshot.at, sources.calendar)
  return { mark: withSource(snapshot, 'snapshot'), holdsUntil: Math.min(next, expires) }
}

/**
 * The first instant at which something from `from` is older than `ageMs` of session time; when that age is reached at a
 * close, it is the next open that exceeds it. The end of the calendar where it comes first.
 */
function olderThan(ageMs: number, from: EpochMs, calendar: Calendar): EpochMs {
  try {
    return calendar.afterSessionTime(from, ageMs + 1)
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return calendar.validUntil
    throw error
  }
}

function withSource(point: PricePoint | undefined, source: MarkSource): Mark | undefined {
  return point === undefined ? undefined : { at: point.at, priceE8: point.priceE8, source }
}

/**
 * The newest bar that counts. A bar more than 10 % from the previous mark waits until a second one agrees with it, so
 * that one bad print moves nothing.
 *
 * Nearly always the newest bar is near the one before it, and one comparison decides. Otherwise the bars are gone
 * through once, forwards, from the last one about which there is no doubt: looking back from bar to bar would be
 * exponential on prices that jump to and fro.
 */
function newestAcceptedBar({ bars, snapshots, calendar, maxAgeMs }: MarkSources, at: EpochMs): PricePoint | undefined {
  if (bars === undefined) return undefined
  const isRecent = (point: PricePoint | undefined, bar: PricePoint): point is PricePoint =>
    point !== undefined && (bar.at - point.at <= maxAgeMs || calendar.sessionTimeBetween(point.at, bar.at) <= maxAgeMs)
  /** Whether earlier bars have a say: one that agrees with the bar before it counts, and old ones say nothing. */
  const dependsOnEarlier = (index: number): boolean => {
    const [before, bar] = [bars.at(index - 1), bars.at(index)]
    return bar !== undefined && isRecent(before, bar) && !agrees(bar, before)
  }

  for (let last = bars.indexAt(at); last >= 0; ) {
    let first = last
    while (dependsOnEarlier(first)) first -= 1
    let accepted: PricePoint | undefined
    for (let index = first; index <= last; index += 1) {
      const bar = bars.at(index)
      if (bar === undefined) break
      const snapshot = snapshots?.latestAt(bar.at)
      const newer =
        accepted !== undefined && (snapshot === undefined || accepted.at >= snapshot.at) ? accepted : snapshot
      const previous = isRecent(newer, bar) ? newer : undefined
      if (previous === undefined || agrees(bar, previous) || agrees(bar, bars.at(index - 1))) accepted = bar
    }
    if (accepted !== undefined) return accepted
    last = first - 1
  }
  return undefined
}

/** Within 10 % of the other price. */
function agrees(point: PricePoint, other: PricePoint | undefined): boolean {
  return other !== undefined && absolute(point.priceE8 - other.priceE8) * 10n <= other.priceE8
}
