import fc from 'fast-check'
import { CalendarOutOfRange } from '../../../src/domain/calendar.js'
import { createCalendars } from '../../../src/domain/calendars.js'
import { toIso } from '../../../src/domain/time.js'
import { WINDOWS, type Window, windowBounds } from '../../../src/domain/window.js'

const { XNYS, '24x7': continuous } = createCalendars()
const options = { sessionRollMs: 300_000 }
const SESSION_WINDOWS: readonly Window[] = ['1d', '5d', '20d']

function startOf(window: Window, at: string, calendar = XNYS): string {
  return toIso(windowBounds(window, Date.parse(at), calendar, options).start)
}

function utc(text: string): string {
  return toIso(Date.parse(text))
}

/** Names of the events that lie in the window (start, at]. */
function within(window: Window, at: string, events: Readonly<Record<string, string>>): string[] {
  const end = Date.parse(at)
  const { start } = windowBounds(window, end, XNYS, options)
  return Object.keys(events).filter((name) => {
    const time = Date.parse(events[name] ?? '')
    return time > start && time <= end
  })
}

describe('wall-clock windows', () => {
  test.each([
    ['1m', '2026-07-20T07:59:00-04:00'],
    ['5m', '2026-07-20T07:55:00-04:00'],
    ['15m', '2026-07-20T07:45:00-04:00'],
    ['1h', '2026-07-20T07:00:00-04:00'],
  ] as const)('%s reaches back that long in both calendars, open or closed', (window, start) => {
    for (const calendar of [XNYS, continuous]) {
      expect(windowBounds(window, Date.parse('2026-07-20T08:00:00-04:00'), calendar, options)).toEqual({
        start: Date.parse(start),
        startHoldsUntil: undefined,
      })
    }
  })
})

describe('session windows over a weekend (METRICS scenario 1)', () => {
  const fills = {
    'Thu 16:30': '2026-07-16T16:30:00-04:00',
    'Fri 15:59:58': '2026-07-17T15:59:58-04:00',
    'Fri 16:00:02': '2026-07-17T16:00:02-04:00',
    'Fri 16:30': '2026-07-17T16:30:00-04:00',
    'Mon 08:10': '2026-07-20T08:10:00-04:00',
    'Mon 09:31': '2026-07-20T09:31:00-04:00',
  }

  test('on Monday at 08:00, 1d is everything since the roll of Thursday', () => {
    expect(startOf('1d', '2026-07-20T08:00:00-04:00')).toBe(utc('2026-07-16T16:05:00-04:00'))
    expect(within('1d', '2026-07-20T08:00:00-04:00', fills)).toEqual([
      'Thu 16:30',
      'Fri 15:59:58',
      'Fri 16:00:02',
      'Fri 16:30',
    ])
    expect(within('1d', '2026-07-20T08:11:00-04:00', fills)).toHaveLength(5)
  })

  test('on Monday at 09:30:00, 1d begins at the roll of Friday', () => {
    expect(startOf('1d', '2026-07-20T09:29:59.999-04:00')).toBe(utc('2026-07-16T16:05:00-04:00'))
    expect(startOf('1d', '2026-07-20T09:30:00.000-04:00')).toBe(utc('2026-07-17T16:05:00-04:00'))
    expect(within('1d', '2026-07-20T09:30:00-04:00', fills)).toEqual(['Fri 16:30', 'Mon 08:10'])
    expect(within('1d', '2026-07-20T10:00:00-04:00', fills)).toEqual(['Fri 16:30', 'Mon 08:10', 'Mon 09:31'])
  })

  test.each(SESSION_WINDOWS)('the start of %s does not move from Friday 09:30 to Monday 09:30', (window) => {
    const friday = windowBounds(window, Date.parse('2026-07-17T09:30:00-04:00'), XNYS, options)
    expect(friday.startHoldsUntil).toBe(Date.parse('2026-07-20T09:30:00-04:00'))
    for (const at of [
      '2026-07-17T16:04-04:00',
      '2026-07-18T12:00-04:00',
      '2026-07-19T23:59-04:00',
      '2026-07-20T09:29-04:00',
    ]) {
      expect(windowBounds(window, Date.parse(at), XNYS, options)).toEqual(friday)
    }
  })

  test('5d and 20d count sessions, not days', () => {
    expect(startOf('5d', '2026-07-20T10:00:00-04:00')).toBe(utc('2026-07-13T16:05:00-04:00'))
    // Twenty sessions before 20 July, with 3 July and 19 June closed.
    expect(startOf('20d', '2026-07-20T10:00:00-04:00')).toBe(utc('2026-06-18T16:05:00-04:00'))
  })

  test('cross a clock change at the same time of day', () => {
    expect(startOf('1d', '2026-03-09T10:00:00-04:00')).toBe(utc('2026-03-06T16:05:00-05:00'))
    expect(startOf('1d', '2026-11-02T10:00:00-05:00')).toBe(utc('2026-10-30T16:05:00-04:00'))
  })

  test('the roll is the caller’s', () => {
    const at = Date.parse('2026-07-20T10:00:00-04:00')
    expect(windowBounds('1d', at, XNYS, { sessionRollMs: 0 }).start).toBe(Date.parse('2026-07-17T16:00:00-04:00'))
  })
})

