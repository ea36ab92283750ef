import type { Reason } from '../../domain/metric.js'
import { percentileOf } from './percentile.js'
import { covarianceOf, isConstant, meanOf, Sample } from './sample.js'

/** A figure, or why there is none. */
export type Outcome = number | Reason

/** The tail that VaR and CVaR look at. Not 1 − 0.95, which is another double. */
export const TAIL = 0.05

/** A deviation needs two values. */
const DEVIATION_NEEDS = 2

/** Sample deviation (n − 1) of returns, a year's worth. */
export function volatility(returns: Sample, periodsPerYear: number): Outcome {
  if (returns.values.length < DEVIATION_NEEDS) return 'too_few_observations'
  return returns.deviation * Math.sqrt(periodsPerYear)
}

/** Root mean square of what returns fell short of `mar` (a period) by, a year's worth; all returns count in n. */
export function downsideVolatility(returns: readonly number[], periodsPerYear: number, mar: number): Outcome {
  if (returns.length === 0) return 'too_few_observations'
  return downsideDeviation(returns, mar) * Math.sqrt(periodsPerYear)
}

/** Mean of excess returns over their sample deviation, a year's worth. `riskFree` is a period's, or one for each period. */
export function sharpe(returns: Sample, periodsPerYear: number, riskFree: number | readonly number[]): Outcome {
  const { values } = returns
  if (values.length < DEVIATION_NEEDS) return 'too_few_observations'
  // A constant rate shifts all returns alike: whether they vary is asked of them, since a shift may round.
  const excess =
    riskFree === 0
      ? returns
      : new Sample(
          values.map((value, index) => value - (typeof riskFree === 'number' ? riskFree : (riskFree[index] ?? 0))),
        )
  if (isConstant(typeof riskFree === 'number' ? values : excess.values)) return 'zero_variance'
  const { mean, deviation } = excess
  return deviation === 0 ? 'zero_variance' : (mean / deviation) * Math.sqrt(periodsPerYear)
}

/** An annual rate as that of one period, compounded. */
export function ratePerPeriod(annual: number, periodsPerYear: number): number {
  return annual === 0 ? 0 : (1 + annual) ** (1 / periodsPerYear) - 1
}

/** Mean of returns above `mar`, a year's worth, over the downside volatility. */
export function sortino(returns: Sample, periodsPerYear: number, mar: number): Outcome {
  const { values } = returns
  if (values.length === 0) return 'too_few_observations'
  const downside = downsideDeviation(values, mar) * Math.sqrt(periodsPerYear)
  if (downside === 0) return 'no_downside'
  const mean = mar === 0 ? returns.mean : meanOf(values.map((value) => value - mar))
  return (mean * periodsPerYear) / downside
}

/** What a growth factor over some years is as a rate a year; everything lost is −1, however long it took. */
export function annualizedReturn(growth: number, years: number): Outcome {
  if (!(years > 0)) return 'too_few_observations'
  return growth <= 0 ? -1 : growth ** (1 / years) - 1
}

/** Annual growth over the deepest drawdown of the same time. */
export function calmar(growth: number, years: number, maxDrawdown: number): Outcome {
  const annual = annualizedReturn(growth, years)
  if (typeof annual !== 'number') return annual
  return maxDrawdown === 0 ? 'no_drawdown' : annual / maxDrawdown
}

/** The loss that one return in twenty exceeds, over one period; positive hurts, not floored at 0. */
export function valueAtRisk(returns: readonly number[], tail = TAIL): Outcome {
  const percentile = percentileOf(returns, tail)
  return percentile === undefined ? 'too_few_observations' : 0 - percentile
}

/** Mean of the returns in that tail, as a loss: by index, since by value ties would fall together. */
export function conditionalValueAtRisk(returns: readonly number[], tail = TAIL): Outcome {
  if (returns.length === 0) return 'too_few_observations'
  const count = Math.floor((returns.length - 1) * tail) + 1
  return 0 - meanOf(returns.toSorted((a, b) => a - b).slice(0, count))
}

/** Slope of returns on those of a benchmark, pair by pair. */
export function beta(returns: readonly number[], benchmark: readonly number[]): Outcome {
  if (returns.length < DEVIATION_NEEDS) return 'too_few_observations'
  if (isConstant(benchmark)) return 'zero_variance'
  const variance = covarianceOf(benchmark, benchmark)
  return variance === 0 ? 'zero_variance' : covarianceOf(returns, benchmark) / variance
}

function downsideDeviation(returns: readonly number[], mar: number): number {
  let squares = 0
  for (const value of returns) squares += Math.min(value - mar, 0) ** 2
  return Math.sqrt(squares / returns.length)
}
