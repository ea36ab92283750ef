import fc from 'fast-check'
import { MinuteSet, minuteEndOf } from '../../../../src/compute/accumulators/minute-set.js'
import { DAY_MS, MINUTE_MS } from '../../../../src/domain/time.js'
import { instant } from '../../../support/facts.js'

const MIDNIGHT = instant('2026-07-15T00:00:00Z')
const end = (minute: number) => MIDNIGHT + minute * MINUTE_MS

describe('the minute of an instant', () => {
  test.each([
    [0, 0],
    [1, 1],
    [59_999, 1],
    [60_000, 1],
    [60_001, 2],
  ])('%i ms after a full minute ends %i minutes after it', (ms, minutes) => {
    expect(minuteEndOf(MIDNIGHT + ms)).toBe(end(minutes))
  })
})

describe('a set of minutes', () => {
  test('tells whether a minute is new', () => {
    const set = new MinuteSet()
    expect([set.add(end(31)), set.add(end(31)), set.add(end(32))]).toEqual([true, false, true])
  })

  test('counts both ends, across words and days, and before 1970', () => {
    const set = new MinuteSet()
    for (const minute of [-1, 0, 31, 32, 1_439, 1_440, 2_880]) set.add(end(minute))
    set.add(-DAY_MS)
    expect(set.countIn(end(-1), end(2_880))).toBe(7)
    expect(set.countIn(end(0), end(31))).toBe(2)
    expect(set.countIn(end(32), end(32))).toBe(1)
    expect(set.countIn(end(33), end(1_438))).toBe(0)
    expect(set.countIn(end(1_439), end(1_440))).toBe(2)
    expect(set.countIn(-DAY_MS, -DAY_MS)).toBe(1)
  })

  test('forgets days that are over, and is empty when all are', () => {
    const set = new MinuteSet()
    for (const minute of [-1, 0, 5]) set.add(end(minute))
    set.forgetBefore(end(3))
    expect(set.countIn(end(-1), end(10))).toBe(2)
    expect(set.isEmpty).toBe(false)
    set.forgetBefore(end(1_440))
    expect(set.isEmpty).toBe(true)
  })

  test('counts what a plain set counts', () => {
    const minutes = fc.array(fc.integer({ min: -2_000, max: 4_000 }), { maxLength: 60 })
    const spans = fc.array(fc.tuple(fc.integer({ min: -2_100, max: 4_100 }), fc.nat(3_000)), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(minutes, spans, (added, asked) => {
        const set = new MinuteSet()
        for (const minute of added) set.add(end(minute))
        for (const [first, length] of asked) {
          const expected = new Set(added.filter((minute) => minute >= first && minute <= first + length)).size
          expect(set.countIn(end(first), end(first + length))).toBe(expected)
        }
      }),
      { numRuns: 300 },
    )
  })
})
