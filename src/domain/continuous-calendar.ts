import type { Calendar, Session } from './calendar.js'
import { DAY_MS, type EpochMs, toIso } from './time.js'

/** The last instant, and negated the first, that a date can express: this calendar covers all of them. */
const LAST_INSTANT: EpochMs = 100_000_000 * DAY_MS

/** The market that never closes. Its session is the UTC day; there is no next session to wait for and no next change. */
export function createContinuousCalendar(): Calendar {
  return {
    name: '24x7',
    validFrom: -LAST_INSTANT,
    validUntil: LAST_INSTANT,
    isOpen: () => true,
    latestSession: (at) => utcDay(at),
    sessionBefore: (at, count) => utcDay(at - count * DAY_MS),
    nextSession: () => undefined,
    nextChange: () => undefined,
    startOfDay: (at) => utcDay(at).opensAt,
    sessionTimeBetween: (from, to) => Math.max(0, to - from),
    afterSessionTime: (from, durationMs) => from + Math.max(0, durationMs),
  }
}

function utcDay(at: EpochMs): Session {
  const opensAt = Math.floor(at / DAY_MS) * DAY_MS
  return { date: toIso(opensAt).slice(0, 10), opensAt, closesAt: opensAt + DAY_MS }
}
