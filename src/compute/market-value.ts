import { divideHalfEven, type MoneyE17, type PriceE8, QUANTITY_DIGITS, type QuantityE9 } from '../domain/exact.js'

const ONE = 10n ** BigInt(QUANTITY_DIGITS)

/** Signed worth of a quantity at a price; exact where the multiplier is 1. */
export function marketValue(quantity: QuantityE9, price: PriceE8, multiplier: QuantityE9): MoneyE17 {
  return timesMultiplier(quantity * price, multiplier)
}

/** What a notional of units is worth. */
export function timesMultiplier(notional: MoneyE17, multiplier: QuantityE9): MoneyE17 {
  return multiplier === ONE ? notional : divideHalfEven(notional * multiplier, ONE)
}
