import type { Calendar } from '../../domain/calendar.js'
import { type Cell, cellContaining } from '../../domain/cells.js'
import type { MoneyE17 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { isWallClock, type Window } from '../../domain/window.js'
import type { CellValue, ReadCell } from './cell-values.js'
import type { SeriesSources } from './sighting.js'

/** An observation of a book's own: a snapshot of its account, or a point of its timeline. */
interface OwnValue {
  readonly at: EpochMs
  readonly amount: MoneyE17
}

export interface CellSources extends SeriesSources {
  /** The newest observation at or before an instant. */
  readonly ownAt: (at: EpochMs) => OwnValue | undefined
  /** The newest event of the book's own at or before an instant: in windows of the clock it makes a cell observed. */
  readonly ownEventAt: (at: EpochMs) => EpochMs | undefined
  /** The amount at an instant between observations, and the earliest instant whose prices it rests on. */
  readonly amountAt: (at: EpochMs) => { readonly amount: MoneyE17; readonly restsOn: EpochMs } | undefined
}

/**
 * How the cells of a window are read. Windows of sessions have the last observation of each cell; those of the clock the
 * amount at the end of each cell with an observation or a bar of a held symbol, and of every open cell where nothing is
 * held. The unfinished cell ends at T.
 * Source: METRICS section 2, "Equity …"; fine print 4 and 15.
 */
export function readCellsOf(window: Window, sources: CellSources): ReadCell {
  return isWallClock(window)
    ? (cell, to) => readOfClock(cell, Math.min(cell.end, to), sources)
    : (cell, to) => readOfSession(cell, Math.min(cell.end, to), sources)
}

/**
 * The first T after `at` at which the cells of a window are others if no fact comes, but for those that it leaves: a bar
 * that is known already, or the next cell where each counts.
 */
export function cellsHoldUntil(window: Window, at: EpochMs, sources: CellSources): EpochMs {
  if (!isWallClock(window)) return Number.POSITIVE_INFINITY
  const held = sources.heldSymbols(at)
  if (held.length > 0) return Math.min(...held.map((symbol) => sources.nextBarAfter(symbol, at)))
  return cellContaining(window, sources.calendar, at).end + 1
}

function readOfSession(cell: Cell, to: EpochMs, { ownAt }: CellSources): CellValue | undefined {
  const own = ownAt(to)
  if (own === undefined || own.at <= cell.start) return undefined
  return { cell, at: own.at, seenAt: own.at, amount: own.amount, restsOn: own.at }
}

function readOfClock(cell: Cell, to: EpochMs, sources: CellSources): CellValue | undefined {
  const seenAt = lastSeenIn(cell, to, sources)
  const read = seenAt === undefined ? undefined : sources.amountAt(to)
  return seenAt === undefined || read === undefined ? undefined : { cell, at: to, seenAt, ...read }
}

function lastSeenIn(cell: Cell, to: EpochMs, sources: CellSources): EpochMs | undefined {
  const { calendar, observations, heldSymbols, isHoldingKnown, lastBarAt, ownEventAt } = sources
  const own = ownEventAt(to)
  let seenAt = own !== undefined && own > cell.start ? own : undefined
  const isOpen = isOpenCell(cell, to, calendar)
  // Closed hours count for who shares, as far as something of his happened.
  if (!isOpen && observations !== undefined) return seenAt
  const held = heldSymbols(to)
  if (held.length === 0) return isOpen && isHoldingKnown ? to : seenAt
  for (const symbol of held) {
    const barAt = lastBarAt(symbol, to)
    if (barAt !== undefined && barAt > (seenAt ?? cell.start)) seenAt = barAt
  }
  return seenAt
}

function isOpenCell(cell: Cell, to: EpochMs, calendar: Calendar): boolean {
  return calendar.sessionTimeBetween(cell.start, to) > 0
}
