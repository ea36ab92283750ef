import { DAY_MS, toIso } from './time.js'

/** A day of the civil calendar, counted from 1970-01-01: no zone, no clock. */
export type DayNumber = number

/** Sunday is 0, as in Date. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6

export const WEEKDAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** Months count from 1; a month or day past its end runs on into the next. */
export function dayNumber(year: number, month: number, day: number): DayNumber {
  return Date.UTC(year, month - 1, day) / DAY_MS
}

/** The day as `YYYY-MM-DD`. */
export function formatDay(day: DayNumber): string {
  return toIso(day * DAY_MS).slice(0, 10)
}

/** The day that `YYYY-MM-DD` names; undefined when the text has another form or there is no such day. */
export function parseDay(text: string): DayNumber | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return undefined
  const day = dayNumber(Number(match[1]), Number(match[2]), Number(match[3]))
  return formatDay(day) === text ? day : undefined
}

export function weekdayOf(day: DayNumber): Weekday {
  // 1970-01-01 was a Thursday.
  return ((((day + 4) % 7) + 7) % 7) as Weekday
}

export function isWeekend(day: DayNumber): boolean {
  const weekday = weekdayOf(day)
  return weekday === 0 || weekday === 6
}

/** The `ordinal`-th (from 1) of a weekday in a month. */
export function nthWeekday(year: number, month: number, weekday: Weekday, ordinal: number): DayNumber {
  const first = dayNumber(year, month, 1)
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (ordinal - 1)
}

export function lastWeekday(year: number, month: number, weekday: Weekday): DayNumber {
  return nthWeekday(year, month + 1, weekday, 1) - 7
}

/** Easter Sunday of the Gregorian calendar (Meeus, "Astronomical Algorithms", chapter 8). */
export function easterSunday(year: number): DayNumber {
  const goldenYear = year % 19
  const century = Math.floor(year / 100)
  const yearOfCentury = year % 100
  const moonCorrection = Math.floor((8 * century + 13) / 25)
  const epact = (19 * goldenYear + century - Math.floor(century / 4) - moonCorrection + 15) % 30
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7
  const lateMoon = Math.floor((goldenYear + 11 * epact + 22 * toSunday) / 451)
  return dayNumber(year, 3, 22 + epact + toSunday - 7 * lateMoon)
}
