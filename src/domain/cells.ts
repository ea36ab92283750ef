import type { Calendar } from './calendar.js'
import { type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.js'
import { countsSessions, type Window } from './window.js'

/** Sampling interval of each window's series, in milliseconds. */
export const CELL_MS: Record<Window, number> = {
  '1m': 2 * SECOND_MS,
  '5m': 10 * SECOND_MS,
  '15m': 30 * SECOND_MS,
  '1h': MINUTE_MS,
  '1d': 5 * MINUTE_MS,
  '5d': 30 * MINUTE_MS,
  '20d': HOUR_MS,
}

/** Half-open: an observation at `end` belongs to this cell, one at `start` to the cell before. */
export interface Cell {
  readonly start: EpochMs
  readonly end: EpochMs
}

/**
 * The cell in which an observation at `at` falls.
 *
 * Where a window counts sessions its cells count from the session's open; the last one ends at the close, and the
 * closed hours up to and with the next open are one cell. Wall-clock windows, and calendars that never close, count
 * from the UTC epoch. Throws CalendarOutOfRange when the calendar does not know both ends of the cell.
 */
export function cellContaining(window: Window, calendar: Calendar, at: EpochMs): Cell {
  const cellMs = CELL_MS[window]
  if (!countsSessions(window, calendar)) return cellOnGrid(0, cellMs, at)
  // An observation at the open belongs to the hours before it.
  const session = calendar.latestSession(at - 1)
  const next = at > session.closesAt ? calendar.nextSession(at - 1) : undefined
  if (next !== undefined) return { start: session.closesAt, end: next.opensAt }
  const { start, end } = cellOnGrid(session.opensAt, cellMs, at)
  return { start, end: Math.min(end, session.closesAt) }
}

/**
 * The cells of a series over `(start, end]`, oldest first: those that end after `start`, up to the one that contains
 * `end`. The first may begin before `start` and the last may end after `end`. None when end ≤ start.
 */
export function cellsOf(window: Window, calendar: Calendar, start: EpochMs, end: EpochMs): Cell[] {
  const cells: Cell[] = []
  let reached = start
  while (reached < end) {
    const cell = cellContaining(window, calendar, reached + 1)
    cells.push(cell)
    reached = cell.end
  }
  return cells
}

function cellOnGrid(origin: EpochMs, cellMs: number, at: EpochMs): Cell {
  const end = origin + Math.ceil((at - origin) / cellMs) * cellMs
  return { start: end - cellMs, end }
}
