import type { Meta, MetricResult } from '../../domain/metric.js'
import type { ReturnRules } from '../../domain/return-rules.js'
import { SECOND_MS } from '../../domain/time.js'
import type { BookEquity } from '../equity/book-equity.js'
import type { EquitySeries, Returns } from '../equity/series.js'
import type { Outcome } from '../formulas/risk.js'
import type { WindowView } from '../view.js'
import { insufficient, ok } from './definition.js'
import { ofWindowEquity } from './equity-results.js'

/** The returns of a window, enough of them for a figure. */
export interface EnoughReturns extends Returns {
  readonly periodsPerYear: number
  readonly rules: ReturnRules
  readonly series: EquitySeries
}

/** A figure, and what it was made of besides the returns. */
export interface Figure {
  readonly outcome: Outcome
  readonly meta?: Meta
}

/**
 * What a metric says of a window's returns: why there are none, that there are too few (meta: how many and how many are
 * needed), or the figure. Meta carries n, periods_per_year, the cell and the coverage: enough to redo the number.
 */
export function ofReturns(
  view: WindowView,
  figure: (returns: EnoughReturns, book: BookEquity) => Figure,
  whenFlat?: MetricResult,
): MetricResult {
  return ofWindowEquity(
    view,
    (book) => book.series(view),
    (series, book) => {
      const result = ofSample(view, series, series.returns, (returns) => figure(returns, book))
      return { ...result, meta: { ...book.meta, ...result.meta } }
    },
    whenFlat,
  )
}

/** The same of some of the returns of a series. */
export function ofSample(
  { level }: WindowView,
  series: EquitySeries,
  returns: Returns,
  figure: (returns: EnoughReturns) => Figure,
): MetricResult {
  const rules = level.returnRules
  const n = returns.values.length
  const meta = {
    n,
    periods_per_year: returns.years > 0 ? n / returns.years : null,
    cell_seconds: series.cellMs / SECOND_MS,
    coverage: series.coverage ?? null,
  }
  const tooFew = (needed: number) => insufficient('too_few_observations', { ...meta, needed })
  if (n < rules.minimumObservations || meta.periods_per_year === null) return tooFew(rules.minimumObservations)
  const { outcome, meta: own } = figure({ ...returns, periodsPerYear: meta.periods_per_year, rules, series })
  // Whatever is configured, a deviation needs two.
  if (outcome === 'too_few_observations') return tooFew(2)
  return typeof outcome === 'number' ? ok(outcome, { ...meta, ...own }) : insufficient(outcome, { ...meta, ...own })
}
