import { type Calendar, CalendarOutOfRange } from '../../domain/calendar.js'
import { cellsOf } from '../../domain/cells.js'
import type { EpochMs } from '../../domain/time.js'
import { isWallClock } from '../../domain/window.js'
import type { WindowStart } from './book-equity.js'
import type { Observations } from './observations.js'

/** What makes an observation of a book in the cells of a window. */
export interface SeriesSources {
  readonly calendar: Calendar
  /** The account's snapshots, where the book is alone there; a book that shares has its own fills instead. */
  readonly observations: Observations | undefined
  /** Symbols held at an instant: by the last snapshot, whether or not its equity counts, or by the book that shares. */
  readonly heldSymbols: (at: EpochMs) => readonly string[]
  /** False where something is held of which nobody can say how much. */
  readonly isHoldingKnown: boolean
  /** The book's newest fill at or before an instant. */
  readonly lastFillAt: (at: EpochMs) => EpochMs | undefined
  /** The newest bar of a symbol at or before an instant. */
  readonly lastBarAt: (symbol: string, at: EpochMs) => EpochMs | undefined
  /** The first bar of a symbol after an instant; Infinity where none is known. */
  readonly nextBarAfter: (symbol: string, at: EpochMs) => EpochMs
}

export interface Sighting {
  /** True when the window's series has a value after its first. */
  readonly isSeen: boolean
  /** The first T at which that may be otherwise if no fact comes. */
  readonly holdsUntil: EpochMs
}

/**
 * Whether anything was observed in a window: without it there is no return to speak of.
 *
 * A snapshot or a fill always counts. In windows of the clock so does a bar of a held symbol, in open hours, and the mere
 * passing of them where nothing is held. Windows of sessions of a book that shares are seen where its timeline has a point.
 * Source: METRICS section 2, "Equity of a book alone in its account" and "… that shares its account"; fine print 3, 4, 15.
 */
export function isObserved(where: WindowStart, at: EpochMs, sources: SeriesSources): Sighting {
  const { window, start, lead } = where
  const { calendar, observations } = sources
  const isShared = observations === undefined
  const own = isShared ? sources.lastFillAt(at) : observations.latestAt(at)?.at
  if (own !== undefined && own > start) return { isSeen: true, holdsUntil: own + lead }
  if (!isWallClock(window)) return { isSeen: false, holdsUntil: Number.POSITIVE_INFINITY }

  const changes = sessionChangesAfter(at, calendar)
  // A snapshot whose equity does not count still tells what is held from then on: the cells before it may say otherwise.
  if (observations?.hasRefusedIn(start, at) === true)
    return { isSeen: isAnyCellSeen(where, at, sources), holdsUntil: at + 1 }
  const held = sources.heldSymbols(at)
  const lastOpenAt = Math.min(at, calendar.latestSession(at).closesAt)
  if (held.length === 0) {
    const isSeen = sources.isHoldingKnown && calendar.sessionTimeBetween(start, at) > 0
    // At the open itself no time has passed yet.
    return { isSeen, holdsUntil: calendar.isOpen(at) && !isSeen ? at + 1 : Math.min(changes, lastOpenAt + lead) }
  }
  // Closed hours count for who shares.
  const usableTo = isShared ? at : lastOpenAt
  const bars = held.map((symbol) => sources.lastBarAt(symbol, usableTo)).filter((barAt) => barAt !== undefined)
  const seenAt = Math.max(Number.NEGATIVE_INFINITY, ...bars)
  const isAnyHourOpen = isShared || calendar.name === '24x7'
  const opensAt = isAnyHourOpen ? Number.NEGATIVE_INFINITY : calendar.latestSession(at).opensAt
  return seenAt > Math.max(start, opensAt)
    ? { isSeen: true, holdsUntil: Math.min(changes, seenAt + lead) }
    : { isSeen: false, holdsUntil: Math.min(changes, ...held.map((symbol) => sources.nextBarAfter(symbol, at))) }
}

function isAnyCellSeen({ window, start }: WindowStart, at: EpochMs, sources: SeriesSources): boolean {
  const { calendar, heldSymbols, lastBarAt } = sources
  return cellsOf(window, calendar, start, at).some((cell) => {
    const [from, to] = [Math.max(cell.start, start), Math.min(cell.end, at)]
    if (calendar.sessionTimeBetween(from, to) === 0) return false
    const held = heldSymbols(to)
    return held.length === 0 || held.some((symbol) => (lastBarAt(symbol, to) ?? Number.NEGATIVE_INFINITY) > from)
  })
}

function sessionChangesAfter(at: EpochMs, calendar: Calendar): EpochMs {
  try {
    return calendar.nextChange(at) ?? Number.POSITIVE_INFINITY
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return calendar.validUntil
    throw error
  }
}
