import { LARGEST_PRICE_E8 } from '../../../src/domain/exact.js'
import { midOf } from '../../../src/domain/quote.js'

const E8 = 100_000_000n

test.each([
  ['the middle', 100n * E8, 100n * E8 + 20n, 100n * E8 + 10n],
  ['bid and ask alike', 100n * E8, 100n * E8, 100n * E8],
  ['half a unit, to even', 3n, 3n, 3n],
  ['a spread of just 50 bps of the middle', 9_975_000_000n, 10_025_000_000n, 100n * E8],
])('is %s', (_, bid, ask, mid) => {
  expect(midOf(bid, ask)).toBe(mid)
})

test.each([
  ['the spread is a hair wider than 50 bps', 9_974_999_999n, 10_025_000_000n],
  ['ask is below bid', 100n * E8, 100n * E8 - 1n],
  ['bid is 0', 0n, 1n],
  ['bid is below 0', -1n, 1n],
  ['there is no bid', undefined, 100n],
  ['there is no ask', 100n, undefined],
  ['ask is no price', LARGEST_PRICE_E8, LARGEST_PRICE_E8 + 1n],
])('is 0 when %s', (_, bid, ask) => {
  expect(midOf(bid, ask)).toBe(0n)
})

test('rounds half to even where the middle lies between two units', () => {
  expect(midOf(1_000n, 1_001n)).toBe(1_000n)
  expect(midOf(1_001n, 1_002n)).toBe(1_002n)
})
