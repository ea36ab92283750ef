import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { EpochMs } from '../domain/time.js'

/** How far into its last session a closed market's demo begins: the middle of a New York afternoon, half days too. */
const PART_OF_SESSION = 0.6

/**
 * The moment at which a demo begins: now while the exchange is open, or when now is insisted on; else inside the last
 * session, so that something is to be seen at any hour.
 *
 * Throws CalendarOutOfRange where the calendar does not know the moment.
 */
export function startMoment(
  calendars: Readonly<Record<CalendarName, Calendar>>,
  wallNow: EpochMs,
  { now }: { readonly now: boolean },
): EpochMs {
  if (now || calendars.XNYS.isOpen(wallNow)) return wallNow
  const { opensAt, closesAt } = calendars.XNYS.latestSession(wallNow)
  return opensAt + (closesAt - opensAt) * PART_OF_SESSION
}
