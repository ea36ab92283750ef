import { Backoff } from '../../../src/lib/backoff.js'

const waits = (random: number, count = 5) => {
  const backoff = new Backoff({ firstMs: 1_000, longestMs: 10_000, random: () => random })
  return Array.from({ length: count }, () => backoff.next())
}

describe('waits between attempts', () => {
  test.each([
    [1, [1_000, 2_000, 4_000, 8_000, 10_000]],
    [0, [500, 1_000, 2_000, 4_000, 5_000]],
    [0.5, [750, 1_500, 3_000, 6_000, 7_500]],
  ])('double up to a limit, of which chance %d takes a part', (random, expected) => {
    expect(waits(random)).toEqual(expected)
  })

  test('stay at the limit however long it takes', () => {
    expect(waits(1, 2_000).at(-1)).toBe(10_000)
  })

  test('begin anew after a success', () => {
    const backoff = new Backoff({ firstMs: 1_000, longestMs: 10_000, random: () => 1 })
    expect([backoff.next(), backoff.next()]).toEqual([1_000, 2_000])
    backoff.reset()
    expect(backoff.next()).toBe(1_000)
  })

  test('lie between half and all of it with chance of its own', () => {
    const backoff = new Backoff({ firstMs: 1_000, longestMs: 1_000 })
    for (let round = 0; round < 100; round += 1) {
      const waitMs = backoff.next()
      expect(waitMs).toBeGreaterThanOrEqual(500)
      expect(waitMs).toBeLessThanOrEqual(1_000)
    }
  })
})
