import type { Calendar } from '../../../src/domain/calendar.js'
import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import type { Part } from './equity-series.js'
import { asReturn, type Fraction, fraction, product } from './exact.js'
import { cellMsOf, hasClosedCells, isWallClock } from './windows.js'

/** One value of a series; the first one is of an instant and has no cell. */
export interface SeriesValue {
  readonly at: EpochMs
  readonly part: Part | undefined
  readonly equity: Fraction
}
/** What a series may hold where a book shares its account: a value, or why there is none. */
export type MaybeValue = SeriesValue | Reason

/** What became of 1 from one observation to another; the chain may end on the way. */
export interface Growth {
  readonly growth: Fraction
  readonly isLast: boolean
}
export type GrowthOf = (from: SeriesValue, to: SeriesValue) => Growth

/** From one kept observation to the next. */
export interface Step {
  readonly from: SeriesValue
  readonly to: SeriesValue
  readonly growth: Fraction
}

/** Up to the first value at or below 0, that one too: nothing can be chained behind it. */
export function untilRuin(values: readonly MaybeValue[]): readonly MaybeValue[] {
  const index = values.findIndex((value) => typeof value !== 'string' && value.equity.over <= 0n)
  return index < 0 ? values : values.slice(0, index + 1)
}

/** A step is there as long as the chain is: what leads to the end of it is the last one. */
export function stepsOf(values: readonly SeriesValue[], growthOf: GrowthOf): Step[] {
  const steps: Step[] = []
  for (const [index, to] of values.entries()) {
    const from = values[index - 1]
    if (from === undefined) continue
    if (from.equity.over <= 0n) break
    const { growth, isLast } = growthOf(from, to)
    steps.push({ from, to, growth })
    if (isLast || growth.over <= 0n) break
  }
  return steps
}

/** Those that are of the return series: where a window is wall-clock, none that has seen closed hours. */
export function counted(steps: readonly Step[], window: Window, calendar: Calendar): Step[] {
  if (!isWallClock(window)) return [...steps]
  return steps.filter(({ from, to }) => calendar.sessionTimeBetween(from.at, to.at) === to.at - from.at)
}

export function returnOf({ growth }: Step): number {
  return asReturn(growth)
}

export function grown(steps: readonly Step[]): Fraction {
  return steps.reduce((whole, { growth }) => product(whole, growth), fraction(1n, 1n))
}

/** METRICS section 2, "Returns", and fine print 5. */
export function yearsOf(steps: readonly Step[], window: Window, calendar: Calendar): number {
  const cellMs = hasClosedCells(window, calendar) ? cellMsOf(window) : 0
  let passedMs = 0
  for (const { from, to } of steps) {
    passedMs += calendar.sessionTimeBetween(from.at, to.at)
    if (cellMs > 0 && leavesSession(from.at, to.at, calendar)) passedMs += cellMs
  }
  const yearMs = calendar.name === '24x7' ? 365 * 86_400_000 : 252 * (23_400_000 + cellMs)
  return passedMs / yearMs
}

/** From inside (open, close] to behind that close. */
function leavesSession(from: EpochMs, to: EpochMs, calendar: Calendar): boolean {
  const { opensAt, closesAt } = calendar.latestSession(from - 1)
  return from > opensAt && from <= closesAt && to > closesAt
}
