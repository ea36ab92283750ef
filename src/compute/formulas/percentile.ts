/**
 * Percentile by linear interpolation between order statistics (type 7 of Hyndman and Fan, the default of most tools).
 * `p` from 0 to 1; undefined of nothing.
 * Source: R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996.
 */
export function percentileOf(values: readonly number[], p: number): number | undefined {
  return percentileOfSorted(
    values.toSorted((a, b) => a - b),
    p,
  )
}

/** The same of values that are ascending already. */
export function percentileOfSorted(sorted: readonly number[], p: number): number | undefined {
  const rank = (sorted.length - 1) * p
  const below = sorted[Math.floor(rank)]
  const above = sorted[Math.ceil(rank)]
  if (below === undefined || above === undefined) return undefined
  return below + (above - below) * (rank - Math.floor(rank))
}
