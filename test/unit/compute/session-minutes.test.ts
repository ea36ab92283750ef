import { countMinutes, nextSessionMinute, sessionMinutesIn } from '../../../src/compute/session-minutes.js'
import { type EpochMs, MINUTE_MS, toIso } from '../../../src/domain/time.js'
import { CALENDARS } from '../../support/engine.js'
import { instant } from '../../support/facts.js'

const { XNYS } = CALENDARS
const spansIn = (from: string, to: string, calendar = XNYS) =>
  sessionMinutesIn(instant(from), instant(to), calendar).map(({ first, last }) => `${toIso(first)} ${toIso(last)}`)

describe('session minutes in (from, to]', () => {
  test('of a whole session: the first ends a minute after the open, the last at the close', () => {
    expect(spansIn('2026-07-14T20:05:00Z', '2026-07-16T00:00:00Z')).toEqual([
      '2026-07-15T13:31:00.000Z 2026-07-15T20:00:00.000Z',
    ])
  })

  test.each([
    ['an edge on a minute leaves that minute to what is before it', '15:00:00', '15:01:00', '15:01:00', '15:01:00'],
    ['a minute that has begun ends in what is after', '14:59:59.999', '15:01:59', '15:00:00', '15:01:00'],
    ['the minute in which the market opens is no session minute', '13:29:59', '13:31:00', '13:31:00', '13:31:00'],
  ])('%s', (_, from, to, first, last) => {
    expect(spansIn(`2026-07-15T${from}Z`, `2026-07-15T${to}Z`)).toEqual([
      `2026-07-15T${first}.000Z 2026-07-15T${last}.000Z`,
    ])
  })

  test('come a session at a time, newest first, half days and clock changes included', () => {
    expect(spansIn('2026-11-25T20:58:00Z', '2026-11-27T23:00:00Z')).toEqual([
      '2026-11-27T14:31:00.000Z 2026-11-27T18:00:00.000Z',
      '2026-11-25T20:59:00.000Z 2026-11-25T21:00:00.000Z',
    ])
    expect(spansIn('2026-10-30T19:59:00Z', '2026-11-02T14:31:00Z')).toEqual([
      '2026-11-02T14:31:00.000Z 2026-11-02T14:31:00.000Z',
      '2026-10-30T20:00:00.000Z 2026-10-30T20:00:00.000Z',
    ])
  })

  test('are none in closed hours, nor where nothing lies between', () => {
    expect(spansIn('2026-07-15T20:00:00Z', '2026-07-16T13:30:59Z')).toEqual([])
    expect(spansIn('2026-07-15T15:00:00Z', '2026-07-15T14:59:00Z')).toEqual([])
  })

  test('are all minutes where the market never closes', () => {
    const spans = sessionMinutesIn(instant('2026-07-18T23:58:00Z'), instant('2026-07-19T00:02:30Z'), CALENDARS['24x7'])
    expect(countMinutes(spans)).toBe(4)
  })
})

describe('the next session minute', () => {
  const next = (after: string, calendar = XNYS) => toIso(nextSessionMinute(instant(after), calendar))

  test.each([
    ['2026-07-15T15:00:00Z', '2026-07-15T15:01:00.000Z'],
    ['2026-07-15T14:59:59.999Z', '2026-07-15T15:00:00.000Z'],
    ['2026-07-15T13:30:00Z', '2026-07-15T13:31:00.000Z'],
    ['2026-07-15T20:00:00Z', '2026-07-16T13:31:00.000Z'],
    ['2026-07-17T21:00:00Z', '2026-07-20T13:31:00.000Z'],
  ])('after %s ends at %s', (after, expected) => {
    expect(next(after)).toBe(expected)
  })

  test('is any minute where the calendar ends, and where there is none before its first session', () => {
    expect(next('2028-12-29T21:00:00Z')).toBe('2028-12-29T21:01:00.000Z')
    expect(next('2023-12-31T21:00:30Z')).toBe('2023-12-31T21:01:00.000Z')
    expect(next('2026-07-18T23:59:30Z', CALENDARS['24x7'])).toBe('2026-07-19T00:00:00.000Z')
  })

  test('is the first one that the minutes in between have', () => {
    const from: EpochMs = instant('2026-07-15T19:57:30Z')
    for (let at = from; at < from + 30 * 60 * MINUTE_MS; at += 47 * MINUTE_MS)
      expect(sessionMinutesIn(at, nextSessionMinute(at, XNYS), XNYS)).toEqual([
        { first: nextSessionMinute(at, XNYS), last: nextSessionMinute(at, XNYS) },
      ])
  })
})
