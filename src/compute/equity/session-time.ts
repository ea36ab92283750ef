import type { Calendar } from '../../domain/calendar.js'
import { CELL_MS } from '../../domain/cells.js'
import { DAY_MS, type EpochMs, SECOND_MS } from '../../domain/time.js'
import { countsSessions, type Window } from '../../domain/window.js'

const SESSIONS_A_YEAR = 252
const SESSION_MS = 23_400 * SECOND_MS
const DAYS_A_YEAR = 365

/**
 * A year in the time that the returns of a window are measured in, in milliseconds.
 *
 * Sessions count 252 times six and a half hours; where closed hours belong to the series they count one cell each. A
 * market that never closes has 365 days.
 * Source: METRICS section 2, "Returns".
 */
export function yearMs(window: Window, calendar: Calendar): number {
  if (calendar.name === '24x7') return DAYS_A_YEAR * DAY_MS
  return SESSIONS_A_YEAR * (SESSION_MS + (countsSessions(window, calendar) ? CELL_MS[window] : 0))
}

/**
 * The time that a return between two observations took, in milliseconds of session time: one that leaves a session takes
 * a cell more, for the closed hours. Two returns in one closed period share that cell: the first has it.
 * Undefined for a return that crosses closed hours in a window of the clock: it belongs to no series there.
 */
export function returnTimeMs(window: Window, calendar: Calendar, from: EpochMs, to: EpochMs): number | undefined {
  const inSession = calendar.sessionTimeBetween(from, to)
  if (inSession === to - from) return inSession
  if (!countsSessions(window, calendar)) return undefined
  // An observation at the open belongs to the hours before it.
  const { closesAt } = calendar.latestSession(from - 1)
  return inSession + (from <= closesAt && to > closesAt ? CELL_MS[window] : 0)
}

/**
 * Whether coverage, or what a return took, is another one at every later T though no fact comes: while the session goes
 * on, and as long as a start that moves passes through open hours.
 */
export function timesMove(start: EpochMs, lead: number, at: EpochMs, calendar: Calendar): boolean {
  return calendar.isOpen(at) || (Number.isFinite(lead) && calendar.sessionTimeBetween(start, at) > 0)
}
