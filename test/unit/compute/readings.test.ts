import { Kept, Readings } from '../../../src/compute/readings.js'

/** Reads how often it was read, so that a reading tells itself from the one before. */
function counting(note: () => void = () => undefined): () => number {
  let count = 0
  return () => {
    note()
    count += 1
    return count
  }
}

describe('what is read', () => {
  test('is read once as long as it holds, and again when its time has come', () => {
    const readings = new Readings(10)
    const kept = new Kept<number>()
    const read = counting(() => readings.changesAt(20))
    const readAt = (at: number) => {
      readings.moveTo(at)
      return readings.of(kept, read)
    }
    expect([10, 19, 20, 30].map(readAt)).toEqual([1, 1, 2, 2])
  })

  test('does not hold at an earlier instant than it was read at', () => {
    const readings = new Readings(10)
    const kept = new Kept<number>()
    const read = counting()
    readings.of(kept, read)
    readings.moveTo(9)
    expect(readings.of(kept, read)).toBe(2)
  })

  test('is read again at every other T where it moves', () => {
    const readings = new Readings(10)
    const kept = new Kept<number>()
    const read = counting(() => readings.moves())
    expect([readings.of(kept, read), readings.of(kept, read)]).toEqual([1, 1])
    readings.moveTo(11)
    expect(readings.of(kept, read)).toBe(2)
  })

  test('is read again when a fact came', () => {
    const readings = new Readings(10)
    const kept = new Kept<number>()
    const read = counting()
    readings.of(kept, read)
    readings.forget()
    expect(readings.of(kept, read)).toBe(2)
  })

  test('hands its horizon on to everything that is made of it, whoever read it first', () => {
    const readings = new Readings(10)
    const part = new Kept<number>()
    readings.of(part, () => {
      readings.changesAt(20)
      readings.moves()
      return 1
    })
    const { value, horizon } = readings.noted(
      () => readings.of(part, () => 2) + readings.of(new Kept<number>(), () => 3),
    )
    expect(value).toBe(4)
    expect(horizon).toEqual({ until: 20, moves: true })
    expect(readings.noted(() => 5).horizon).toEqual({ until: Number.POSITIVE_INFINITY, moves: false })
  })

  test('is not kept where reading it failed', () => {
    const readings = new Readings(10)
    const kept = new Kept<number>()
    const fail = () => {
      throw new Error('no')
    }
    expect(() => readings.of(kept, fail)).toThrow('no')
    expect(readings.of(kept, () => 1)).toBe(1)
  })
})
