/**
 * The p-quantile of ascending values, 0 ≤ p ≤ 1: linear interpolation between the two nearest ranks of (n − 1)·p. Undefined
 * of nothing.
 * Source: R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996,
 * type 7.
 */
export function quantile(ascending: readonly number[], p: number): number | undefined {
  const rank = (ascending.length - 1) * p
  const below = ascending[Math.floor(rank)]
  const above = ascending[Math.ceil(rank)]
  if (below === undefined || above === undefined) return undefined
  return below + (above - below) * (rank - Math.floor(rank))
}
