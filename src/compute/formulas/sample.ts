/**
 * Moments of a sample, in the order in which it is given: sums of doubles depend on their order, and equal facts have to
 * give equal bytes. Two passes, since a difference of squares would cancel.
 */

/** Several figures ask for the moments of one sample, at every tick: they are taken once of each list, which nobody changes. */
const MEANS = new WeakMap<readonly number[], number>()
const DEVIATIONS = new WeakMap<readonly number[], number>()

/** Arithmetic mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return takenOnce(MEANS, values, takeMean)
}

/** Sample standard deviation (n − 1), exactly 0 where all values are equal; NaN of fewer than two. */
export function deviationOf(values: readonly number[]): number {
  return takenOnce(DEVIATIONS, values, takeDeviation)
}

function takenOnce(
  taken: WeakMap<readonly number[], number>,
  values: readonly number[],
  take: (values: readonly number[]) => number,
): number {
  const before = taken.get(values)
  if (before !== undefined) return before
  const moment = take(values)
  taken.set(values, moment)
  return moment
}

function takeMean(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

function takeDeviation(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN
  if (isConstant(values)) return 0
  const mean = meanOf(values)
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
