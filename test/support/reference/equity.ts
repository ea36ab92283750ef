import type { Calendar } from '../../../src/domain/calendar.js'
import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import { BETA_WINDOWS, betaOf } from './beta.js'
import { ReferenceAccount } from './equity-account.js'
import { AloneEquity } from './equity-alone.js'
import { SharedEquity } from './equity-shared.js'
import { type Fraction, fraction, magnitude, quotient, sum } from './exact.js'
import type { Answer } from './knowledge.js'
import type { Marked, ReferencePnl } from './pnl.js'
import { ReferencePositions } from './positions.js'
import { ReferencePrices } from './prices.js'
import { type MaybeValue, type SeriesValue, stepsOf, untilRuin } from './returns.js'
import { type RiskAnswers, type RiskInput, riskAnswers } from './risk.js'
import { otherTraders, shareOf } from './sharing.js'
import { currentDrawdown, longestDrawdownMinutes, maxDrawdown, type WealthPoint } from './wealth.js'

const GAP_WINDOWS: readonly Window[] = ['1d', '5d', '20d']

/** The metrics that rest on equity, of one book at T. */
export class ReferenceEquity {
  readonly #pnl: ReferencePnl
  readonly #level: Marked
  readonly #calendar: Calendar
  readonly #open: EpochMs
  readonly #alone: AloneEquity | undefined
  readonly #shared: SharedEquity

  constructor(pnl: ReferencePnl, level: Marked) {
    const { known, key } = pnl
    const calendar = known.calendarOf(key.strategyId)
    this.#pnl = pnl
    this.#level = level
    this.#calendar = calendar
    this.#open = calendar.latestSession(known.at).opensAt
    const configured = known.options.shareOf?.(key.strategyId, key.account)
    const isAlone = configured === undefined && otherTraders(known, key).length === 0 && !isHeldByOthers(pnl)
    const account = new ReferenceAccount(known, key.account, calendar, (symbol, at) =>
      pnl.prices.at(symbol, isAlone ? pnl.fillsOf(symbol) : [], at),
    )
    this.#alone = isAlone ? new AloneEquity(pnl, account) : undefined
    this.#shared = new SharedEquity(pnl, account, shareOf(known, key))
  }

