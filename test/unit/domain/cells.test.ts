import fc from 'fast-check'
import { CalendarOutOfRange } from '../../../src/domain/calendar.js'
import { createCalendars } from '../../../src/domain/calendars.js'
import { CELL_MS, type Cell, cellContaining, cellsOf } from '../../../src/domain/cells.js'
import { toIso } from '../../../src/domain/time.js'
import { WINDOWS, type Window, windowBounds } from '../../../src/domain/window.js'

const { XNYS, '24x7': continuous } = createCalendars()
const MINUTE = 60_000
const calendars = [XNYS, continuous]

function cellAt(window: Window, at: string, calendar = XNYS): string[] {
  return spell(cellContaining(window, calendar, Date.parse(at)))
}

function spell({ start, end }: Cell): string[] {
  return [toIso(start), toIso(end)]
}

function utc(...texts: string[]): string[] {
  return texts.map((text) => toIso(Date.parse(text)))
}

function minutesOf(cells: readonly Cell[]): number[] {
  return cells.map(({ start, end }) => (end - start) / MINUTE)
}

/** Cells of the session that opens and closes at these instants. */
function cellsOfSession(window: Window, opens: string, closes: string): Cell[] {
  return cellsOf(window, XNYS, Date.parse(opens), Date.parse(closes))
}

describe('cells of session windows', () => {
  test.each([
    ['1d', 5, 78],
    ['5d', 30, 13],
  ] as const)('%s has cells of %i minutes, %i in a session', (window, minutes, count) => {
    const cells = cellsOfSession(window, '2026-07-15T09:30-04:00', '2026-07-15T16:00-04:00')
    expect(minutesOf(cells)).toEqual(Array.from({ length: count }, () => minutes))
    expect(cells.at(-1)?.end).toBe(Date.parse('2026-07-15T16:00-04:00'))
  })

  test('20d counts hours from the open, and its last cell ends at the close', () => {
    const cells = cellsOfSession('20d', '2026-07-15T09:30-04:00', '2026-07-15T16:00-04:00')
    expect(minutesOf(cells)).toEqual([60, 60, 60, 60, 60, 60, 30])
    expect(cellAt('20d', '2026-07-15T10:30:00.001-04:00')).toEqual(
      utc('2026-07-15T10:30-04:00', '2026-07-15T11:30-04:00'),
    )
  })

  test('the cells of a half day end at its close: 1 h, 1 h, 1 h, 0.5 h for 20d', () => {
    const half = ['2026-11-27T09:30-05:00', '2026-11-27T13:00-05:00'] as const
    expect(minutesOf(cellsOfSession('20d', ...half))).toEqual([60, 60, 60, 30])
    expect(minutesOf(cellsOfSession('5d', ...half))).toEqual([30, 30, 30, 30, 30, 30, 30])
    expect(cellsOfSession('1d', ...half)).toHaveLength(42)
  })

  test('an observation at a border belongs to the cell that ends there', () => {
    expect(cellAt('1d', '2026-07-15T09:35:00.000-04:00')).toEqual(
      utc('2026-07-15T09:30-04:00', '2026-07-15T09:35-04:00'),
    )
    expect(cellAt('1d', '2026-07-15T09:35:00.001-04:00')).toEqual(
      utc('2026-07-15T09:35-04:00', '2026-07-15T09:40-04:00'),
    )
    expect(cellAt('1d', '2026-07-15T16:00:00.000-04:00')).toEqual(
      utc('2026-07-15T15:55-04:00', '2026-07-15T16:00-04:00'),
    )
  })

  test.each(['1d', '5d', '20d'] as const)(
    'the closed hours from close to open, both days of a weekend too, are one cell of %s',
    (window) => {
      const weekend = utc('2026-07-17T16:00-04:00', '2026-07-20T09:30-04:00')
      for (const at of ['2026-07-17T16:00:00.001-04:00', '2026-07-18T12:00-04:00', '2026-07-20T09:30:00.000-04:00']) {
        expect(cellAt(window, at)).toEqual(weekend)
      }
      expect(cellAt(window, '2026-07-20T09:30:00.001-04:00')[0]).toBe(weekend[1])
    },
  )
})

