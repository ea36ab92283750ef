import {
  type DayNumber,
  dayNumber,
  easterSunday,
  isWeekend,
  lastWeekday,
  nthWeekday,
  parseDay,
  weekdayOf,
} from './civil-day.js'

/** Minutes after midnight in New York. */
export const OPEN_MINUTE = 9 * 60 + 30
export const CLOSE_MINUTE = 16 * 60
const EARLY_CLOSE_MINUTE = 13 * 60

/**
 * The years for which the rules were compared with the exchange's published days, one by one. It has changed its
 * holidays before (Juneteenth is new), so nothing is said about others.
 */
export const FIRST_YEAR = 2024
export const LAST_YEAR = 2028

/** Closures that no rule gives: 2025-01-09 was the day of mourning for Jimmy Carter. */
const KNOWN_EXCEPTIONAL_CLOSURES = ['2025-01-09']

/** Each trading day with its close, in minutes after midnight in New York, oldest first. */
export function xnysSchedule(): Map<DayNumber, number> {
  const schedule = new Map<DayNumber, number>()
  const known = new Set(KNOWN_EXCEPTIONAL_CLOSURES.map(parseDay))
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    const closed = holidays(year)
    const early = earlyCloses(year)
    for (let day = dayNumber(year, 1, 1); day < dayNumber(year + 1, 1, 1); day += 1) {
      if (isWeekend(day) || closed.has(day) || known.has(day)) continue
      schedule.set(day, early.has(day) ? EARLY_CLOSE_MINUTE : CLOSE_MINUTE)
    }
  }
  return schedule
}

function holidays(year: number): Set<DayNumber> {
  const newYear = dayNumber(year, 1, 1)
  return new Set([
    // On a Saturday it is not moved to the Friday, which ends the old year's books.
    weekdayOf(newYear) === 0 ? newYear + 1 : newYear,
    nthWeekday(year, 1, 1, 3), // Martin Luther King
    nthWeekday(year, 2, 1, 3), // Presidents
    easterSunday(year) - 2, // Good Friday
    lastWeekday(year, 5, 1), // Memorial
    observed(dayNumber(year, 6, 19)), // Juneteenth
    observed(dayNumber(year, 7, 4)), // Independence
    nthWeekday(year, 9, 1, 1), // Labor
    thanksgiving(year),
    observed(dayNumber(year, 12, 25)), // Christmas
  ])
}

/** Where an eve is a Friday it is the holiday, observed; being closed then comes first, as it does at a weekend. */
function earlyCloses(year: number): Set<DayNumber> {
  return new Set([dayNumber(year, 7, 3), thanksgiving(year) + 1, dayNumber(year, 12, 24)])
}

function thanksgiving(year: number): DayNumber {
  return nthWeekday(year, 11, 4, 4)
}

/** A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. */
function observed(day: DayNumber): DayNumber {
  const weekday = weekdayOf(day)
  if (weekday === 6) return day - 1
  return weekday === 0 ? day + 1 : day
}
