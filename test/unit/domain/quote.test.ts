import { midOf, NO_MID } from '../../../src/domain/quote.js'

describe('the middle of a quote', () => {
  test.each([
    [100n, 100n, 100n],
    [99_999n, 100_001n, 100_000n],
    // Half to even.
    [1_000n, 1_001n, 1_000n],
    [1_001n, 1_002n, 1_002n],
    // 50 bps of the middle, exactly.
    [99_750n, 100_250n, 100_000n],
  ])('of %s and %s is %s', (bid, ask, expected) => {
    expect(midOf(bid, ask)).toBe(expected)
  })

  test.each([
    ['no bid', undefined, 100n],
    ['no ask', 100n, undefined],
    ['a bid of nothing', 0n, 100n],
    ['a bid above the ask', 101n, 100n],
    ['a spread of more than 50 bps', 99_750n, 100_252n],
  ])('does not exist with %s', (_, bid, ask) => {
    expect(midOf(bid, ask)).toBe(NO_MID)
  })
})