describe('session windows around a half day (METRICS scenario 2)', () => {
  test.each(['13:30', '14:00'])('on 2026-11-27 at %s, 1d begins at the roll of Wednesday', (time) => {
    const at = Date.parse(`2026-11-27T${time}:00-05:00`)
    expect(windowBounds('1d', at, XNYS, options)).toEqual({
      start: Date.parse('2026-11-25T16:05:00-05:00'),
      startHoldsUntil: Date.parse('2026-11-30T09:30:00-05:00'),
    })
  })

  test('the half day rolls at 13:05', () => {
    expect(startOf('1d', '2026-11-30T09:30:00-05:00')).toBe(utc('2026-11-27T13:05:00-05:00'))
  })

  test('15m at 13:30 holds no session time', () => {
    const at = Date.parse('2026-11-27T13:30:00-05:00')
    const { start } = windowBounds('15m', at, XNYS, options)
    expect(toIso(start)).toBe(utc('2026-11-27T13:15:00-05:00'))
    expect(XNYS.sessionTimeBetween(start, at)).toBe(0)
  })
})

describe('24x7 (METRICS scenario 3)', () => {
  test('1d on Sunday at 03:00 begins on Saturday at 03:00, and the UTC day at midnight', () => {
    expect(startOf('1d', '2026-07-19T03:00:00Z', continuous)).toBe('2026-07-18T03:00:00.000Z')
    expect(toIso(continuous.latestSession(Date.parse('2026-07-19T03:00:00Z')).opensAt)).toBe('2026-07-19T00:00:00.000Z')
  })

  test('5d and 20d are as many times 24 hours, and every start moves with T', () => {
    expect(startOf('5d', '2026-07-19T03:00:00Z', continuous)).toBe('2026-07-14T03:00:00.000Z')
    expect(startOf('20d', '2026-07-19T03:00:00Z', continuous)).toBe('2026-06-29T03:00:00.000Z')
    const at = Date.parse('2026-07-19T03:00:00Z')
    for (const window of WINDOWS) expect(windowBounds(window, at, continuous, options).startHoldsUntil).toBeUndefined()
  })
})

describe('how long a start holds', () => {
  test('it is the same until startHoldsUntil and another one then', () => {
    const instants = fc.integer({ min: Date.parse('2024-02-05T15:00Z'), max: Date.parse('2028-12-20T00:00Z') })
    fc.assert(
      fc.property(instants, fc.constantFrom(...SESSION_WINDOWS), (at, window) => {
        const { start, startHoldsUntil = Number.NaN } = windowBounds(window, at, XNYS, options)
        expect(startHoldsUntil).toBeGreaterThan(at)
        expect(windowBounds(window, startHoldsUntil - 1, XNYS, options).start).toBe(start)
        expect(windowBounds(window, startHoldsUntil, XNYS, options).start).toBeGreaterThan(start)
      }),
    )
  })

  test('in the last session of the calendar it holds until the calendar ends', () => {
    expect(windowBounds('1d', Date.parse('2028-12-29T10:00:00-05:00'), XNYS, options)).toEqual({
      start: Date.parse('2028-12-28T16:05:00-05:00'),
      startHoldsUntil: XNYS.validUntil,
    })
  })

  test('a window that begins before the calendar, or ends after it, is refused', () => {
    expect(() => startOf('20d', '2024-01-30T10:00:00-05:00')).toThrow(CalendarOutOfRange)
    expect(startOf('20d', '2024-01-31T10:00:00-05:00')).toBe(utc('2024-01-02T16:05:00-05:00'))
    expect(() => startOf('1d', '2029-01-02T10:00:00-05:00')).toThrow(CalendarOutOfRange)
  })
})
