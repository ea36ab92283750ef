import { ONLY_SHARD, ownerOf, ShardOwnership } from '../../../src/domain/shards.js'

const KEYS = Array.from({ length: 3_000 }, (_, index) => `strategy-${index}\u0000PA${index % 7}`)
const BOOK = { strategyId: 'momentum', account: 'PA3ABC' }

/** Written down once: another answer, and every installation's books would move with the release that brings it. */
test('owns the same books in every release', () => {
  const owners = ['momentum', 'reversal', 'carry', 'a', 'b', 'c'].map((strategyId) =>
    [2, 3, 5, 16].map((count) => new ShardOwnership({ index: 0, count }).ownerOfBook({ ...BOOK, strategyId })),
  )
  expect(owners).toEqual([
    [1, 1, 1, 6],
    [1, 2, 2, 11],
    [1, 2, 2, 14],
    [0, 0, 0, 6],
    [0, 0, 0, 14],
    [0, 2, 2, 13],
  ])
  expect([2, 3, 5].map((count) => ownerOf('account\nPA3ABC', count))).toEqual([0, 0, 0])
})

test('spreads books evenly', () => {
  const owned = [0, 0, 0]
  for (const key of KEYS) owned[ownerOf(key, 3)] = (owned[ownerOf(key, 3)] ?? 0) + 1
  for (const count of owned) expect(Math.abs(count - 1_000)).toBeLessThan(100)
})

test.each([1, 2, 3, 9])(
  'moves about one book in n + 1 from n = %d to one shard more, and all of them to it',
  (count) => {
    const moved = KEYS.filter((key) => ownerOf(key, count) !== ownerOf(key, count + 1))
    expect(moved.every((key) => ownerOf(key, count + 1) === count)).toBe(true)
    expect(Math.abs(moved.length / KEYS.length - 1 / (count + 1))).toBeLessThan(0.03)
  },
)

test('gives a book to one shard, and everything to a single one', () => {
  const shards = [0, 1, 2].map((index) => new ShardOwnership({ index, count: 3 }))
  expect(shards.filter((shard) => shard.owns(BOOK))).toHaveLength(1)
  expect(shards.filter((shard) => shard.ownsAccount('PA3ABC'))).toHaveLength(1)
  const only = new ShardOwnership(ONLY_SHARD)
  expect([only.owns(BOOK), only.ownsAccount('PA3ABC')]).toEqual([true, true])
})
