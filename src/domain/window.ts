import type { Calendar } from './calendar.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from './time.js'

export const WINDOWS = ['1m', '5m', '15m', '1h', '1d', '5d', '20d'] as const
export type Window = (typeof WINDOWS)[number]

/** Lengths of the wall-clock windows; the others count sessions. */
const WALL_CLOCK_MS: Partial<Record<Window, number>> = { '1m': MINUTE_MS, '5m': 5 * MINUTE_MS, '15m': 15 * MINUTE_MS, '1h': HOUR_MS }
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
  /** The first T at which the start would be another one; undefined when it moves with every T. */
  readonly startHoldsUntil: EpochMs | undefined
}

/**
 * The window `(start, T]`.
 *
 * 1m to 1h are wall clock. 1d, 5d, 20d are trading sessions: with S the latest session that has opened at T, the window
 * starts at the roll (close + sessionRollMs) of the session N before S; so nothing decays over a weekend. In a calendar
 * that never closes they are N × 24 h.
 */
export function windowBounds(window: Window, at: EpochMs, calendar: Calendar, options: WindowOptions): WindowBounds {
  const wallClockMs = WALL_CLOCK_MS[window] ?? (calendar.name === '24x7' ? (SESSIONS[window] ?? 0) * DAY_MS : undefined)
  if (wallClockMs !== undefined) return { start: at - wallClockMs, startHoldsUntil: undefined }
  const before = calendar.sessionBefore(at, SESSIONS[window] ?? 0)
  return { start: before.closesAt + options.sessionRollMs, startHoldsUntil: calendar.nextSession(at)?.opensAt }
}
