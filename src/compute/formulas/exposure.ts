import { absolute, type MoneyE17, ratio } from '../../domain/exact.js'
import type { MetricResult } from '../../domain/metric.js'
import { insufficient, ok } from '../result.js'

/** What a book is exposed to, from the signed market values of its positions. */

/** Longs and shorts both counted as positive. */
export function grossExposureOf(values: readonly MoneyE17[]): MoneyE17 {
  return values.reduce((sum, value) => sum + absolute(value), 0n)
}

/** Longs less shorts. */
export function netExposureOf(values: readonly MoneyE17[]): MoneyE17 {
  return values.reduce((sum, value) => sum + value, 0n)
}

/** Gross exposure per dollar of equity. */
export function leverageOf(values: readonly MoneyE17[], equity: MoneyE17): MetricResult {
  return equity <= 0n ? insufficient('non_positive_equity') : ok(ratio(grossExposureOf(values), equity))
}

/** Share of the `count` largest positions in gross exposure, in percent. */
export function concentrationOf(count: number, values: readonly MoneyE17[]): MetricResult {
  const gross = grossExposureOf(values)
  if (gross === 0n) return insufficient('no_positions')
  const largestFirst = values.map(absolute).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  return ok(ratio(grossExposureOf(largestFirst.slice(0, count)) * 100n, gross))
}

/** Herfindahl–Hirschman index: sum of the squared shares in gross exposure. */
export function hhiOf(values: readonly MoneyE17[]): MetricResult {
  const gross = grossExposureOf(values)
  if (gross === 0n) return insufficient('no_positions')
  return ok(
    ratio(
      values.reduce((sum, value) => sum + value * value, 0n),
      gross * gross,
    ),
  )
}
