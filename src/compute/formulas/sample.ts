/**
 * Moments of a sample, in the order in which it is given: sums of doubles depend on their order, and equal facts have to
 * give equal bytes. Two passes, since a difference of squares would cancel.
 */

/** Values, and their moments: several figures ask for them, so each is taken once, when the first one asks. */
export class Sample {
  #mean: number | undefined
  #deviation: number | undefined

  constructor(readonly values: readonly number[]) {}

  /** Arithmetic mean; NaN of nothing. */
  get mean(): number {
    this.#mean ??= meanOf(this.values)
    return this.#mean
  }

  /** Sample standard deviation (n − 1), exactly 0 where all values are equal; NaN of fewer than two. */
  get deviation(): number {
    this.#deviation ??= deviationOf(this.values, this.mean)
    return this.#deviation
  }
}

/** Arithmetic mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

function deviationOf(values: readonly number[], mean: number): number {
  if (values.length < 2) return Number.NaN
  if (isConstant(values)) return 0
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return Math.sqrt(squares / (values.length - 1))
}

/**
 * Whether all values are the same one. Not `deviation === 0`: fifty returns of 0.01 deviate by 3.5e-18 in doubles.
 */
export function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0])
}

/** What there is of both, pair by pair: mean of the products of deviations, over n − 1. */
export function covarianceOf(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)]
  let products = 0
  for (let index = 0; index < a.length; index += 1) products += ((a[index] ?? 0) - meanA) * ((b[index] ?? 0) - meanB)
  return products / (a.length - 1)
}
