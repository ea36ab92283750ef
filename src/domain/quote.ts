import { divideHalfEven, LARGEST_PRICE_E8, type PriceE8 } from './exact.js'

/** A quote is no price when its spread is wider than this part of its middle: 50 bps. */
const WIDEST_SPREAD_PART = 200n

/** Middle of a quote; 0 where it is none: bid not above 0, ask below bid, or a spread of more than 50 bps of the middle. */
export function midOf(bidE8: PriceE8 | undefined, askE8: PriceE8 | undefined): PriceE8 {
  if (bidE8 === undefined || askE8 === undefined || bidE8 <= 0n || askE8 < bidE8 || askE8 > LARGEST_PRICE_E8) return 0n
  const sum = bidE8 + askE8
  return (askE8 - bidE8) * 2n * WIDEST_SPREAD_PART > sum ? 0n : divideHalfEven(sum, 2n)
}
