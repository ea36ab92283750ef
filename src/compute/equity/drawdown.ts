import type { Calendar } from '../../domain/calendar.js'
import { MONEY_DIGITS, type MoneyE17, ratio } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'

/** The drawdowns of one window. */
export interface Drawdown {
  /** Equity values looked at. */
  readonly observations: number
  /** The deepest fall from a peak, as a part of the peak; at least 0. */
  readonly deepest: number
  /** The fall from the running peak at the last observation. */
  readonly current: number
  /** The longest time below a peak, in milliseconds of session time. */
  readonly longestMs: number
  /** True where it began before the window, so that it counts from the start. */
  readonly isLongestFromStart: boolean
  /** When that time began, not before the window's start. */
  readonly longestFrom: EpochMs | undefined
  /** True where the deepest fall is from the window's start itself, so that its peak moves with it. */
  readonly isDeepestFromStart: boolean
  readonly peakAt: EpochMs | undefined
  readonly troughAt: EpochMs | undefined
  readonly recoveredAt: EpochMs | undefined
  /** The same observations in a window that starts at another instant, as long as no other has come. */
  readonly startingAt: (start: EpochMs) => Drawdown
  /** What the two depths and the longest time are made of, for who asks. */
  readonly basis: () => DrawdownBasis
}

/** W in dollars of the first observation. Undefined: there is none such. */
export interface DrawdownBasis {
  readonly peak: DatedWealth | undefined
  readonly trough: DatedWealth | undefined
  /** The running peak at the last observation, and that observation. */
  readonly lastPeak: DatedWealth | undefined
  readonly last: DatedWealth | undefined
  readonly longest: Span | undefined
}

export interface DatedWealth {
  readonly at: EpochMs
  readonly usd: number
}

interface Span {
  readonly from: EpochMs
  readonly to: EpochMs
}

/**
 * The wealth index W at one observation: `equity × scale`, the equity without a flow that has just come in. Between flows
 * the scale stays, so that comparing W is comparing equities.
 */
interface Wealth {
  readonly at: EpochMs
  readonly equity: MoneyE17
  readonly scale: Scale
}

interface Scale {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** 1 − W/peak as an exact fraction. */
interface Depth {
  readonly fallen: bigint
  readonly from: bigint
}

const UNSCALED: Scale = { numerator: 1n, denominator: 1n }
const NO_DEPTH: Depth = { fallen: 0n, from: 1n }

/**
 * Goes through the equity observations of a window, oldest first, and keeps its drawdowns. It can go on where it stopped,
 * so a new snapshot costs one step.
 *
 * W is 1 at the first observation and chained by flow-free returns. All comparisons are exact, so that an equal peak is
 * an equal peak. Equity at or below 0 counts and ends the chain: nothing is measured from a peak of nothing.
 * Source: METRICS section 4, rows 13 and 14; section 1, "Flows"; fine print 12.
 */
export class DrawdownRun {
  readonly #calendar: Calendar
  #count = 0
  #scale = UNSCALED
  #first: Wealth | undefined
  /** The first, where it is the window's start. */
  #opening: Wealth | undefined
  #last: Wealth | undefined
  #peak: Wealth | undefined
  /** The lowest since the peak, where anything was lower. */
  #low: Wealth | undefined
  #deepest: Depth = NO_DEPTH
  #deepestPeak: Wealth | undefined
  #trough: Wealth | undefined
  #recoveredAt: EpochMs | undefined
  /** When the peak of the first observation was reached again: how long that took depends on where the window starts. */
  #firstRecoveredAt: EpochMs | undefined
  /** Of the times below peaks that are over, the first peak's aside. */
  #longest: Span | undefined
  #longestMs = 0
  #hasEnded = false

  constructor(calendar: Calendar) {
    this.#calendar = calendar
  }

  /** True once equity was 0 or below: what comes after is not looked at. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Begins with the equity at the window's start. */
  open(at: EpochMs, equity: MoneyE17): void {
    this.observe(at, equity)
    this.#opening = this.#first
  }

