import fc from 'fast-check'
import { createXnysCalendar } from '../../../src/domain/xnys.js'
import { countOpenMinutes, xnysSheetSessions } from '../../support/xnys-answer-sheet.js'

const MINUTE = 60_000
const xnys = createXnysCalendar()
const sessions = xnysSheetSessions()
const sheet = new Map(sessions.map((session) => [session.date, session]))

const anyMinute = fc
  .integer({ min: Date.parse('2024-01-02T14:30Z') / MINUTE, max: Date.parse('2028-12-01T00:00Z') / MINUTE })
  .map((minute) => minute * MINUTE)
const anyInstant = fc.integer({ min: Date.parse('2024-01-02T14:30Z'), max: Date.parse('2028-12-01T00:00Z') })
const tenDays = fc.integer({ min: 0, max: 10 * 24 * 60 }).map((minutes) => minutes * MINUTE)

function newYork(text: string): number {
  return Date.parse(text)
}

describe('session time between two instants', () => {
  test.each([
    ['within a session', '2026-07-15T10:00-04:00', '2026-07-15T10:30-04:00', 30],
    ['over a night', '2026-07-15T15:50-04:00', '2026-07-16T09:40-04:00', 20],
    ['over a weekend', '2026-07-17T15:00-04:00', '2026-07-20T10:30-04:00', 120],
    ['over the weekend when the clocks go forward', '2026-03-06T15:59-05:00', '2026-03-09T09:31-04:00', 2],
    ['over the weekend when the clocks go back', '2026-10-30T15:59-04:00', '2026-11-02T09:31-05:00', 2],
    ['over a holiday and a half day', '2026-11-25T15:00-05:00', '2026-11-30T10:00-05:00', 60 + 210 + 30],
    ['in closed hours', '2026-07-17T16:00-04:00', '2026-07-20T09:30-04:00', 0],
    ['when the second is not later', '2026-07-15T10:30-04:00', '2026-07-15T10:00-04:00', 0],
  ])('%s counts the open minutes alone', (_, from, to, minutes) => {
    expect(xnys.sessionTimeBetween(newYork(from), newYork(to))).toBe(minutes * MINUTE)
  })

  test('counts milliseconds at the edges of a session', () => {
    const opensAt = newYork('2026-07-15T09:30-04:00')
    expect(xnys.sessionTimeBetween(opensAt - 5, opensAt + 7)).toBe(7)
    const closesAt = newYork('2026-07-15T16:00-04:00')
    expect(xnys.sessionTimeBetween(closesAt - 5, closesAt + 7)).toBe(5)
  })

  test('equals a count minute by minute', () => {
    fc.assert(
      fc.property(anyMinute, tenDays, (from, duration) => {
        const counted = countOpenMinutes(sheet, from, from + duration) * MINUTE
        expect(xnys.sessionTimeBetween(from, from + duration)).toBe(counted)
      }),
      { numRuns: 200 },
    )
  })

  test('adds up at any instant in between', () => {
    fc.assert(
      fc.property(anyInstant, anyInstant, anyInstant, (...instants) => {
        const [a = 0, b = 0, c = 0] = instants.sort((first, second) => first - second)
        expect(xnys.sessionTimeBetween(a, b) + xnys.sessionTimeBetween(b, c)).toBe(xnys.sessionTimeBetween(a, c))
      }),
    )
  })
})

describe('the instant after some session time', () => {
  test.each([
    ['within the session', '2026-07-15T10:00-04:00', 2, '2026-07-15T10:02-04:00'],
    ['at the close, not at the next open', '2026-07-15T15:58-04:00', 2, '2026-07-15T16:00-04:00'],
    ['in the next session', '2026-07-15T15:59-04:00', 2, '2026-07-16T09:31-04:00'],
    ['after the next open, from closed hours', '2026-07-18T12:00-04:00', 2, '2026-07-20T09:32-04:00'],
    ['over a half day', '2026-11-25T15:59-05:00', 1 + 210 + 1, '2026-11-30T09:31-05:00'],
    ['at once, when there is nothing to wait for', '2026-07-18T12:00-04:00', 0, '2026-07-18T12:00-04:00'],
  ])('is %s', (_, from, minutes, expected) => {
    expect(xnys.afterSessionTime(newYork(from), minutes * MINUTE)).toBe(newYork(expected))
  })

  test('is the earliest by which that much has passed', () => {
    const durations = fc.integer({ min: 1, max: 30 * 6.5 * 3_600_000 })
    fc.assert(
      fc.property(anyInstant, durations, (from, duration) => {
        fc.pre(from < Date.parse('2028-10-01T00:00Z'))
        const until = xnys.afterSessionTime(from, duration)
        expect(xnys.sessionTimeBetween(from, until)).toBe(duration)
        expect(xnys.sessionTimeBetween(from, until - 1)).toBe(duration - 1)
      }),
    )
  })

  test('reaches the last close that the calendar knows', () => {
    const last = sessions.at(-1)
    expect(xnys.afterSessionTime((last?.closesAt ?? 0) - 5, 5)).toBe(last?.closesAt)
  })
})

describe('sessions around an instant', () => {
  test('are those of a search through the whole list', () => {
    fc.assert(
      fc.property(anyInstant, fc.nat(20), (at, count) => {
        const opened = sessions.filter(({ opensAt }) => opensAt <= at)
        fc.pre(opened.length > count)
        expect(xnys.latestSession(at)).toEqual(opened.at(-1))
        expect(xnys.sessionBefore(at, count)).toEqual(opened.at(-1 - count))
        expect(xnys.nextSession(at)).toEqual(sessions[opened.length])
      }),
    )
  })

  test('change at the open: the session that opens is the latest, the one after it the next', () => {
    const opensAt = newYork('2026-07-20T09:30-04:00')
    expect([xnys.latestSession(opensAt - 1).date, xnys.nextSession(opensAt - 1)?.date]).toEqual([
      '2026-07-17',
      '2026-07-20',
    ])
    expect([xnys.latestSession(opensAt).date, xnys.nextSession(opensAt)?.date]).toEqual(['2026-07-20', '2026-07-21'])
  })

  test('nextChange is the close while open and the open while closed', () => {
    const [opensAt, closesAt, next] = [
      newYork('2026-07-17T09:30-04:00'),
      newYork('2026-07-17T16:00-04:00'),
      newYork('2026-07-20T09:30-04:00'),
    ]
    expect([opensAt - 1, opensAt, closesAt - 1, closesAt].map((at) => xnys.nextChange(at))).toEqual([
      opensAt,
      closesAt,
      closesAt,
      next,
    ])
  })
})
