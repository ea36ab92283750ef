import { cellContaining } from '../../../domain/cells.js'
import { type PriceE8, ratio } from '../../../domain/exact.js'
import type { EpochMs } from '../../../domain/time.js'
import type { EquitySeries, SeriesPoint } from '../../equity/series.js'
import { beta } from '../../formulas/risk.js'
import { covarianceOf } from '../../formulas/sample.js'
import type { Benchmark, WindowView } from '../../view.js'
import { insufficient, ok, unknown, type WindowMetric } from '../definition.js'
import { foreignWindow, unknownEquity } from '../equity-results.js'
import { ofSample } from '../return-results.js'

/**
 * How much the book moves with its benchmark: the slope of its returns on those of the benchmark.
 *
 * Formula: cov(r, b) / var(b), over cells in which both have an observation.
 * Unit: ratio; 1 moves as the benchmark does, negative against it; 0 when nothing happened and nothing was held.
 * Undefined when: no benchmark is configured (no_benchmark), too few returns of both, or no snapshot at all (too_few_observations), or the
 * benchmark did not move (zero_variance). Of 1h and longer (not_defined_for_window).
 * Convention: covariance over variance. The values of both are joined on the cells in which both have one, and returns
 * are taken then. The benchmark's value of a cell is its last bar there, after the window's start; of that start the last
 * one of the cell that ends there, or since the start of the cell before.
 * Source: METRICS section 4, row 41; fine print 11 and 15.
 */
export const betaVsBenchmark: WindowMetric = {
  name: 'beta_vs_benchmark',
  group: 'exposure',
  unit: 'ratio',
  tier: 'heavy',
  windows: ['1h', '1d', '5d', '20d'],
  formulaVersion: 'v1',
  prometheus: 'quant_beta_vs_benchmark_ratio',
  sources: ['orders', 'snapshots', 'prices', 'bars'],
  needs: ['snapshots', 'bars'],
  summary: 'Covariance of the returns of the window with those of the benchmark, over their variance.',
  compute: (view) => {
    const foreign = foreignWindow(view)
    if (foreign !== undefined) return unknown(foreign)
    const { benchmark } = view.level
    if (benchmark === undefined) return insufficient('no_benchmark')
    if (view.activity === 'flat') return ok(0)
    const book = view.level.equity()
    const series = book.series(view)
    if (!series.known && !book.isAlone) return unknownEquity(book, series)
    const result = series.known
      ? betaOf(view, series.value, benchmark)
      : insufficient('too_few_observations', { n: 0, needed: view.level.returnRules.minimumObservations })
    return { ...result, meta: { ...book.meta, benchmark: benchmark.symbol, ...result.meta } }
  },
}

/** The returns of the cells in which both have an observation, and those of the benchmark between the same values. */
export function joinedReturns(view: WindowView, series: EquitySeries, benchmark: Benchmark) {
  const closes = new Map<SeriesPoint, PriceE8>()
  for (const point of series.chain) {
    const [from, to] = spanOf(view, point)
    const close = benchmark.lastCloseIn(from, to)
    if (close !== undefined) closes.set(point, close)
  }
  const closeOf = (point: SeriesPoint) => closes.get(point) ?? 0n
  const joined = series.returnsBetween([...closes.keys()])
  const ofBenchmark = joined.ends().map(([from, to]) => ratio(closeOf(to) - closeOf(from), closeOf(from)))
  return { joined, ofBenchmark, closeOf }
}

function betaOf(view: WindowView, series: EquitySeries, benchmark: Benchmark) {
  const { joined, ofBenchmark } = joinedReturns(view, series, benchmark)
  return ofSample(view, series, joined, ({ values }) => {
    return {
      outcome: beta(values, ofBenchmark),
      meta: {
        covariance: values.length < 2 ? null : covarianceOf(values, ofBenchmark),
        benchmark_variance: values.length < 2 ? null : covarianceOf(ofBenchmark, ofBenchmark),
      },
    }
  })
}

/** Where the bar lies that belongs to a value: (from, to]. */
function spanOf({ window, start, calendar, level }: WindowView, { cell }: SeriesPoint): readonly [EpochMs, EpochMs] {
  if (cell !== undefined) return [Math.max(cell.start, start), Math.min(cell.end, level.at)]
  const around = cellContaining(window, calendar, start)
  return [around.end === start ? around.start : cellContaining(window, calendar, around.start).start, start]
}
