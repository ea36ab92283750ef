/** What is done with lists of doubles: every sum from the first to the last. */

export function total(values: readonly number[]): number {
  let result = 0
  for (const value of values) result += value
  return result
}

export function mean(values: readonly number[]): number {
  return total(values) / values.length
}

/** The root of the squared distances from the mean, over n − 1. */
export function sampleDeviation(values: readonly number[]): number {
  const middle = mean(values)
  return Math.sqrt(total(values.map((value) => (value - middle) ** 2)) / (values.length - 1))
}

export function areEqual(values: readonly number[]): boolean {
  return values.every((value) => value === values[0])
}

export function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

/** Type 7: at (n − 1)·p of the sorted values, between two of them in proportion. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = ascending(values)
  const place = (sorted.length - 1) * p
  const below = Math.floor(place)
  const lower = sorted[below] ?? Number.NaN
  const upper = sorted[below + 1] ?? lower
  return lower + (place - below) * (upper - lower)
}
