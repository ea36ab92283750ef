import type { Calendar } from '../../../src/domain/calendar.js'
import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import { ReferenceAccount } from './equity-account.js'
import { AloneEquity } from './equity-alone.js'
import { SharedEquity } from './equity-shared.js'
import { type Fraction, magnitude, quotient, sum } from './exact.js'
import type { Answer } from './knowledge.js'
import type { Marked, ReferencePnl } from './pnl.js'
import { ReferencePositions } from './positions.js'
import { ReferencePrices } from './prices.js'
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

  #levels(): Record<string, Answer> {
    const isForeign =
      this.#level === 'currency' ||
      (this.#alone === undefined && this.#isForeignSince(this.#open, this.#pnl.markedAtStart(this.#open)))
    if (isForeign) return { equity: 'currency', intraday_return: 'currency', leverage_gross_over_equity: 'currency' }
    const equity = this.#alone?.level() ?? this.#shared.level(this.#open)
    const isFlat = this.#pnl.isFlatSince(this.#open)
    return {
      equity: typeof equity === 'string' ? equity : quotient(equity.over, equity.under * 10n ** 17n),
      intraday_return: isFlat ? 0 : (this.#alone ?? this.#shared).intradayReturn(this.#open),
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
    const equity = this.#alone ?? this.#shared
    const curve = equity.curve(start)
    return {
      cumulative_return: equity.cumulativeReturn(window, start),
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

function isHeldByOthers({ known, key, pins }: ReferencePnl): boolean {
  return [...known.books.values()]
    .filter(({ strategyId, account }) => account === key.account && strategyId !== key.strategyId)
    .map((other) => new ReferencePositions(known, other, new ReferencePrices(known, other, pins)))
    .some((positions) => positions.held(known.at).length > 0 || positions.isAnyUnknownAfter(known.at))
}
