import { createRandom, hexOf, uuidOf } from '../../../src/simulator/random.js'

function draw(key: string): number[] {
  const random = createRandom(key)
  return Array.from({ length: 5 }, () => random.next())
}

test('gives the same sequence for the same key and another one for another key', () => {
  expect(draw('1/a/0')).toEqual(draw('1/a/0'))
  expect(draw('1/a/0')).not.toEqual(draw('1/a/1'))
  expect(draw('1/a/0')).not.toEqual(draw('2/a/0'))
})

test('spreads its numbers evenly over keys that differ in their last digits only', () => {
  const buckets = new Array<number>(10).fill(0)
  for (let number = 0; number < 10_000; number += 1) {
    const bucket = Math.floor(createRandom(`1/strategy/${number}`).next() * 10)
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
  }
  expect(Math.min(...buckets)).toBeGreaterThan(900)
  expect(Math.max(...buckets)).toBeLessThan(1100)
})

test('draws whole numbers with both ends included', () => {
  const random = createRandom('dice')
  const seen = new Set(Array.from({ length: 200 }, () => random.integer(1, 6)))
  expect([...seen].sort()).toEqual([1, 2, 3, 4, 5, 6])
})

test('never draws what has no weight', () => {
  const random = createRandom('weights')
  const choices = [
    ['often', 3],
    ['never', 0],
    ['seldom', 1],
  ] as const
  const seen = Array.from({ length: 4000 }, () => random.weighted(choices))
  expect(seen).not.toContain('never')
  expect(seen.filter((choice) => choice === 'seldom').length / 4000).toBeCloseTo(0.25, 1)
})

test('makes well-formed identities that belong to their key', () => {
  expect(uuidOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuidOf('a')).toBe(uuidOf('a'))
  expect(uuidOf('a')).not.toBe(uuidOf('b'))
  expect(hexOf('a')).toMatch(/^[0-9a-f]{64}$/)
})
