import type { Calendar } from '../../domain/calendar.js'
import { CELL_MS, type Cell } from '../../domain/cells.js'
import { MONEY_DIGITS, type MoneyE17, ratio } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import type { Window } from '../../domain/window.js'
import type { Flow } from './flows.js'
import { returnTimeMs, yearMs } from './session-time.js'

/** One value of a series. */
export interface SeriesPoint {
  readonly at: EpochMs
  readonly equity: MoneyE17
  /** Undefined for the first value, which is that of the window's start. */
  readonly cell: Cell | undefined
}

/** A deposit or withdrawal within a series, and the equity right after it, the flow included. */
export interface DatedFlow extends Flow {
  readonly equityAfter: MoneyE17
}

/** Returns between consecutive values of a series. */
export interface Returns {
  readonly values: readonly number[]
  /** The values that each of them lies between. */
  readonly ends: readonly (readonly [from: SeriesPoint, to: SeriesPoint])[]
  /** Σ Δt in years of session time; 0 where no time passed. */
  readonly years: number
  /** Σ Δt in milliseconds of session time. */
  readonly totalMs: number
}

/** Growth as a fraction, and whether nothing can be chained behind it. */
interface Growth {
  readonly numerator: bigint
  readonly denominator: bigint
  readonly isLast: boolean
}

export interface SeriesOptions {
  readonly window: Window
  readonly calendar: Calendar
  readonly start: EpochMs
  readonly to: EpochMs
  readonly points: readonly SeriesPoint[]
  /** Whether it lacks values behind the end of its chain, which nobody could work out. */
  readonly isCut?: boolean
  /** Flows of the account up to T, oldest first. */
  readonly flows: readonly DatedFlow[]
  /** Told when somebody asks for what changes as time goes by: how long returns took, and coverage. */
  readonly onTimesAsked: () => void
}

/**
 * The equity of a book sampled on the cells of a window, and what follows from it.
 * Source: METRICS section 2, "Cells", "Flows", "Returns".
 */
export class EquitySeries {
  readonly #options: SeriesOptions
  #chained: readonly SeriesPoint[] | undefined
  #returns: Returns | undefined

  constructor(options: SeriesOptions) {
    this.#options = options
  }

  /** All values, whatever they are worth. */
  get points(): readonly SeriesPoint[] {
    return this.#options.points
  }

  /** Whether every value is known, those too behind which nothing can be chained. */
  get isWhole(): boolean {
    return this.#options.isCut !== true
  }

  /** The values up to the first that is 0 or below, that one too: behind it nothing can be chained. */
  get chain(): readonly SeriesPoint[] {
    this.#chained ??= untilRuin(this.#options.points)
    return this.#chained
  }

  /** Deposits and withdrawals that its returns leave out. */
  get flows(): readonly DatedFlow[] {
    return this.#options.flows
  }

  get cellMs(): number {
    return CELL_MS[this.#options.window]
  }

  /** Session time from the first to the last value over that of the window; undefined where the window has none. */
  get coverage(): number | undefined {
    const { calendar, start, to, onTimesAsked } = this.#options
    onTimesAsked()
    const whole = calendar.sessionTimeBetween(start, to)
    if (whole === 0) return undefined
    const [first, last] = [this.chain[0], this.chain.at(-1)]
    return first === undefined || last === undefined ? 0 : calendar.sessionTimeBetween(first.at, last.at) / whole
  }

  /** All returns of the series: see `returnsBetween`. */
  get returns(): Returns {
    this.#options.onTimesAsked()
    this.#returns ??= this.returnsBetween(this.chain)
    return this.#returns
  }

  /** What a dollar at the first value became by the end of the chain, flows taken out; undefined without a return. */
  get growth(): number | undefined {
    const { values, ends } = this.returns
    const [first, last] = [ends[0]?.[0], ends.at(-1)?.[1]]
    if (values.length === 0 || first === undefined || last === undefined) return undefined
    const { numerator, denominator } = this.#chain(first, last)
    return ratio(numerator, denominator)
  }

  /**
   * Simple returns between consecutive values out of the chain, flows taken out where they came in and chained. In windows of the clock a return that crosses closed hours is left out.
   */
  returnsBetween(points: readonly SeriesPoint[]): Returns {
    const { window, calendar, onTimesAsked } = this.#options
    onTimesAsked()
    const values: number[] = []
    const ends: (readonly [from: SeriesPoint, to: SeriesPoint])[] = []
    let totalMs = 0
    let before: SeriesPoint | undefined
    for (const point of points) {
      if (before !== undefined) {
        const { numerator, denominator, isLast } = this.#chain(before, point)
        const ms = returnTimeMs(window, calendar, before.at, point.at)
        if (ms !== undefined) {
          values.push(ratio(numerator - denominator, denominator))
          ends.push([before, point])
          totalMs += ms
        }
        if (isLast) break
      }
      before = point
    }
    return { values, ends, totalMs, years: totalMs / yearMs(window, calendar) }
  }

  /** Growth from one point to another, without the flows between them; an equity of nothing on the way ends it. */
  #chain(from: SeriesPoint, to: SeriesPoint): Growth {
    let [numerator, denominator] = [1n, from.equity]
    let last = to.equity
    for (const { at, amount, equityAfter } of this.#options.flows) {
      if (at <= from.at || at > to.at) continue
      if (at === to.at) last -= amount
      else {
        numerator *= equityAfter - amount
        if (equityAfter <= 0n) return { numerator, denominator, isLast: true }
        denominator *= equityAfter
      }
    }
    numerator *= last
    return { numerator, denominator, isLast: numerator <= 0n || to.equity <= 0n }
  }
}

function untilRuin(points: readonly SeriesPoint[]): readonly SeriesPoint[] {
  const end = points.findIndex(({ equity }) => equity <= 0n)
  return end < 0 ? points : points.slice(0, end + 1)
}

/**
 * Mean of the values of a series in dollars, E(start) included where it is known: what turnover is measured against.
 * Undefined of an empty series. Exact up to one rounding.
 */
export function meanEquityOf({ points }: Pick<EquitySeries, 'points'>): number | undefined {
  if (points.length === 0) return undefined
  let sum = 0n
  for (const { equity } of points) sum += equity
  return ratio(sum, BigInt(points.length) * 10n ** BigInt(MONEY_DIGITS))
}
