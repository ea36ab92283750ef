import { divideHalfEven, LARGEST_PRICE_E8, type PriceE8 } from './exact.js'

/** The widest spread of a quote that can be believed is its middle divided by this: 50 basis points. */
const WIDEST_SPREAD_DIVISOR = 200n

/** Stands for "there was a quote, and it was not valid": the newest row decides, so that has to be remembered. */
export const NO_MID: PriceE8 = 0n

/**
 * Middle of a quote, rounded half to even; NO_MID when it is not valid: bid > 0, ask ≥ bid, spread at most 50 bps of the
 * middle.
 * Source: SOURCES section 2.
 */
export function midOf(bid: PriceE8 | undefined, ask: PriceE8 | undefined): PriceE8 {
  if (bid === undefined || ask === undefined || bid <= 0n || ask < bid || ask > LARGEST_PRICE_E8) return NO_MID
  const sum = bid + ask
  return (ask - bid) * 2n * WIDEST_SPREAD_DIVISOR <= sum ? divideHalfEven(sum, 2n) : NO_MID
}
