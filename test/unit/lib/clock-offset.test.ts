import { ClockOffset, type ClockReading } from '../../../src/lib/clock-offset.js'

/** A reading of a clock that is ahead, taken somewhere on the way there and back. */
const reading = (sentMs: number, aheadMs: number, thereMs: number, backMs: number): ClockReading => ({
  sentMs,
  theirsMs: sentMs + thereMs + aheadMs,
  answeredMs: sentMs + thereMs + backMs,
})

function offsetOf(readings: readonly ClockReading[]): number | undefined {
  const offset = new ClockOffset()
  for (const some of readings) offset.read(some)
  return offset.ms
}

describe('the offset of a clock', () => {
  const table: readonly (readonly [name: string, readings: readonly ClockReading[], expected: number | undefined])[] = [
    ['is not known before it is read', [], undefined],
    ['is exact where both ways take as long', [reading(1_000, 250, 5, 5)], 250],
    ['is negative where the other one is behind', [reading(1_000, -40_000, 2, 2)], -40_000],
    ['is off by at most half of the round trip', [reading(1_000, 0, 100, 0)], 50],
    [
      'is that of the quickest answer',
      [reading(0, 10, 300, 0), reading(1_000, 10, 1, 1), reading(2_000, 10, 0, 400)],
      10,
    ],
    ['is not told by an answer of more than a second', [reading(0, 0, 3_000, 0)], undefined],
    [
      'is not told while our own clock is being set',
      [{ sentMs: 5_000, theirsMs: 5_001, answeredMs: 4_000 }],
      undefined,
    ],
    ['is not told by what is no instant', [{ sentMs: 0, theirsMs: Number.NaN, answeredMs: 1 }], undefined],
  ]
  test.each(table)('%s', (_name, readings, expected) => {
    expect(offsetOf(readings)).toBe(expected)
  })

  test('follows a clock that is set right within eight answers', () => {
    const before = Array.from({ length: 20 }, (_, index) => reading(index * 1_000, 60_000, 1, 1))
    const after = Array.from({ length: 8 }, (_, index) => reading(30_000 + index * 1_000, 0, 3, 3))
    expect(offsetOf([...before, ...after])).toBe(0)
  })
})
