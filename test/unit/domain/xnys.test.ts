import { CalendarOutOfRange } from '../../../src/domain/calendar.js'
import { toIso } from '../../../src/domain/time.js'
import { createXnysCalendar } from '../../../src/domain/xnys.js'
import { XNYS_YEARS, xnysAnswerSheet, xnysSheetSessions } from '../../support/xnys-answer-sheet.js'

const xnys = createXnysCalendar()
const sessions = xnysSheetSessions()

describe('XNYS against the published days', () => {
  test.each(Object.keys(XNYS_YEARS))('has the sessions of %s, day by day, each with its open and close', (year) => {
    for (const { date, session } of xnysAnswerSheet().filter((day) => day.date.startsWith(year))) {
      const nightUtc = Date.parse(`${date}T23:59:59Z`)
      const latest = date < '2024-01-02' ? undefined : xnys.latestSession(nightUtc)
      if (session) expect(latest).toEqual(session)
      else expect(latest?.date === date).toBe(false)
    }
  })

  test.each(Object.entries(XNYS_YEARS))(
    'has as many sessions in %s as the exchange',
    (year, { sessions: expected }) => {
      const dates = new Set<string>()
      const end = Date.parse(`${Number(year) + 1}-01-01T00:00Z`)
      for (let at = Date.parse(`${year}-01-03T00:00Z`); at <= end; at += 3_600_000)
        dates.add(xnys.latestSession(at).date)
      expect([...dates].filter((date) => date.startsWith(year))).toHaveLength(expected)
    },
  )

  test('opens and closes at the minutes of the sheet and at no other', () => {
    const changes: number[] = []
    const lastClose = sessions.at(-1)?.closesAt ?? 0
    for (let at = xnys.validFrom; at < lastClose; ) {
      at = xnys.nextChange(at) ?? Number.NaN
      changes.push(at)
    }
    expect(changes).toEqual(sessions.flatMap(({ opensAt, closesAt }) => [opensAt, closesAt]))
  })

  test('is open from the first millisecond of a session to the last but one, on every day of five years', () => {
    for (const { opensAt, closesAt } of sessions) {
      const edges = [opensAt - 1, opensAt, closesAt - 1, closesAt]
      expect(edges.map((at) => xnys.isOpen(at))).toEqual([false, true, true, false])
    }
  })

  test('is closed at every hour of a day without a session', () => {
    for (const { date } of xnysAnswerSheet().filter(({ session }) => session === undefined)) {
      const hours = Array.from({ length: 24 }, (_, hour) => Date.parse(`${date}T05:00Z`) + hour * 3_600_000)
      expect(hours.some((at) => xnys.isOpen(at))).toBe(false)
    }
  })
})

describe('XNYS by the clock', () => {
  test.each([
    ['in winter', '2026-01-14', '14:30', '21:00'],
    ['in summer', '2026-07-15', '13:30', '20:00'],
    ['on a half day', '2026-11-27', '14:30', '18:00'],
    ['on a half day in summer', '2028-07-03', '13:30', '17:00'],
    ['on the Friday before the clocks go forward', '2026-03-06', '14:30', '21:00'],
    ['on the Monday after the clocks went forward', '2026-03-09', '13:30', '20:00'],
    ['on the Friday before the clocks go back', '2026-10-30', '13:30', '20:00'],
    ['on the Monday after the clocks went back', '2026-11-02', '14:30', '21:00'],
  ])('%s (%s) it is open from %s to %s UTC', (_, date, opens, closes) => {
    const session = xnys.latestSession(Date.parse(`${date}T22:00Z`))
    expect(session.date).toBe(date)
    expect([toIso(session.opensAt), toIso(session.closesAt)]).toEqual([
      `${date}T${opens}:00.000Z`,
      `${date}T${closes}:00.000Z`,
    ])
  })

  test.each([
    ['09:29:59.999', false],
    ['09:30:00.000', true],
    ['15:59:59.999', true],
    ['16:00:00.000', false],
  ])('at %s in New York isOpen is %s, in winter and in summer', (time, open) => {
    expect(xnys.isOpen(Date.parse(`2026-01-14T${time}-05:00`))).toBe(open)
    expect(xnys.isOpen(Date.parse(`2026-07-15T${time}-04:00`))).toBe(open)
  })

  test.each(['2026-03-08', '2026-11-01'])('has no session on %s, the Sunday of a clock change', (sunday) => {
    const start = Date.parse(`${sunday}T00:00Z`)
    for (let minute = 0; minute < 36 * 60; minute += 1) expect(xnys.isOpen(start + minute * 60_000)).toBe(false)
  })
})

describe('the range of XNYS', () => {
  test('is the five years of the published days, from midnight to midnight in New York', () => {
    expect(toIso(xnys.validFrom)).toBe('2024-01-01T05:00:00.000Z')
    expect(toIso(xnys.validUntil)).toBe('2029-01-01T05:00:00.000Z')
  })

  const before = xnys.validFrom - 1
  const inside = Date.parse('2026-07-15T15:00Z')
  const lastEvening = Date.parse('2028-12-29T22:00Z')
  test.each<[string, () => unknown]>([
    ['isOpen before the range', () => xnys.isOpen(before)],
    ['isOpen at its end', () => xnys.isOpen(xnys.validUntil)],
    ['isOpen at no instant', () => xnys.isOpen(Number.NaN)],
    ['isOpen beyond all dates', () => xnys.isOpen(Number.POSITIVE_INFINITY)],
    ['latestSession before the first open', () => xnys.latestSession(Date.parse('2024-01-02T14:29:59.999Z'))],
    ['latestSession at its end', () => xnys.latestSession(xnys.validUntil)],
    ['sessionBefore the first session', () => xnys.sessionBefore(Date.parse('2024-01-05T15:00Z'), 4)],
    ['nextSession after the last', () => xnys.nextSession(lastEvening)],
    ['nextSession at its end', () => xnys.nextSession(xnys.validUntil)],
    ['nextChange after the last close', () => xnys.nextChange(lastEvening)],
    ['sessionTimeBetween from before the range', () => xnys.sessionTimeBetween(before, inside)],
    ['sessionTimeBetween to its end', () => xnys.sessionTimeBetween(inside, xnys.validUntil)],
    ['afterSessionTime from before the range', () => xnys.afterSessionTime(before, 0)],
    ['afterSessionTime beyond the last close', () => xnys.afterSessionTime(lastEvening, 1)],
  ])('%s throws instead of guessing', (_, question) => {
    expect(question).toThrow(CalendarOutOfRange)
  })

  test('answers up to its very edges', () => {
    expect(xnys.isOpen(xnys.validFrom)).toBe(false)
    expect(xnys.isOpen(xnys.validUntil - 1)).toBe(false)
    expect(xnys.nextSession(xnys.validFrom)?.date).toBe('2024-01-02')
    expect(xnys.sessionBefore(Date.parse('2024-01-05T15:00Z'), 3).date).toBe('2024-01-02')
    expect(xnys.latestSession(xnys.validUntil - 1).date).toBe('2028-12-29')
    expect(xnys.nextChange(Date.parse('2028-12-29T20:00Z'))).toBe(Date.parse('2028-12-29T21:00Z'))
  })

  test('names the calendar and the instant that it does not cover', () => {
    const question = () => xnys.isOpen(Date.parse('2029-01-01T05:00Z'))
    expect(question).toThrow('the XNYS calendar does not cover 2029-01-01T05:00:00.000Z')
  })
})
