import { type Calendar, type CalendarName, CalendarOutOfRange, type Session } from './calendar.js'
import type { EpochMs } from './time.js'

export interface SessionCalendarOptions {
  readonly name: CalendarName
  /** Ascending, without overlap, all of them inside [validFrom, validUntil). */
  readonly sessions: readonly Session[]
  readonly validFrom: EpochMs
  readonly validUntil: EpochMs
  readonly startOfDay: (at: EpochMs) => EpochMs
}

/**
 * A calendar over a complete list of sessions.
 *
 * Windows, marks and ages ask it thousands of times a second, so every question is one or two binary searches over
 * typed arrays: the opens, and the open time that had passed before each session.
 *
 * Before the first session's open nothing is known about the session before it, nor about the next one after the last
 * open: those questions throw CalendarOutOfRange like an instant outside [validFrom, validUntil).
 */
export function createSessionCalendar({
  name,
  sessions,
  validFrom,
  validUntil,
  startOfDay,
}: SessionCalendarOptions): Calendar {
  const opens = Float64Array.from(sessions, (session) => session.opensAt)
  /** Open time before each session; one entry more than sessions, the last being the whole. */
  const openTimeBefore = new Float64Array(sessions.length + 1)
  sessions.forEach((session, index) => {
    openTimeBefore[index + 1] = (openTimeBefore[index] ?? 0) + session.closesAt - session.opensAt
  })

  function requireCovered(at: EpochMs): void {
    if (!(at >= validFrom && at < validUntil)) throw new CalendarOutOfRange(name, at)
  }

  function requireSession(index: number, asked: EpochMs): Session {
    const session = sessions[index]
    if (session === undefined) throw new CalendarOutOfRange(name, asked)
    return session
  }

  /** Index of the latest session with open ≤ at; −1 before the first. */
  function latestIndex(at: EpochMs): number {
    requireCovered(at)
    return lastAtMost(opens, at)
  }

  /** Open time from validFrom to at. */
  function openTimeUpTo(at: EpochMs): number {
    const index = latestIndex(at)
    const session = sessions[index]
    return session === undefined ? 0 : (openTimeBefore[index] ?? 0) + Math.min(at, session.closesAt) - session.opensAt
  }

  function openSession(at: EpochMs): Session | undefined {
    const session = sessions[latestIndex(at)]
    return session !== undefined && at < session.closesAt ? session : undefined
  }

  return {
    name,
    validFrom,
    validUntil,
    startOfDay,
    isOpen: (at) => openSession(at) !== undefined,
    latestSession: (at) => requireSession(latestIndex(at), at),
    sessionBefore: (at, count) => requireSession(latestIndex(at) - count, at),
    nextSession: (at) => requireSession(latestIndex(at) + 1, at),
    nextChange: (at) => openSession(at)?.closesAt ?? requireSession(latestIndex(at) + 1, at).opensAt,
    sessionTimeBetween(from, to) {
      const openTime = openTimeUpTo(to) - openTimeUpTo(from)
      return Math.max(0, openTime)
    },
    afterSessionTime(from, durationMs) {
      const target = openTimeUpTo(from) + durationMs
      if (durationMs <= 0) return from
      let index = lastAtMost(openTimeBefore, target)
      // Reached at a close, not at the next open.
      if (openTimeBefore[index] === target) index -= 1
      return requireSession(index, from).opensAt + target - (openTimeBefore[index] ?? 0)
    },
  }
}

/** Index of the last entry ≤ limit in an ascending column; −1 when there is none. */
function lastAtMost(column: Float64Array, limit: number): number {
  let low = 0
  let high = column.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((column[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low - 1
}
