import { type DayNumber, formatDay, isWeekend, parseDay, WEEKDAY_NAMES, weekdayOf } from './civil-day.js'
import { QuantErrors } from './errors.js'
import { CLOSE_MINUTE, FIRST_YEAR, LAST_YEAR, OPEN_MINUTE } from './xnys-rules.js'

export interface ExceptionalEarlyClose {
  /** The trading day, `YYYY-MM-DD`. */
  readonly date: string
  /** `HH:MM` in New York. */
  readonly closesAt: string
}

/** What the exchange announced and no rule gives: days of mourning, storms. */
export interface XnysExceptions {
  /** Days without a session, `YYYY-MM-DD`. */
  readonly exceptionalClosures?: readonly string[]
  readonly exceptionalEarlyCloses?: readonly ExceptionalEarlyClose[]
}

/**
 * The schedule with the exceptions applied.
 *
 * Closing a weekday that is closed already is no mistake: a release may have learnt it since it was configured. Every
 * other contradiction is one, and all of them are reported at once: throws QuantErrors `configuration_invalid`.
 */
export function applyXnysExceptions(
  schedule: ReadonlyMap<DayNumber, number>,
  { exceptionalClosures = [], exceptionalEarlyCloses = [] }: XnysExceptions,
): Map<DayNumber, number> {
  const changed = new Map(schedule)
  const problems: string[] = []
  const seen = new Set<DayNumber>()

  /** The weekday that a text names, once; what is wrong with it goes to the problems. */
  function readWeekday(what: string, text: string): DayNumber | undefined {
    const day = parseDay(text)
    const problem = day === undefined ? 'is not a date; write YYYY-MM-DD' : problemOfDay(day, seen)
    if (problem !== undefined) problems.push(`${what} "${text}" ${problem}`)
    return problem === undefined ? day : undefined
  }

  for (const text of exceptionalClosures) {
    const day = readWeekday('closure', text)
    if (day === undefined) continue
    seen.add(day)
    changed.delete(day)
  }
  for (const { date, closesAt } of exceptionalEarlyCloses) {
    const closeMinute = parseEarlyClose(closesAt)
    if (closeMinute === undefined) {
      problems.push(
        `early close of ${date} at "${closesAt}" is not a New York time between 09:30 and 16:00; write HH:MM`,
      )
    }
    const day = readWeekday('early close', date)
    if (day === undefined) continue
    seen.add(day)
    if (!changed.has(day)) problems.push(`early close "${date}" is a holiday, there is no session to shorten`)
    else if (closeMinute !== undefined) changed.set(day, closeMinute)
  }
  if (problems.length > 0) throw new QuantErrors('configuration_invalid', 'exceptional days of XNYS', problems)
  return changed
}

function problemOfDay(day: DayNumber, seen: ReadonlySet<DayNumber>): string | undefined {
  const year = Number(formatDay(day).slice(0, 4))
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    return `is outside the calendar, which covers ${FIRST_YEAR} to ${LAST_YEAR}; remove it`
  }
  if (isWeekend(day)) return `is a ${WEEKDAY_NAMES[weekdayOf(day)]}, when there is no session; check the date`
  return seen.has(day) ? 'is given twice; keep one' : undefined
}

function parseEarlyClose(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (!match) return undefined
  const minute = Number(match[1]) * 60 + Number(match[2])
  return minute > OPEN_MINUTE && minute < CLOSE_MINUTE ? minute : undefined
}
