import { createContinuousCalendar } from '../../domain/continuous-calendar.js'
import { MINUTE_MS } from '../../domain/time.js'
import { DrawdownRun } from '../equity/drawdown.js'
import { type DatedFlow, EquitySeries, type SeriesPoint } from '../equity/series.js'
import type { CalcCase, Known } from './case.js'
import { scaled } from './numbers.js'

/** More than money has: a wealth that starts at 1 may become very small. */
const DIGITS = 40

const CALENDAR = createContinuousCalendar()

/** A series of equities or returns, as the formulas take it. */
export interface CalcSeries {
  /** Without those of which nothing is known. */
  readonly returns: readonly number[]
  /** Periods from the first value to the last, unknown ones too. */
  readonly periods: number
  /** The same as equities; of returns, what a dollar became. */
  readonly equities: EquitySeries
  readonly drawdowns: DrawdownRun
}

/** The series of a case; undefined where it has none. */
export function seriesOf({ input, params }: CalcCase): CalcSeries | undefined {
  const stepMs = (params.step_minutes ?? 1) * MINUTE_MS
  const { returns, equity, flows = [] } = input
  if (returns !== undefined) {
    const known = returns.filter(isKnown)
    return { ...readings(wealthPoints(returns, stepMs), []), returns: known, periods: returns.length }
  }
  if (typeof equity !== 'object') return undefined
  const { points, dated } = equityPoints(equity, flows, stepMs)
  const read = readings(points, dated)
  return { ...read, returns: read.equities.returns.values, periods: Math.max(0, equity.length - 1) }
}

export function isKnown(value: Known): value is number {
  return value !== null
}

function readings(points: readonly SeriesPoint[], flows: readonly DatedFlow[]) {
  const [start, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0]
  const options = { window: '1d', calendar: CALENDAR, start, to, points, flows, onTimesAsked: () => undefined } as const
  const amounts = new Map(flows.map(({ at, amount }) => [at, amount]))
  const drawdowns = new DrawdownRun(CALENDAR)
  for (const { at, equity } of points) drawdowns.observe(at, equity, amounts.get(at))
  return { equities: new EquitySeries(options), drawdowns }
}

/** What a dollar became, period by period; where nothing is known of one, there is no value. */
function wealthPoints(returns: readonly Known[], stepMs: number): SeriesPoint[] {
  const points = [pointAt(0, 1)]
  let wealth = 1
  returns.forEach((value, index) => {
    if (value === null) return
    wealth *= 1 + value
    points.push(pointAt((index + 1) * stepMs, wealth))
  })
  return points
}

/** A flow belongs to the next equity that is known, and is in it; one before the first belongs to none. */
function equityPoints(equity: readonly Known[], flows: readonly number[], stepMs: number) {
  const points: SeriesPoint[] = []
  const dated: DatedFlow[] = []
  let flowed = 0n
  equity.forEach((value, index) => {
    flowed += points.length === 0 ? 0n : scaled(flows[index - 1] ?? 0, DIGITS)
    if (value === null) return
    const point = pointAt(index * stepMs, value)
    if (flowed !== 0n) dated.push({ at: point.at, amount: flowed, source: 'recorded', equityAfter: point.equity })
    points.push(point)
    flowed = 0n
  })
  return { points, dated }
}

function pointAt(at: number, equity: number): SeriesPoint {
  return { at, equity: scaled(equity, DIGITS), cell: undefined }
}