describe('cells from the UTC epoch', () => {
  test.each([
    ['1m', 2_000],
    ['5m', 10_000],
    ['15m', 30_000],
    ['1h', 60_000],
  ] as const)('%s counts cells of %i ms from the epoch in both calendars, at night too', (window, cellMs) => {
    for (const calendar of calendars) {
      const border = Date.parse('2026-07-15T05:00Z')
      expect(cellContaining(window, calendar, border)).toEqual({ start: border - cellMs, end: border })
      expect(cellContaining(window, calendar, border + 1)).toEqual({ start: border, end: border + cellMs })
    }
  })

  test('the windows of a calendar that never closes have the same lengths and know no session', () => {
    expect(cellAt('1d', '2026-07-19T00:00:00.000Z', continuous)).toEqual(utc('2026-07-18T23:55Z', '2026-07-19T00:00Z'))
    expect(cellAt('5d', '2026-07-19T00:00:00.001Z', continuous)).toEqual(utc('2026-07-19T00:00Z', '2026-07-19T00:30Z'))
    expect(cellAt('20d', '2026-07-19T03:12Z', continuous)).toEqual(utc('2026-07-19T03:00Z', '2026-07-19T04:00Z'))
  })

  test('the epoch itself ends a cell', () => {
    expect(cellContaining('1h', continuous, 0)).toEqual({ start: -MINUTE, end: 0 })
  })
})

describe('the cells of a window', () => {
  test('begin with the closed one that ends after its start and end with the unfinished one', () => {
    const at = Date.parse('2026-07-20T09:42-04:00')
    const { start } = windowBounds('1d', at, XNYS, { sessionRollMs: 300_000 })
    expect(cellsOf('1d', XNYS, start, at).map(spell)).toEqual([
      utc('2026-07-17T16:00-04:00', '2026-07-20T09:30-04:00'),
      utc('2026-07-20T09:30-04:00', '2026-07-20T09:35-04:00'),
      utc('2026-07-20T09:35-04:00', '2026-07-20T09:40-04:00'),
      utc('2026-07-20T09:40-04:00', '2026-07-20T09:45-04:00'),
    ])
  })

  test('leave out the cell that ends at its start and take the one that ends at its end', () => {
    const [start, end] = [Date.parse('2026-07-15T10:00-04:00'), Date.parse('2026-07-15T10:10-04:00')]
    expect(minutesOf(cellsOf('1d', XNYS, start, end))).toEqual([5, 5])
    expect(cellsOf('1d', XNYS, start, end)[0]?.start).toBe(start)
  })

  test('are none when it is empty', () => {
    const at = Date.parse('2026-07-15T10:00-04:00')
    expect(cellsOf('1d', XNYS, at, at)).toEqual([])
    expect(cellsOf('1d', XNYS, at + 1, at)).toEqual([])
  })

  test('end at the calendar’s last close; the closed hours after it have no known end', () => {
    const [opensAt, closesAt] = [Date.parse('2028-12-29T09:30-05:00'), Date.parse('2028-12-29T16:00-05:00')]
    expect(cellsOf('20d', XNYS, opensAt, closesAt)).toHaveLength(7)
    expect(() => cellsOf('20d', XNYS, opensAt, closesAt + 1)).toThrow(CalendarOutOfRange)
  })

  test('lie edge to edge, each no longer than the window’s cell unless the market is closed in it', () => {
    const instants = fc.integer({ min: Date.parse('2024-02-05T15:00Z'), max: Date.parse('2028-12-20T00:00Z') })
    fc.assert(
      fc.property(instants, fc.constantFrom(...WINDOWS), fc.constantFrom(...calendars), (at, window, calendar) => {
        const { start } = windowBounds(window, at, calendar, { sessionRollMs: 300_000 })
        const cells = cellsOf(window, calendar, start, at)
        expect((cells[0]?.start ?? at) <= start && start < (cells[0]?.end ?? start)).toBe(true)
        cells.forEach((cell, index) => {
          if (index > 0) expect(cell.start).toBe(cells[index - 1]?.end)
          const openMs = calendar.sessionTimeBetween(cell.start, cell.end)
          expect(cell.end - cell.start <= CELL_MS[window] || openMs === 0).toBe(true)
        })
        const last = cells.at(-1)
        expect(last !== undefined && last.start < at && at <= last.end).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
