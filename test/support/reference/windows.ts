import type { Calendar } from '../../../src/domain/calendar.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import { type Knowledge, MINUTE_MS } from './knowledge.js'

const DAY_MS = 86_400_000
const WALL_CLOCK_MS: Partial<Record<Window, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
}
const DAYS: Partial<Record<Window, number>> = { '1d': 1, '5d': 5, '20d': 20 }
const CELL_SECONDS: Readonly<Record<Window, number>> = {
  '1m': 2,
  '5m': 10,
  '15m': 30,
  '1h': 60,
  '1d': 300,
  '5d': 1_800,
  '20d': 3_600,
}

/** Where a window that ends at T begins: METRICS section 2, "Windows". */
export function startOf(window: Window, calendar: Calendar, { at, options }: Knowledge): EpochMs {
  const lengthMs = WALL_CLOCK_MS[window]
  if (lengthMs !== undefined) return at - lengthMs
  const count = DAYS[window] ?? 0
  if (calendar.name === '24x7') return at - count * DAY_MS
  return calendar.sessionBefore(at, count).closesAt + options.sessionRollMs
}

/** 1m, 5m, 15m and 1h, in whatever calendar. */
export function isWallClock(window: Window): boolean {
  return WALL_CLOCK_MS[window] !== undefined
}

/** Whether closed hours are a cell of the window's own. */
export function hasClosedCells(window: Window, calendar: Calendar): boolean {
  return !isWallClock(window) && calendar.name !== '24x7'
}

/** METRICS section 2, "Cells". */
export function cellMsOf(window: Window): number {
  return CELL_SECONDS[window] * 1_000
}
