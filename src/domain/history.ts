import { CALENDAR_NAMES, type Calendar, type CalendarName, CalendarOutOfRange } from './calendar.js'
import { DAY_MS, type EpochMs } from './time.js'
import { LONGEST_WINDOW_SESSIONS } from './window.js'

/** Older bars are not used, even by a process that still has them: what the sources deleted is gone for everybody. */
export const BAR_LIFETIME_MS = 28 * DAY_MS
/** The same for quotes, whose table is kept for a shorter time. */
export const QUOTE_LIFETIME_MS = 12 * DAY_MS

/**
 * Where decisions and snapshots begin to matter at T: the close of the session before the longest window's first, in
 * the calendar that reaches back furthest. What is read at a start and what is kept while running end here alike.
 */
export function historyFrom(calendars: Readonly<Record<CalendarName, Calendar>>, at: EpochMs): EpochMs {
  try {
    return Math.min(
      ...CALENDAR_NAMES.map((name) => calendars[name].sessionBefore(at, LONGEST_WINDOW_SESSIONS + 1).closesAt),
    )
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return at - BAR_LIFETIME_MS
    throw error
  }
}
