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

/** A quotient that is not worked out; what it is divided by is above 0. */
export interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

export function fraction(over: bigint, under: bigint): Fraction {
  const common = greatestCommonDivisor(magnitude(over), magnitude(under)) * (under < 0n ? -1n : 1n)
  return { over: over / common, under: under / common }
}

export function product(a: Fraction, b: Fraction): Fraction {
  return fraction(a.over * b.over, a.under * b.under)
}

/** Above 0 when a is the larger. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.over * b.under - b.over * a.under
  return difference > 0n ? 1 : difference < 0n ? -1 : 0
}

/** A growth of 1.03 is a return of 0.03. */
export function asReturn({ over, under }: Fraction): number {
  return quotient(over - under, under)
}

/** How far b lies below a, as a part of a: 1 − b/a. */
export function fallFrom(a: Fraction, b: Fraction): number {
  return quotient(a.over * b.under - b.over * a.under, a.over * b.under)
}

/** |a − b| at most `percent` of a magnitude. */
export function isWithin(a: bigint, b: bigint, percent: bigint, of: bigint): boolean {
  return magnitude(a - b) * 100n <= magnitude(of) * percent
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [large, small] = [a, b]
  while (small !== 0n) [large, small] = [small, large % small]
  return large
}
