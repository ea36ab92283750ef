import { type Calendar, CalendarOutOfRange, type Session } from '../domain/calendar.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'

/** Minute ends from `first` to `last`, a minute apart, both included. */
export interface MinuteSpan {
  readonly first: EpochMs
  readonly last: EpochMs
}

/**
 * The minutes of the UTC grid that lie in a session whole and end in (from, to], one span a session, newest first.
 *
 * Throws CalendarOutOfRange when the calendar does not know what lies between.
 */
export function sessionMinutesIn(from: EpochMs, to: EpochMs, calendar: Calendar): MinuteSpan[] {
  const spans: MinuteSpan[] = []
  for (let count = 0; ; count += 1) {
    const session = calendar.sessionBefore(to, count)
    if (session.closesAt <= from) return spans
    const first = Math.max(nextMinuteEnd(from), firstMinuteEnd(session))
    const last = lastMinuteEnd(Math.min(to, session.closesAt))
    if (first <= last) spans.push({ first, last })
    if (session.opensAt <= from) return spans
  }
}

export function countMinutes(spans: readonly MinuteSpan[]): number {
  return spans.reduce((total, { first, last }) => total + (last - first) / MINUTE_MS + 1, 0)
}

/** The first session minute that ends after an instant; any minute where the calendar does not know. */
export function nextSessionMinute(after: EpochMs, calendar: Calendar): EpochMs {
  const next = nextMinuteEnd(after)
  try {
    const session = calendar.latestSession(after)
    const inSession = Math.max(next, firstMinuteEnd(session))
    if (inSession <= session.closesAt) return inSession
    const following = calendar.nextSession(after)
    return following === undefined ? next : firstMinuteEnd(following)
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return next
    throw error
  }
}

function firstMinuteEnd({ opensAt }: Session): EpochMs {
  return Math.ceil(opensAt / MINUTE_MS) * MINUTE_MS + MINUTE_MS
}

function lastMinuteEnd(at: EpochMs): EpochMs {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS
}

function nextMinuteEnd(after: EpochMs): EpochMs {
  return lastMinuteEnd(after) + MINUTE_MS
}
