import { createContinuousCalendar } from '../../../src/domain/continuous-calendar.js'

const continuous = createContinuousCalendar()
const DAY = 86_400_000
const sunday = Date.parse('2026-07-19T03:00Z')

describe('24x7', () => {
  test.each([
    ['on a weekday', Date.parse('2026-07-15T12:00Z')],
    ['on a Sunday', sunday],
    ['at Christmas', Date.parse('2026-12-25T00:00Z')],
    ['long before and long after any stock exchange calendar', Date.parse('1901-01-01T00:00Z')],
    ['in a far year', Date.parse('2199-12-31T23:59:59.999Z')],
  ])('is open %s', (_, at) => {
    expect(continuous.isOpen(at)).toBe(true)
  })

  test('has the UTC day as its session, midnight belonging to the new day', () => {
    const midnight = Date.parse('2026-07-19T00:00Z')
    const session = { date: '2026-07-19', opensAt: midnight, closesAt: midnight + DAY }
    expect(continuous.latestSession(sunday)).toEqual(session)
    expect(continuous.latestSession(midnight)).toEqual(session)
    expect(continuous.latestSession(midnight - 1).date).toBe('2026-07-18')
    expect(continuous.latestSession(-1)).toEqual({ date: '1969-12-31', opensAt: -DAY, closesAt: 0 })
  })

  test('counts sessions back in days, over the end of a leap February too', () => {
    expect(continuous.sessionBefore(Date.parse('2028-03-01T05:00Z'), 0).date).toBe('2028-03-01')
    expect(continuous.sessionBefore(Date.parse('2028-03-01T05:00Z'), 1).date).toBe('2028-02-29')
  })

  test('never changes and waits for no session', () => {
    expect(continuous.nextChange(sunday)).toBeUndefined()
    expect(continuous.nextSession(sunday)).toBeUndefined()
  })

  test('all time is session time', () => {
    expect(continuous.sessionTimeBetween(sunday, sunday + 5)).toBe(5)
    expect(continuous.sessionTimeBetween(sunday + 5, sunday)).toBe(0)
    expect(continuous.afterSessionTime(sunday, 5)).toBe(sunday + 5)
    expect(continuous.afterSessionTime(sunday, 0)).toBe(sunday)
  })

  test('covers every instant that a date can express', () => {
    expect([continuous.validFrom, continuous.validUntil]).toEqual([-8.64e15, 8.64e15])
    expect(Number.isNaN(new Date(continuous.validUntil).getTime())).toBe(false)
    expect(Number.isNaN(new Date(continuous.validUntil + 1).getTime())).toBe(true)
  })
})
