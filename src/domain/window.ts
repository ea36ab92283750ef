import { type Calendar, CalendarOutOfRange } from './calendar.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from './time.js'

export const WINDOWS = ['1m', '5m', '15m', '1h', '1d', '5d', '20d'] as const
export type Window = (typeof WINDOWS)[number]

/** Lengths of the wall-clock windows; the others count sessions. */
const WALL_CLOCK_MS: Partial<Record<Window, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
}
/** No window starts later than this before T. */
export const SHORTEST_WINDOW_MS = MINUTE_MS
const SESSIONS: Partial<Record<Window, number>> = { '1d': 1, '5d': 5, '20d': 20 }

/** The longest history a window can reach into, in sessions. */
export const LONGEST_WINDOW_SESSIONS = 20

export interface WindowOptions {
  /** How long after its close a session still takes events (closing auctions, late stamps), in milliseconds. */
  readonly sessionRollMs: number
}

export interface WindowBounds {
  /** Exclusive. */
  readonly start: EpochMs
  /** The first T at which the start would be another one, or unknown; undefined when it moves with every T. */
  readonly startHoldsUntil: EpochMs | undefined
}

/** 1m to 1h: a length in time. The others are named by sessions, in a calendar that never closes too. */
export function isWallClock(window: Window): boolean {
  return WALL_CLOCK_MS[window] !== undefined
}

/** Whether the window is a number of the calendar's sessions; the others have a length in time. */
export function countsSessions(window: Window, calendar: Calendar): boolean {
  return SESSIONS[window] !== undefined && calendar.name !== '24x7'
}

/**
 * The window `(start, T]`.
 *
 * 1m to 1h are wall clock. 1d, 5d, 20d are trading sessions: with S the latest session that has opened at T, the window
 * starts at the roll (close + sessionRollMs) of the session N before S; so nothing decays over a weekend. In a calendar
 * that never closes they are N × 24 h.
 */
export function windowBounds(window: Window, at: EpochMs, calendar: Calendar, options: WindowOptions): WindowBounds {
  const sessions = SESSIONS[window] ?? 0
  if (!countsSessions(window, calendar)) {
    return { start: at - (WALL_CLOCK_MS[window] ?? sessions * DAY_MS), startHoldsUntil: undefined }
  }
  const before = calendar.sessionBefore(at, sessions)
  return { start: before.closesAt + options.sessionRollMs, startHoldsUntil: nextOpen(at, calendar) }
}

/** In the last session that a calendar covers the start is known although the next open is not. */
function nextOpen(at: EpochMs, calendar: Calendar): EpochMs | undefined {
  try {
    return calendar.nextSession(at)?.opensAt
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return calendar.validUntil
    throw error
  }
}
