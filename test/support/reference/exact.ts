/** Exact helpers of the reference, written apart from the product's: a shared mistake would go unseen. */
export function sum(values: readonly bigint[]): bigint {
  let total = 0n
  for (const value of values) total += value
  return total
}

export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** Half to even by a positive divisor: floored, then up where the rest is more than half, or half and the floor odd. */
export function divide(dividend: bigint, divisor: bigint): bigint {
  let floor = dividend / divisor
  let rest = dividend % divisor
  if (rest < 0n) {
    floor -= 1n
    rest += divisor
  }
  return rest * 2n > divisor || (rest * 2n === divisor && (floor & 1n) === 1n) ? floor + 1n : floor
}

export function money(valueE17: bigint): number {
  return Number(`${valueE17}e-17`)
}

/** Eighty decimals are more than any double's digits: the engine's own parser rounds them, once. */
export function quotient(dividend: bigint, divisor: bigint): number {
  return Number(`${(dividend * 10n ** 80n) / divisor}e-80`)
}
