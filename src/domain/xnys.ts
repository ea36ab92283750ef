import type { Calendar, Session } from './calendar.js'
import { type DayNumber, dayNumber, formatDay } from './civil-day.js'
import { createSessionCalendar } from './session-calendar.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from './time.js'
import { applyXnysExceptions, type XnysExceptions } from './xnys-exceptions.js'
import { FIRST_YEAR, LAST_YEAR, OPEN_MINUTE, xnysSchedule } from './xnys-rules.js'

/**
 * The New York Stock Exchange: 09:30 to 16:00 New York, 13:00 on half days; rules plus announced exceptions.
 *
 * Covers the first to the last year of the rules, whole years in New York. All sessions are worked out here, once, and
 * the zone is asked once a day: Intl takes microseconds, a query must not.
 * Throws QuantErrors `configuration_invalid` when the exceptions contradict the calendar.
 */
export function createXnysCalendar(exceptions: XnysExceptions = {}): Calendar {
  const { midnight, startOfDay } = newYorkDays()
  const sessions: Session[] = []
  for (const [day, closeMinute] of applyXnysExceptions(xnysSchedule(), exceptions)) {
    const startsAt = midnight(day)
    sessions.push({
      date: formatDay(day),
      opensAt: startsAt + OPEN_MINUTE * MINUTE_MS,
      closesAt: startsAt + closeMinute * MINUTE_MS,
    })
  }
  return createSessionCalendar({
    name: 'XNYS',
    sessions,
    validFrom: midnight(dayNumber(FIRST_YEAR, 1, 1)),
    validUntil: midnight(dayNumber(LAST_YEAR + 1, 1, 1)),
    startOfDay,
  })
}

interface CivilDays {
  /** Midnight at the beginning of a day. */
  midnight(day: DayNumber): EpochMs
  startOfDay(at: EpochMs): EpochMs
}

/** Days in New York, read off the clock there; on the two Sundays of a change the first reading is an hour off. */
function newYorkDays(): CivilDays {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/New_York',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  const hourAt = (at: EpochMs) => Number(clock.format(at))
  const midnight = (day: DayNumber) => {
    const noonUtc = day * DAY_MS + 12 * HOUR_MS
    const guess = noonUtc - hourAt(noonUtc) * HOUR_MS
    const hour = hourAt(guess)
    return hour === 0 ? guess : guess + (hour > 12 ? HOUR_MS : -HOUR_MS)
  }
  return {
    midnight,
    startOfDay(at) {
      // New York is behind UTC by less than a day.
      const day = Math.floor(at / DAY_MS)
      const startsAt = midnight(day)
      return startsAt <= at ? startsAt : midnight(day - 1)
    },
  }
}
