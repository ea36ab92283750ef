import { createCalendars } from '../../../src/domain/calendars.js'
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.js'
import { createMarketTime } from '../../../src/simulator/market/market-time.js'

const calendars = createCalendars()
const FRIDAY_OPEN = Date.parse('2026-11-20T14:30:00Z')
const FRIDAY_CLOSE = Date.parse('2026-11-20T21:00:00Z')
const MONDAY_OPEN = Date.parse('2026-11-23T14:30:00Z')
const SESSION_MS = 6.5 * HOUR_MS

describe('in a market with sessions', () => {
  const time = createMarketTime(calendars.XNYS, FRIDAY_OPEN)

  test('runs while the market is open', () => {
    expect(time.at(FRIDAY_OPEN)).toBe(0)
    expect(time.at(FRIDAY_OPEN + 60_000)).toBe(60_000)
    expect(time.at(FRIDAY_CLOSE)).toBe(SESSION_MS)
  })

  test('stands still from the close to the next open and then jumps by two hours', () => {
    expect(time.at(FRIDAY_CLOSE + 1)).toBe(SESSION_MS)
    expect(time.at(MONDAY_OPEN - 1)).toBe(SESSION_MS)
    expect(time.at(MONDAY_OPEN)).toBe(SESSION_MS + 2 * HOUR_MS)
  })

  test('does not run backwards before its first open', () => {
    expect(time.at(FRIDAY_OPEN - DAY_MS)).toBe(0)
  })

  test('can be asked for an earlier instant after a later one', () => {
    const later = time.at(MONDAY_OPEN + 10 * DAY_MS)
    expect(time.at(FRIDAY_OPEN + 1000)).toBe(1000)
    expect(time.at(MONDAY_OPEN + 10 * DAY_MS)).toBe(later)
  })

  test('cuts a range into its open stretches, half days included', () => {
    const stretches = time.openStretches(Date.parse('2026-11-25T20:00:00Z'), Date.parse('2026-11-30T15:00:00Z'))
    expect(stretches.map(({ from, to }) => [new Date(from).toISOString(), new Date(to).toISOString()])).toEqual([
      ['2026-11-25T20:00:00.000Z', '2026-11-25T21:00:00.000Z'],
      ['2026-11-27T14:30:00.000Z', '2026-11-27T18:00:00.000Z'],
      ['2026-11-30T14:30:00.000Z', '2026-11-30T15:00:00.000Z'],
    ])
    for (const { from, shiftMs } of stretches) expect(from - shiftMs).toBe(time.at(from))
  })

  test('has no open stretch on a weekend', () => {
    expect(time.openStretches(FRIDAY_CLOSE, MONDAY_OPEN)).toEqual([])
  })
})

test('is plain time where the market never closes', () => {
  const time = createMarketTime(calendars['24x7'], FRIDAY_OPEN)
  expect(time.at(FRIDAY_OPEN + 3 * DAY_MS)).toBe(3 * DAY_MS)
  expect(time.openStretches(FRIDAY_CLOSE, MONDAY_OPEN)).toEqual([
    { from: FRIDAY_CLOSE, to: MONDAY_OPEN, shiftMs: FRIDAY_OPEN },
  ])
  expect(time.openStretches(MONDAY_OPEN, MONDAY_OPEN)).toEqual([])
})
