import fc from 'fast-check'
import { parseIso, toIso } from '../../../src/domain/time.js'

describe('parseIso', () => {
  test.each([
    ['2026-07-15T14:30:00Z', Date.UTC(2026, 6, 15, 14, 30)],
    ['2026-07-15 14:30:00Z', Date.UTC(2026, 6, 15, 14, 30)],
    ['2026-07-15T10:30:00-04:00', Date.UTC(2026, 6, 15, 14, 30)],
    ['2026-07-15T10:30:00-0400', Date.UTC(2026, 6, 15, 14, 30)],
    ['2026-07-15 14:30:00+00', Date.UTC(2026, 6, 15, 14, 30)],
    ['2026-07-15T20:00:00+05:30', Date.UTC(2026, 6, 15, 14, 30)],
    ['2026-07-15T14:30:00.5Z', Date.UTC(2026, 6, 15, 14, 30, 0, 500)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('reads %s', (text, expected) => {
    expect(parseIso(text)).toBe(expected)
  })

  test.each([
    ['2026-07-15T14:30:00.123456789Z', Date.UTC(2026, 6, 15, 14, 30, 0, 123)],
    ['2026-07-15 14:30:00.999999+00', Date.UTC(2026, 6, 15, 14, 30, 0, 999)],
    ['1969-12-31T23:59:59.9999Z', -1],
  ])('floors %s to the millisecond', (text, expected) => {
    expect(parseIso(text)).toBe(expected)
  })

  test.each([
    ['without a zone', '2026-07-15T14:30:00'],
    ['a date alone', '2026-07-15'],
    ['without seconds', '2026-07-15T14:30Z'],
    ['of a month that does not exist', '2026-13-01T00:00:00Z'],
    ['of a day that does not exist', '2026-02-30T00:00:00Z'],
    ['of 29 February in a common year', '2026-02-29T00:00:00Z'],
    ['of day 0', '2026-07-00T00:00:00Z'],
    ['of the hour 24', '2026-07-15T24:00:00Z'],
    ['of the minute 60', '2026-07-15T14:60:00Z'],
    ['in an impossible zone', '2026-07-15T14:30:00+25:00'],
    ['with something behind it', '2026-07-15T14:30:00Z and more'],
    ['in words', 'yesterday'],
    ['that is empty', ''],
  ])('refuses a time %s', (_, text) => {
    expect(parseIso(text)).toBeUndefined()
  })

  test('reads back what toIso writes', () => {
    const instants = fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 11, 31) })
    fc.assert(fc.property(instants, (at) => expect(parseIso(toIso(at))).toBe(at)))
  })
})

test('toIso writes UTC with milliseconds', () => {
  expect(toIso(Date.UTC(2026, 6, 15, 14, 30, 0, 7))).toBe('2026-07-15T14:30:00.007Z')
})
