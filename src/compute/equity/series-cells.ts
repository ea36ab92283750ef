import { type Calendar, CalendarOutOfRange } from '../../domain/calendar.js'
import { CELL_MS, cellContaining } from '../../domain/cells.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { countsSessions, type Window } from '../../domain/window.js'
import type { WindowStart } from './book-equity.js'
import type { Observations } from './observations.js'

/** What makes an observation of a book in the cells of a window. */
export interface SeriesSources {
  readonly calendar: Calendar
  /** The account's snapshots, where the book is alone there; a book that shares has its own fills instead. */
  readonly observations: Observations | undefined
  /** Symbols held: by the last snapshot, or by the book that shares. */
  readonly heldSymbols: () => readonly string[]
  /** The book's newest fill at or before an instant. */
  readonly lastFillAt: (at: EpochMs) => EpochMs | undefined
  /** The newest bar of a symbol at or before an instant. */
  readonly lastBarAt: (symbol: string, at: EpochMs) => EpochMs | undefined
}

export interface Sighting {
  /** True when the window's series has a value after its first. */
  readonly isSeen: boolean
  /** The first T at which that may be otherwise if no fact comes. */
  readonly holdsUntil: EpochMs
}

/**
 * Whether anything was observed in a window: without it there is no return to speak of.
 * Source: METRICS section 2, "Equity of a book alone in its account" and "… that shares its account"; fine print 3, 4, 15.
 */
export function isObserved(where: WindowStart, at: EpochMs, sources: SeriesSources): Sighting {
  const { window, start, lead } = where
  const { calendar, observations } = sources
  const ofSessions = countsSessions(window, calendar)
  // A cell of the clock that ends after the start counts whole.
  const from = ofSessions ? start : cellContaining(window, calendar, start + 1).start
  const until = (seenAt: EpochMs) => (ofSessions ? seenAt : cellContaining(window, calendar, seenAt).end) + lead

  const own = observations === undefined ? sources.lastFillAt(at) : observations.latestAt(at)?.at
  if (own !== undefined && own > from) return { isSeen: true, holdsUntil: until(own) }
  const changes = sessionChangesAfter(at, calendar)
  if (observations !== undefined && ofSessions) return { isSeen: false, holdsUntil: Number.POSITIVE_INFINITY }

  const held = sources.heldSymbols()
  if (held.length === 0) {
    const isSeen = calendar.sessionTimeBetween(from, at) > 0
    return { isSeen, holdsUntil: Math.min(changes, lastOpenInstant(at, calendar) + lead, at + CELL_MS[window]) }
  }
  const usableTo = observations === undefined ? wholeCellsUpTo(window, at) : lastOpenInstant(at, calendar)
  const bars = held.map((symbol) => sources.lastBarAt(symbol, usableTo)).filter((bar) => bar !== undefined)
  const newest = Math.max(Number.NEGATIVE_INFINITY, ...bars)
  const opensAt = observations === undefined ? Number.NEGATIVE_INFINITY : calendar.latestSession(at).opensAt
  if (newest > Math.max(from, opensAt)) return { isSeen: true, holdsUntil: Math.min(until(newest), changes) }
  return { isSeen: false, holdsUntil: Math.min(changes, (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS) }
}

/** A book that shares is seen at whole minutes, in windows with shorter cells at any bar. */
function wholeCellsUpTo(window: Window, at: EpochMs): EpochMs {
  return CELL_MS[window] < MINUTE_MS ? at : Math.floor(at / MINUTE_MS) * MINUTE_MS
}

function lastOpenInstant(at: EpochMs, calendar: Calendar): EpochMs {
  return Math.min(at, calendar.latestSession(at).closesAt)
}

function sessionChangesAfter(at: EpochMs, calendar: Calendar): EpochMs {
  try {
    return calendar.nextChange(at) ?? Number.POSITIVE_INFINITY
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return calendar.validUntil
    throw error
  }
}
