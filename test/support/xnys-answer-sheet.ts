import type { Session } from '../../src/domain/calendar.js'

/**
 * The exchange's published days, 2024 to 2028, as data: what the calendar's rules are checked against. Nothing here
 * uses the product's arithmetic; the hours in UTC come from the dates of the clock changes.
 */
interface Year {
  readonly closed: string
  readonly halfDays: string
  readonly sessions: number
  /** First and last day of daylight saving time. */
  readonly summer: readonly [string, string]
}

export const XNYS_YEARS: Readonly<Record<string, Year>> = {
  2024: {
    closed: '01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25',
    halfDays: '07-03 11-29 12-24',
    sessions: 252,
    summer: ['03-10', '11-02'],
  },
  2025: {
    closed: '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25',
    halfDays: '07-03 11-28 12-24',
    sessions: 250,
    summer: ['03-09', '11-01'],
  },
  2026: {
    closed: '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25',
    halfDays: '11-27 12-24',
    sessions: 251,
    summer: ['03-08', '10-31'],
  },
  2027: {
    closed: '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24',
    halfDays: '11-26',
    sessions: 251,
    summer: ['03-14', '11-06'],
  },
  2028: {
    closed: '01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25',
    halfDays: '07-03 11-24',
    sessions: 251,
    summer: ['03-12', '11-04'],
  },
}

/** One civil day of New York: its session, or none. */
export interface SheetDay {
  readonly date: string
  readonly session: Session | undefined
}

/** Every day from 2024-01-01 to 2028-12-31, oldest first. */
export function xnysAnswerSheet(): SheetDay[] {
  const days: SheetDay[] = []
  for (const [year, { closed, halfDays, summer }] of Object.entries(XNYS_YEARS)) {
    for (const day = new Date(`${year}-01-01T00:00:00Z`); day.getUTCFullYear() === Number(year); ) {
      const date = day.toISOString().slice(0, 10)
      const monthDay = date.slice(5)
      const isSession = day.getUTCDay() % 6 !== 0 && !closed.split(' ').includes(monthDay)
      const offset = monthDay >= summer[0] && monthDay <= summer[1] ? '-04:00' : '-05:00'
      const closes = halfDays.split(' ').includes(monthDay) ? '13:00' : '16:00'
      days.push({
        date,
        session: isSession
          ? { date, opensAt: Date.parse(`${date}T09:30${offset}`), closesAt: Date.parse(`${date}T${closes}${offset}`) }
          : undefined,
      })
      day.setUTCDate(day.getUTCDate() + 1)
    }
  }
  return days
}

/** The sessions of the sheet, oldest first. */
export function xnysSheetSessions(): Session[] {
  return xnysAnswerSheet().flatMap(({ session }) => session ?? [])
}

/** Whole minutes of (from, to) in which the market is open, counted one by one; both must be whole minutes. */
export function countOpenMinutes(sessions: ReadonlyMap<string, Session>, from: number, to: number): number {
  let minutes = 0
  for (let minute = from; minute < to; minute += 60_000) {
    // A session of New York lies within one UTC day.
    const session = sessions.get(new Date(minute).toISOString().slice(0, 10))
    if (session && minute >= session.opensAt && minute < session.closesAt) minutes += 1
  }
  return minutes
}