  /** Takes the next observation; `flow` came in since the one before. */
  observe(at: EpochMs, equity: MoneyE17, flow: MoneyE17 = 0n): void {
    if (this.#hasEnded) return
    this.#count += 1
    const wealth: Wealth = { at, equity: equity - flow, scale: this.#scale }
    this.#first ??= wealth
    this.#last = wealth
    this.#hasEnded = equity <= 0n || equity <= flow
    if (flow !== 0n) this.#scale = rescaled(this.#scale, equity - flow, equity)
    if (this.#peak === undefined || compare(wealth, this.#peak) >= 0) this.#rise(wealth)
    else this.#fall(wealth, this.#peak)
  }

  /** The drawdowns of a window that starts at an instant; an earlier first observation stands for its opening. */
  result(startsAt: EpochMs): Drawdown {
    const [last, peak, deepestPeak, trough] = [this.#last, this.#peak, this.#deepestPeak, this.#trough]
    const current = last === undefined || peak === undefined ? NO_DEPTH : depthOf(last, peak)
    const spans = [this.#belowFirstPeak(startsAt), this.#belowPeak(startsAt)].flatMap((span) =>
      span === undefined ? [] : [{ span, ms: this.#calendar.sessionTimeBetween(span.from, span.to) }],
    )
    const isDeepestFromStart = deepestPeak !== undefined && deepestPeak === this.#opening
    const longest = spans.reduce((long, span) => (span.ms > long.ms ? span : long), {
      span: this.#longest,
      ms: this.#longestMs,
    })
    return {
      observations: this.#count,
      deepest: ratio(this.#deepest.fallen, this.#deepest.from),
      current: ratio(current.fallen, current.from),
      longestMs: longest.ms,
      isLongestFromStart: longest.span?.from === startsAt,
      longestFrom: longest.span?.from,
      isDeepestFromStart,
      peakAt: isDeepestFromStart ? startsAt : deepestPeak?.at,
      troughAt: trough?.at,
      recoveredAt: this.#recoveredAt,
      startingAt: (start) => this.result(start),
      basis: () => ({
        peak: dated(deepestPeak),
        trough: dated(trough),
        lastPeak: dated(peak),
        last: dated(last),
        longest: longest.span,
      }),
    }
  }

  #belowFirstPeak(startsAt: EpochMs): Span | undefined {
    if (this.#firstRecoveredAt === undefined || this.#first === undefined) return undefined
    return { from: Math.max(this.#first.at, startsAt), to: this.#firstRecoveredAt }
  }

  /** An open drawdown runs to the last observation. */
  #belowPeak(startsAt: EpochMs): Span | undefined {
    if (this.#low === undefined || this.#peak === undefined || this.#last === undefined) return undefined
    return { from: Math.max(this.#peak.at, startsAt), to: this.#last.at }
  }

  /** At or above the peak: the fall from it, if there was one, is over; of equal peaks the last counts. */
  #rise(wealth: Wealth): void {
    if (this.#low !== undefined && this.#peak !== undefined) {
      if (this.#peak === this.#first) this.#firstRecoveredAt = wealth.at
      else this.#noteRecovered({ from: this.#peak.at, to: wealth.at })
      if (this.#deepestPeak === this.#peak) this.#recoveredAt = wealth.at
    }
    this.#peak = wealth
    this.#low = undefined
  }

  #noteRecovered(span: Span): void {
    const ms = this.#calendar.sessionTimeBetween(span.from, span.to)
    if (ms <= this.#longestMs) return
    this.#longestMs = ms
    this.#longest = span
  }

  #fall(wealth: Wealth, peak: Wealth): void {
    if (this.#low !== undefined && compare(wealth, this.#low) >= 0) return
    this.#low = wealth
    const depth = depthOf(wealth, peak)
    if (depth.fallen * this.#deepest.from <= this.#deepest.fallen * depth.from) return
    this.#deepest = depth
    this.#deepestPeak = peak
    this.#trough = wealth
    this.#recoveredAt = undefined
  }
}

function dated(wealth: Wealth | undefined): DatedWealth | undefined {
  if (wealth === undefined) return undefined
  const { numerator, denominator } = wealth.scale
  return { at: wealth.at, usd: ratio(wealth.equity * numerator, denominator * 10n ** BigInt(MONEY_DIGITS)) }
}

/** The scale that gives an equity with a flow in it the wealth that it has without. */
function rescaled({ numerator, denominator }: Scale, without: MoneyE17, equity: MoneyE17): Scale {
  return { numerator: numerator * without, denominator: denominator * equity }
}

/** Sign of the difference of two values of W. */
function compare(a: Wealth, b: Wealth): number {
  const [left, right] =
    a.scale === b.scale
      ? [a.equity, b.equity]
      : [a.equity * a.scale.numerator * b.scale.denominator, b.equity * b.scale.numerator * a.scale.denominator]
  return left < right ? -1 : left > right ? 1 : 0
}

function depthOf(wealth: Wealth, peak: Wealth): Depth {
  if (peak.equity <= 0n) return NO_DEPTH
  if (wealth.scale === peak.scale) return { fallen: peak.equity - wealth.equity, from: peak.equity }
  const from = peak.equity * peak.scale.numerator * wealth.scale.denominator
  return { fallen: from - wealth.equity * wealth.scale.numerator * peak.scale.denominator, from }
}