  metrics(window: Window, start: EpochMs, before: Marked): Record<string, Answer> {
    return { ...this.#levels(), ...this.#ofWindow(window, start, before) }
  }

  /** Rows 8 to 12, 15 and 16. */
  risk(window: Window, start: EpochMs, before: Marked): RiskAnswers {
    return riskAnswers(window, this.#riskInput(window, start, before))
  }

  #riskInput(window: Window, start: EpochMs, before: Marked): RiskInput | Reason | 'flat' {
    if (this.#isForeignSince(start, before)) return 'currency'
    if (this.#pnl.isFlatSince(start)) return 'flat'
    const values = this.#chainable(window, start)
    if (typeof values === 'string') return values
    const { at, options } = this.#pnl.known
    const steps = stepsOf(values, this.#growthOf)
    const curve = this.#equity.curve(start)
    const drawdown = typeof curve === 'string' ? curve : maxDrawdown(curve)
    return { window, start, at, calendar: this.#calendar, values, steps, maxDrawdown: drawdown, options }
  }

  /** Row 41. */
  beta(window: Window, start: EpochMs, before: Marked): Answer {
    if (!BETA_WINDOWS.includes(window)) return 'not_defined_for_window'
    if (this.#isForeignSince(start, before)) return 'currency'
    const { known, key } = this.#pnl
    const benchmark = known.benchmarks.get(key.strategyId)
    if (benchmark === undefined) return 'no_benchmark'
    if (this.#pnl.isFlatSince(start)) return 0
    const values = this.#chainable(window, start)
    if (typeof values !== 'string') return betaOf(window, this.#calendar, known, benchmark, values, this.#growthOf)
    // Of a book alone in its account the row has no other word for it.
    return this.#alone === undefined ? values : 'too_few_observations'
  }

  /** Row 24. */
  turnover(window: Window, start: EpochMs, before: Marked, traded: bigint): Answer {
    if (this.#isForeignSince(start, before)) return 'currency'
    if (!this.#pnl.happenedSince(start)) return 0
    const values: readonly MaybeValue[] | Reason = this.#equity.values(window, start)
    if (typeof values === 'string' || !isWhole(values)) return 'no_equity'
    const total = values.reduce((whole, { equity }) => plus(whole, equity), fraction(0n, 1n))
    if (total.over <= 0n) return 'non_positive_equity'
    return quotient(traded * BigInt(values.length) * total.under, total.over)
  }

  get #equity(): AloneEquity | SharedEquity {
    return this.#alone ?? this.#shared
  }

  readonly #growthOf = (from: SeriesValue, to: SeriesValue) => this.#equity.growth(from, to)

  /** The values up to the end of the chain, or why there are none. */
  #chainable(window: Window, start: EpochMs): readonly SeriesValue[] | Reason {
    const values: readonly MaybeValue[] | Reason = this.#equity.values(window, start)
    if (typeof values === 'string') return values
    const chain = untilRuin(values)
    if (isWhole(chain)) return chain
    return chain.includes('missing_mark') ? 'missing_mark' : 'unknown_opening_position'
  }

  #levels(): Record<string, Answer> {
    const isForeign =
      this.#level === 'currency' ||
      (this.#alone === undefined && this.#isForeignSince(this.#open, this.#pnl.markedAtStart(this.#open)))
    if (isForeign) return { equity: 'currency', intraday_return: 'currency', leverage_gross_over_equity: 'currency' }
    const equity = this.#alone?.level() ?? this.#shared.level(this.#open)
    const isFlat = this.#pnl.isFlatSince(this.#open)
    return {
      equity: typeof equity === 'string' ? equity : quotient(equity.over, equity.under * 10n ** 17n),
      intraday_return: isFlat ? 0 : this.#equity.intradayReturn(this.#open),
      leverage_gross_over_equity: isFlat ? 0 : this.#leverage(equity),
    }
  }

  #leverage(equity: Fraction | Reason): Answer {
    if (typeof this.#level === 'string') return this.#level
    if (typeof equity === 'string') return equity
    if (equity.over <= 0n) return 'non_positive_equity'
    return quotient(sum(this.#level.map(({ value }) => magnitude(value))) * equity.under, equity.over)
  }

  #ofWindow(window: Window, start: EpochMs, before: Marked): Record<string, Answer> {
    const isForeign = this.#isForeignSince(start, before)
    const gap = this.#gap(window, start, isForeign)
    if (isForeign || this.#pnl.isFlatSince(start)) {
      const answer = isForeign ? 'currency' : 0
      return { cumulative_return: answer, ...drawdowns(() => answer), pnl_reconciliation_gap: gap }
    }
    const curve = this.#equity.curve(start)
    return {
      cumulative_return: this.#equity.cumulativeReturn(window, start),
      ...drawdowns((of) => {
        if (typeof curve === 'string') return curve
        return curve.length < 2 ? 'too_few_observations' : of(curve, this.#calendar)
      }),
      pnl_reconciliation_gap: gap,
    }
  }

  #gap(window: Window, start: EpochMs, isForeign: boolean): Answer {
    if (!GAP_WINDOWS.includes(window)) return 'not_defined_for_window'
    if (isForeign) return 'currency'
    return this.#alone?.reconciliationGap(start) ?? 'no_equity'
  }

  #isForeignSince(start: EpochMs, before: Marked): boolean {
    return this.#pnl.grossBetween(start, before, this.#pnl.known.at, this.#level) === 'currency'
  }
}

type CurveReader = (curve: readonly WealthPoint[], calendar: Calendar) => number

function drawdowns(answer: (of: CurveReader) => Answer): Record<string, Answer> {
  return {
    max_drawdown: answer(maxDrawdown),
    current_drawdown: answer(currentDrawdown),
    drawdown_duration_minutes: answer(longestDrawdownMinutes),
  }
}

function isWhole(values: readonly MaybeValue[]): values is readonly SeriesValue[] {
  return values.every((value) => typeof value !== 'string')
}

function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(a.over * b.under + b.over * a.under, a.under * b.under)
}

function isHeldByOthers({ known, key, pins }: ReferencePnl): boolean {
  return [...known.books.values()]
    .filter(({ strategyId, account }) => account === key.account && strategyId !== key.strategyId)
    .map((other) => new ReferencePositions(known, other, new ReferencePrices(known, other, pins)))
    .some((positions) => positions.held(known.at).length > 0 || positions.isAnyUnknownAfter(known.at))
}
