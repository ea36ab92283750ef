import fc from 'fast-check'
import { InstantSet } from '../../../../src/compute/accumulators/instant-set.js'

describe('a set of instants', () => {
  test('is asked for half-open intervals (from, to]', () => {
    const set = new InstantSet()
    for (const at of [10, 20, 20]) set.add(at)
    expect(set.hasIn(10, 19)).toBe(false)
    expect(set.hasIn(9, 10)).toBe(true)
    expect(set.countIn(10, 20)).toBe(2)
    expect(set.countIn(20, 10)).toBe(0)
    expect(set.nextAfter(10)).toBe(20)
    expect(set.nextAfter(20)).toBe(Number.POSITIVE_INFINITY)
    expect(set.lastAtOrBefore(9)).toBeUndefined()
    expect(set.lastAtOrBefore(19)).toBe(10)
    expect(set.first).toBe(10)
  })

  test('counts as a plain list does, after anything was added and taken away', () => {
    const step = fc.record({ at: fc.integer({ min: 0, max: 15 }), adds: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(step),
        fc.integer({ min: -1, max: 16 }),
        fc.integer({ min: -1, max: 16 }),
        (steps, from, to) => {
          const set = new InstantSet()
          const list: number[] = []
          for (const { at, adds } of steps) {
            if (adds) {
              set.add(at)
              list.push(at)
            } else {
              set.remove(at)
              const index = list.indexOf(at)
              if (index >= 0) list.splice(index, 1)
            }
          }
          expect(set.countIn(from, to)).toBe(list.filter((at) => at > from && at <= to).length)
          const later = list.filter((at) => at > from)
          expect(set.nextAfter(from)).toBe(later.length > 0 ? Math.min(...later) : Number.POSITIVE_INFINITY)
        },
      ),
      { numRuns: 300 },
    )
  })
})
