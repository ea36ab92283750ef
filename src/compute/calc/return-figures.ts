import type { MetricResult } from '../../domain/metric.js'
import { DEFAULT_RETURN_RULES } from '../../domain/return-rules.js'
import { MINUTE_MS } from '../../domain/time.js'
import { ofEnough } from '../equity/book-equity.js'
import type { Drawdown } from '../equity/drawdown.js'
import {
  annualizedReturn,
  beta,
  calmar,
  conditionalValueAtRisk,
  downsideVolatility,
  type Outcome,
  ratePerPeriod,
  sharpe,
  sortino,
  valueAtRisk,
  volatility,
} from '../formulas/risk.js'
import { Sample } from '../formulas/sample.js'
import { insufficient, ok, unknown } from '../result.js'
import { type Calculation, calculationOf, missing } from './calculation.js'
import type { CalcCase, Known } from './case.js'
import type { CalcReading } from './reading.js'
import { type CalcSeries, isKnown } from './series.js'

type Figure = (series: CalcSeries, given: CalcCase) => Outcome

/** Figures of returns and of equities. */
export const RETURN_FIGURES: readonly Calculation[] = [
  calculationOf('cumulative_return', { lacks: lacksSeries, compute: ofSeries(cumulativeReturn) }),
  annualised('volatility_annualized', ({ returns }, given) => volatility(new Sample(returns), periodsPerYear(given))),
  annualised('downside_volatility_annualized', ({ returns }, given) =>
    downsideVolatility(returns, periodsPerYear(given), marOf(given)),
  ),
  annualised('sharpe_annualized', sharpeOf),
  annualised('sortino_annualized', ({ returns }, given) =>
    sortino(new Sample(returns), periodsPerYear(given), marOf(given)),
  ),
  {
    ...returnFigure('calmar', ({ equities, drawdowns, periods }, given) => {
      const { growth } = equities
      if (growth === undefined) return 'too_few_observations'
      return calmar(growth, yearsOf(periods, given), drawdowns.result(0).deepest)
    }),
    isOnlyOnDemand: saysNoYears,
  },
  drawdownFigure('max_drawdown', ({ deepest }) => deepest),
  {
    ...drawdownFigure('drawdown_duration_minutes', ({ longestMs }) => longestMs / MINUTE_MS),
    // Without it a step counts as a minute, which is right by chance only.
    isOnlyOnDemand: ({ given }) => given.params.step_minutes === undefined,
  },
  drawdownFigure('current_drawdown', ({ current }) => current),
  returnFigure('var_95_historical', ({ returns }, { params }) => valueAtRisk(returns, params.alpha)),
  returnFigure('cvar_95_historical', ({ returns }, { params }) => conditionalValueAtRisk(returns, params.alpha)),
  calculationOf('beta_vs_benchmark', {
    lacks: ({ given: { input } }) => missing({ returns: input.returns, benchmark: input.benchmark }),
    compute: ({ given }) => {
      const [returns, benchmark] = joined(given.input.returns ?? [], given.input.benchmark ?? [])
      return resultOf(returns.length, given, () => beta(returns, benchmark))
    },
  }),
  {
    name: 'annualized_return',
    unit: 'ratio',
    decimals: 6,
    lacks: lacksSeries,
    isOnlyOnDemand: saysNoYears,
    compute: ofSeries(({ equities, periods }, given) => {
      const { growth } = equities
      return growth === undefined ? 'too_few_observations' : annualizedReturn(growth, yearsOf(periods, given))
    }),
  },
]

/** Needs as many returns as are asked for. */
function returnFigure(name: string, figure: Figure): Calculation {
  return calculationOf(name, {
    lacks: lacksSeries,
    compute: ({ series, given }) =>
      series === undefined
        ? insufficient('no_equity')
        : resultOf(series.returns.length, given, () => figure(series, given)),
  })
}

function annualised(name: string, figure: Figure): Calculation {
  return { ...returnFigure(name, figure), isOnlyOnDemand: saysNoYear }
}

function drawdownFigure(name: string, of: (drawdown: Drawdown) => number): Calculation {
  return calculationOf(name, {
    lacks: lacksSeries,
    compute: ({ series }) => {
      if (series === undefined) return insufficient('no_equity')
      const drawdown = ofEnough(series.drawdowns.result(0))
      return drawdown.known ? ok(of(drawdown.value)) : unknown(drawdown)
    },
  })
}

/** Needs no more than its own definition does. */
function ofSeries(figure: Figure): (reading: CalcReading) => MetricResult {
  return ({ series, given }) =>
    series === undefined
      ? insufficient('no_equity')
      : resultOf(Number.POSITIVE_INFINITY, given, () => figure(series, given))
}

function resultOf(n: number, given: CalcCase, figure: () => Outcome): MetricResult {
  if (n < neededBy(given)) return insufficient('too_few_observations')
  const outcome = figure()
  return typeof outcome === 'number' ? ok(outcome) : insufficient(outcome)
}

function neededBy({ params }: CalcCase): number {
  return params.min_observations ?? DEFAULT_RETURN_RULES.minimumObservations
}

function lacksSeries({ given: { input } }: CalcReading): string[] {
  return input.returns === undefined && typeof input.equity !== 'object' ? ['returns, or a list of equity'] : []
}

/** Chained without flows; an equity of nothing has no return. */
function cumulativeReturn({ equities }: CalcSeries): Outcome {
  const { points } = equities
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return 'no_equity'
  if (points.some(({ equity }) => equity <= 0n)) return 'non_positive_equity'
  if (first === last) return 'no_observations'
  return equities.returnsBetween([first, last]).values[0] ?? 'no_observations'
}

function sharpeOf({ returns }: CalcSeries, given: CalcCase): Outcome {
  const { input, params } = given
  const perYear = periodsPerYear(given)
  const { risk_free: riskFree = params.risk_free_per_period ?? ratePerPeriod(params.risk_free_annual ?? 0, perYear) } =
    input
  if (typeof riskFree === 'number') return sharpe(new Sample(returns), perYear, riskFree)
  const [values, rates] = joined(input.returns ?? [], riskFree)
  return values.length < neededBy(given) ? 'too_few_observations' : sharpe(new Sample(values), perYear, rates)
}

/** What is known of both, period by period. */
function joined(a: readonly Known[], b: readonly Known[]): [number[], number[]] {
  const both = a.flatMap((value, index) => {
    const other = b[index] ?? null
    return isKnown(value) && isKnown(other) ? [[value, other] as const] : []
  })
  return [both.map(([value]) => value), both.map(([, other]) => other)]
}

/** A period counts as a year where nobody says how many a year has: then nothing is scaled. */
function periodsPerYear({ periodsPerYear: perYear = 1 }: CalcCase): number {
  return perYear
}

function yearsOf(periods: number, given: CalcCase): number {
  return given.params.years ?? periods / periodsPerYear(given)
}

function saysNoYear({ given }: CalcReading): boolean {
  return given.periodsPerYear === undefined
}

function saysNoYears(reading: CalcReading): boolean {
  return saysNoYear(reading) && reading.given.params.years === undefined
}

function marOf({ params }: CalcCase): number {
  return params.mar ?? DEFAULT_RETURN_RULES.marPerPeriod
}
