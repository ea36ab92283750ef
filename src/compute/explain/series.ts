import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import { SECOND_MS } from '../../domain/time.js'
import { type Ends, type EquitySeries, meanEquityOf, type SeriesPoint } from '../equity/series.js'
import { returnTimeMs, yearMs } from '../equity/session-time.js'
import { meanOf, type Sample } from '../formulas/sample.js'
import { joinedReturns } from '../metrics/exposure/beta-vs-benchmark.js'
import type { Valuation } from '../valuation.js'
import type { Benchmark, WindowView } from '../view.js'
import { flowList } from './equity.js'
import { isoOrNull, listed, price, sumOf, unknownRow, usd } from './rows.js'

/** More than any window has cells but 1d around the clock, where it is enough for every one as well. */
const LISTED_RETURNS = 500

/** The equity on the cells of a window, and the returns between them. */
export function seriesPart(series: Valuation<EquitySeries>, { window, calendar, level }: WindowView): ExplanationPart {
  const about =
    'Equity at the last observation of each cell, the return since the cell before, and what they have in common.'
  if (!series.known) return { name: 'series', about, values: unknownRow(series) }
  const { values, sample, years, ...returns } = series.value.returns
  const ends = returns.ends()
  const items = values.map((value, index) => ({ value, ends: ends[index] }))
  return {
    name: 'series',
    about,
    values: {
      cell_seconds: series.value.cellMs / SECOND_MS,
      points: series.value.points.length,
      first_at: isoOrNull(series.value.points[0]?.at),
      first_equity_usd: equityOrNull(series.value.points[0]),
      growth: series.value.growth ?? null,
      n: values.length,
      years,
      seconds_per_year: yearMs(window, calendar) / SECOND_MS,
      periods_per_year: years > 0 ? values.length / years : null,
      ...moments(sample),
      risk_free_annual: level.returnRules.riskFreeAnnual,
      minimum_acceptable_return: level.returnRules.marPerPeriod,
    },
    list: listed(items, {
      limit: LISTED_RETURNS,
      order: 'oldest first',
      row: ({ value, ends }) => ({
        ...endsRow(ends, series.value),
        seconds: ends === undefined ? null : (returnTimeMs(window, calendar, ends[0].at, ends[1].at) ?? 0) / SECOND_MS,
        return: value,
      }),
      sums: (leftOut) => ({
        return: leftOut.reduce((sum, { value }) => sum + value, 0),
        seconds: leftOut.reduce(
          (sum, { ends }) =>
            sum + (ends === undefined ? 0 : (returnTimeMs(window, calendar, ends[0].at, ends[1].at) ?? 0) / SECOND_MS),
          0,
        ),
        squared_return: leftOut.reduce((sum, { value }) => sum + value ** 2, 0),
      }),
    }),
  }
}

/** The equities of a window's series, that at its start included: what turnover is measured against. */
export function equitiesPart(series: Valuation<EquitySeries>): ExplanationPart {
  const about =
    'Equity at the last observation of each cell and at the start: their mean is what turnover is divided by.'
  if (!series.known) return { name: 'equities', about, values: unknownRow(series) }
  const { points } = series.value
  return {
    name: 'equities',
    about,
    values: { points: points.length, mean_equity_usd: meanEquityOf(series.value) ?? null },
    list: listed(points, {
      limit: LISTED_RETURNS,
      order: 'oldest first',
      row: ({ at, equity }) => ({ at: isoOrNull(at), equity_usd: usd(equity) }),
      sums: (leftOut) => ({ equity_usd: usd(sumOf(leftOut, ({ equity }) => equity)) }),
    }),
  }
}

/** Deposits and withdrawals that the returns of a series leave out. */
export function flowsPart(series: Valuation<EquitySeries>): ExplanationPart | undefined {
  if (!series.known || series.value.flows.length === 0) return undefined
  return {
    name: 'flows',
    about:
      'What came in or went between the values of the series: one at a value is taken out of it, one before it splits the way.',
    values: { flows: series.value.flows.length },
    list: flowList(series.value.flows),
  }
}

/** The returns of book and benchmark, pair by pair. */
export function benchmarkPart(
  view: WindowView,
  series: Valuation<EquitySeries>,
  benchmark: Benchmark | undefined,
): ExplanationPart {
  const about = 'Returns of the book and of its benchmark over the cells in which both have an observation.'
  if (benchmark === undefined) return { name: 'benchmark', about, values: { unknown: 'no_benchmark' } }
  if (!series.known) return { name: 'benchmark', about, values: unknownRow(series) }
  const { joined, ofBenchmark, closeOf } = joinedReturns(view, series.value, benchmark)
  const ends = joined.ends()
  const items = joined.values.map((value, index) => ({ value, of: ofBenchmark[index] ?? 0, ends: ends[index] }))
  return {
    name: 'benchmark',
    about,
    values: {
      symbol: benchmark.symbol,
      pairs: items.length,
      mean_return: items.length === 0 ? null : joined.sample.mean,
      benchmark_mean_return: items.length === 0 ? null : meanOf(ofBenchmark),
    },
    list: listed(items, {
      limit: LISTED_RETURNS,
      order: 'oldest first',
      row: ({ value, of, ends }) => ({
        ...endsRow(ends, series.value),
        return: value,
        benchmark_from: ends === undefined ? null : price(closeOf(ends[0])),
        benchmark_to: ends === undefined ? null : price(closeOf(ends[1])),
        benchmark_return: of,
      }),
      sums: (leftOut) => ({
        product: leftOut.reduce((sum, { value, of }) => sum + value * of, 0),
        squared_benchmark_return: leftOut.reduce((sum, { of }) => sum + of ** 2, 0),
      }),
    }),
  }
}

function endsRow(ends: Ends | undefined, { flows }: EquitySeries): ExplanationRow {
  if (ends === undefined) return {}
  const [from, to] = ends
  const between = flows.filter(({ at }) => at > from.at && at <= to.at)
  return {
    from: isoOrNull(from.at),
    at: isoOrNull(to.at),
    equity_before_usd: usd(from.equity),
    equity_usd: usd(to.equity),
    ...(between.length === 0 ? {} : { flow_usd: usd(sumOf(between, ({ amount }) => amount)) }),
  }
}

function moments({ values, mean, deviation }: Sample): ExplanationRow {
  return {
    mean_return: values.length === 0 ? null : mean,
    deviation: values.length < 2 ? null : deviation,
    worst_return: values.length === 0 ? null : Math.min(...values),
    best_return: values.length === 0 ? null : Math.max(...values),
  }
}

function equityOrNull(point: SeriesPoint | undefined): number | null {
  return point === undefined ? null : usd(point.equity)
}
