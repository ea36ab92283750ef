import { createCalendars } from '../../../src/domain/calendars.js'
import { QuantErrors } from '../../../src/domain/errors.js'
import { createXnysCalendar } from '../../../src/domain/xnys.js'
import type { XnysExceptions } from '../../../src/domain/xnys-exceptions.js'

function problemsOf(exceptions: XnysExceptions): readonly string[] {
  try {
    createXnysCalendar(exceptions)
  } catch (error) {
    if (error instanceof QuantErrors && error.code === 'configuration_invalid') return error.problems
    throw error
  }
  return []
}

describe('configured exceptions of XNYS', () => {
  test('close a day: the market stays shut, windows reach further back, no session time passes', () => {
    const { XNYS } = createCalendars({ exceptionalClosures: ['2026-07-15'] })
    const noon = Date.parse('2026-07-15T12:00-04:00')
    expect(XNYS.isOpen(noon)).toBe(false)
    expect(XNYS.latestSession(noon).date).toBe('2026-07-14')
    expect(XNYS.sessionBefore(Date.parse('2026-07-16T12:00-04:00'), 1).date).toBe('2026-07-14')
    expect(XNYS.sessionTimeBetween(noon - 86_400_000, noon + 86_400_000)).toBe(6.5 * 3_600_000)
  })

  test('close a session early, also one that the rules shorten already', () => {
    const xnys = createXnysCalendar({
      exceptionalEarlyCloses: [
        { date: '2026-07-15', closesAt: '14:15' },
        { date: '2026-11-27', closesAt: '12:00' },
      ],
    })
    expect(xnys.latestSession(Date.parse('2026-07-15T22:00Z')).closesAt).toBe(Date.parse('2026-07-15T14:15-04:00'))
    expect(xnys.latestSession(Date.parse('2026-11-27T22:00Z')).closesAt).toBe(Date.parse('2026-11-27T12:00-05:00'))
    expect(xnys.latestSession(Date.parse('2026-07-16T22:00Z')).closesAt).toBe(Date.parse('2026-07-16T16:00-04:00'))
  })

  test('may name a day that is closed anyway, as one announced once and released since', () => {
    expect(problemsOf({ exceptionalClosures: ['2025-01-09', '2026-11-26'] })).toEqual([])
  })

  test('are refused when they make no sense, all problems in one message', () => {
    expect(
      problemsOf({
        exceptionalClosures: [
          '2026-7-15',
          '2026-02-30',
          '2026-07-18',
          '2023-06-01',
          '2029-01-02',
          '2026-07-15',
          '2026-07-15',
        ],
        exceptionalEarlyCloses: [
          { date: '2026-11-26', closesAt: '13:00' },
          { date: '2026-07-15', closesAt: '13:00' },
          { date: '2026-07-16', closesAt: '1pm' },
          { date: '2026-07-17', closesAt: '16:00' },
          { date: '2026-07-20', closesAt: '09:30' },
          { date: '2026-07-19', closesAt: '13:00' },
        ],
      }),
    ).toEqual([
      'closure "2026-7-15" is not a date; write YYYY-MM-DD',
      'closure "2026-02-30" is not a date; write YYYY-MM-DD',
      'closure "2026-07-18" is a Saturday, when there is no session; check the date',
      'closure "2023-06-01" is outside the calendar, which covers 2024 to 2028; remove it',
      'closure "2029-01-02" is outside the calendar, which covers 2024 to 2028; remove it',
      'closure "2026-07-15" is given twice; keep one',
      'early close "2026-11-26" is a holiday, there is no session to shorten',
      'early close "2026-07-15" is given twice; keep one',
      'early close of 2026-07-16 at "1pm" is not a New York time between 09:30 and 16:00; write HH:MM',
      'early close of 2026-07-17 at "16:00" is not a New York time between 09:30 and 16:00; write HH:MM',
      'early close of 2026-07-20 at "09:30" is not a New York time between 09:30 and 16:00; write HH:MM',
      'early close "2026-07-19" is a Sunday, when there is no session; check the date',
    ])
  })

  test('leave the other calendars and the next XNYS alone', () => {
    createCalendars({ exceptionalClosures: ['2026-07-15'] })
    const { XNYS, '24x7': continuous } = createCalendars()
    expect(XNYS.isOpen(Date.parse('2026-07-15T12:00-04:00'))).toBe(true)
    expect([XNYS.name, continuous.name]).toEqual(['XNYS', '24x7'])
  })
})
