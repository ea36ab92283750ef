import type { Calendar } from '../../domain/calendar.js'
import { CELL_MS, type Cell } from '../../domain/cells.js'
import { MONEY_DIGITS, type MoneyE17, ratio } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { isWallClock, type Window } from '../../domain/window.js'
import { Sample } from '../formulas/sample.js'
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

/** The two values that a return lies between. */
export type Ends = readonly [from: SeriesPoint, to: SeriesPoint]

/** Returns between consecutive values of a series. */
export interface Returns {
  readonly values: readonly number[]
  /** The same, with their moments. */
  readonly sample: Sample
  /** The values that each of them lies between, for who asks. */
  readonly ends: () => readonly Ends[]
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
  readonly onTimesAsked: (start: EpochMs, to: EpochMs) => void
}

/** A return from one value to the next. */
interface Step {
  readonly value: number
  /** How long it took; undefined where it belongs to no series. */
  readonly ms: number | undefined
  /** Whether nothing can be chained behind it. */
  readonly isLast: boolean
}

/**
 * The equity of a book sampled on the cells of a window, and what follows from it.
 * Source: METRICS section 2, "Cells", "Flows", "Returns".
 */
export class EquitySeries {
  readonly #options: SeriesOptions
  /** The steps between values next to each other, as far as somebody asked for returns. */
  readonly #steps: (Step | undefined)[]
  #chained: readonly SeriesPoint[] | undefined
  #returns: Returns | undefined
  /** They are those of an earlier T, of the same values. */
  #areReturnsOlder = false

  constructor(options: SeriesOptions, steps: (Step | undefined)[] = []) {
    this.#options = options
    this.#steps = steps
  }

  /**
   * The same values as a later T dates them, while nothing happened: in windows of the clock the start has moved, and so has
   * the end of the unfinished cell. Only returns from or to a value that moved are worked out again.
   */
  movedTo(start: EpochMs, to: EpochMs): EquitySeries {
    const { window, points } = this.#options
    const end = points.length - 1
    const [first, last] = [points[0], points[end]]
    const isLastMoved = isWallClock(window) && last?.cell !== undefined && last.at < last.cell.end
    const isFirstMoved = first !== undefined && first.cell === undefined && first.at !== start
    const hasMoved = isFirstMoved || isLastMoved
    const [moved, steps] = hasMoved ? [[...points], [...this.#steps]] : [[], this.#steps]
    if (isFirstMoved) {
      moved[0] = { ...first, at: start }
      steps[0] = undefined
    }
    if (isLastMoved) {
      moved[end] = { ...last, at: Math.min(to, last.cell.end) }
      steps[end - 1] = undefined
    }
    const series = new EquitySeries({ ...this.#options, start, to, points: hasMoved ? moved : points }, steps)
    series.#returns = this.#returns
    series.#areReturnsOlder = hasMoved || this.#areReturnsOlder
    if (!hasMoved) series.#chained = this.#chained
    return series
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
    const { calendar, start, to } = this.#options
    this.#noteTimes()
    const whole = calendar.sessionTimeBetween(start, to)
    if (whole === 0) return undefined
    const [first, last] = [this.chain[0], this.chain.at(-1)]
    return first === undefined || last === undefined ? 0 : calendar.sessionTimeBetween(first.at, last.at) / whole
  }

  /** All returns of the series: see `returnsBetween`. */
  get returns(): Returns {
    this.#noteTimes()
    if (this.#returns === undefined || this.#areReturnsOlder)
      this.#returns = this.#joined(this.chain, this.#steps, this.#returns?.sample)
    this.#areReturnsOlder = false
    return this.#returns
  }

  /** What a dollar at the first value became by the end of the chain, flows taken out; undefined without a return. */
  get growth(): number | undefined {
    const ends = this.returns.ends()
    const [first, last] = [ends[0]?.[0], ends.at(-1)?.[1]]
    if (first === undefined || last === undefined) return undefined
    const { numerator, denominator } = this.#chain(first, last)
    return ratio(numerator, denominator)
  }

  /**
   * Simple returns between consecutive values out of the chain, flows taken out where they came in and chained. In windows of the clock a return that crosses closed hours is left out.
   */
  returnsBetween(points: readonly SeriesPoint[]): Returns {
    this.#noteTimes()
    return this.#joined(points, [])
  }

  /**
   * `steps` are those that are known, by the index of their first point; the others are added to them. Where all returns are
   * those of `before`, they are that sample: what was taken of it need not be taken again.
   */
  #joined(points: readonly SeriesPoint[], steps: (Step | undefined)[], before?: Sample): Returns {
    const { window, calendar } = this.#options
    const values: number[] = []
    let totalMs = 0
    for (let index = 0; index + 1 < points.length; index += 1) {
      const [from, to] = [points[index], points[index + 1]]
      if (from === undefined || to === undefined) break
      const step = steps[index] ?? this.#step(from, to)
      steps[index] = step
      if (step.ms !== undefined) {
        values.push(step.value)
        totalMs += step.ms
      }
      if (step.isLast) break
    }
    const isSame =
      before?.values.length === values.length && values.every((value, index) => value === before.values[index])
    const sample = isSame ? before : new Sample(values)
    return {
      values: sample.values,
      sample,
      ends: () => endsOf(points, steps),
      totalMs,
      years: totalMs / yearMs(window, calendar),
    }
  }

  #step(from: SeriesPoint, to: SeriesPoint): Step {
    const { window, calendar } = this.#options
    const { numerator, denominator, isLast } = this.#chain(from, to)
    const ms = returnTimeMs(window, calendar, from.at, to.at)
    return { ms, isLast, value: ms === undefined ? 0 : ratio(numerator - denominator, denominator) }
  }

  #noteTimes(): void {
    const { start, to, onTimesAsked } = this.#options
    onTimesAsked(start, to)
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

/** Of the steps that are returns, up to the last that anything can be chained behind. */
function endsOf(points: readonly SeriesPoint[], steps: readonly (Step | undefined)[]): Ends[] {
  const ends: Ends[] = []
  for (let index = 0; index + 1 < points.length; index += 1) {
    const [from, to, step] = [points[index], points[index + 1], steps[index]]
    if (from === undefined || to === undefined || step === undefined) break
    if (step.ms !== undefined) ends.push([from, to])
    if (step.isLast) break
  }
  return ends
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
