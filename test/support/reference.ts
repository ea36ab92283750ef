import type { Calendar } from '../../src/domain/calendar.js'
import type { Fact } from '../../src/domain/facts.js'
import type { Reason } from '../../src/domain/metric.js'
import type { EpochMs } from '../../src/domain/time.js'
import { WINDOWS, type Window } from '../../src/domain/window.js'
import { ReferenceEquity } from './reference/equity.js'
import { magnitude, money, quotient, sum } from './reference/exact.js'
import { ReferenceExecution } from './reference/execution.js'
import { type Answer, Knowledge, type ReferenceOptions } from './reference/knowledge.js'
import { ReferenceOrders } from './reference/orders.js'
import { pinsOf } from './reference/pins.js'
import { type Marked, ReferencePnl, unrealizedOf } from './reference/pnl.js'
import type { RiskAnswers } from './reference/risk.js'
import { tradeAnswers } from './reference/trades.js'
import { ReferenceWatching } from './reference/watching.js'
import { startOf } from './reference/windows.js'

export type { Answer, ReferenceOptions } from './reference/knowledge.js'

export type ReferenceBook = Readonly<Record<Window, Readonly<Record<string, Answer>>>>

/**
 * METRICS once more, as plainly as it can be written: for every T, window and metric all fills are gone through again.
 *
 * Nothing of the core is used, not its arithmetic either; only calendars and parsed facts are shared. Slow and without
 * state, so there is nothing in it that could be carried over wrongly. By book id.
 */
export function referenceAt(
  at: EpochMs,
  facts: readonly Fact[],
  options: ReferenceOptions,
): ReadonlyMap<string, ReferenceBook> {
  const known = new Knowledge(at, facts, options)
  const pins = pinsOf(known)
  const before = (periodMs: number) => new Knowledge(Math.floor(at / periodMs) * periodMs, facts, options, at)
  const [medium, heavy] = [before(MEDIUM_MS), before(HEAVY_MS)]
  return new Map(
    [...known.books].map(([id, key]) => {
      const [light, atMedium, atHeavy] = [known, medium, heavy].map(
        (then) => new ReferenceReader(new ReferencePnl(then, key, pins)),
      ) as [ReferenceReader, ReferenceReader, ReferenceReader]
      const answersIn = (window: Window) => {
        const { var_95_historical, cvar_95_historical } = atHeavy.risk(window)
        const slow = { var_95_historical, cvar_95_historical, beta_vs_benchmark: atHeavy.beta(window) }
        return [window, { ...light.metrics(window), ...atMedium.risk(window), ...slow }]
      }
      return [id, Object.fromEntries(WINDOWS.map(answersIn)) as ReferenceBook]
    }),
  )
}

/** Rows 26 to 34 of the orders that each adapter took, by book id and adapter. */
export function referenceByAdapterAt(
  at: EpochMs,
  facts: readonly Fact[],
  options: ReferenceOptions,
): ReadonlyMap<string, ReadonlyMap<string, ReferenceBook>> {
  const known = new Knowledge(at, facts, options)
  const pins = pinsOf(known)
  return new Map(
    [...known.books].map(([id, key]) => {
      const book = new ReferenceReader(new ReferencePnl(known, key, pins))
      const answersOf = (adapter: string) =>
        Object.fromEntries(WINDOWS.map((window) => [window, book.execution(window, adapter)])) as ReferenceBook
      return [id, new Map(book.adapters.map((adapter) => [adapter, answersOf(adapter)]))]
    }),
  )
}

/** Slower metrics have the value of their own last instant: METRICS section 6. */
const MEDIUM_MS = 5_000
const HEAVY_MS = 30_000

class ReferenceReader {
  readonly #known: Knowledge
  readonly #calendar: Calendar
  readonly #pnl: ReferencePnl
  readonly #equity: ReferenceEquity
  readonly #orders: ReferenceOrders
  readonly #watching: ReferenceWatching
  readonly #level: Marked

  constructor(pnl: ReferencePnl) {
    const { known, key } = pnl
    this.#known = known
    this.#calendar = known.calendarOf(key.strategyId)
    this.#pnl = pnl
    this.#level = this.#pnl.markedAt(known.at)
    this.#equity = new ReferenceEquity(this.#pnl, this.#level)
    this.#orders = new ReferenceOrders(pnl)
    this.#watching = new ReferenceWatching(known, key)
  }

  metrics(window: Window): Record<string, Answer> {
    const { at } = this.#known
    const start = startOf(window, this.#calendar, this.#known)
    const isForeign = this.#pnl.isForeignIn(start, at)
    const isAdjustedForeign = this.#pnl.isAdjustedForeignIn(start, at)
    const costs = this.#pnl.costs.between(start, at)
    const notional = sum(this.#pnl.fillsIn(start, at).map((fill) => this.#known.worthOf(fill)))
    const before = this.#pnl.markedAtStart(start)
    const gross = this.#grossPnl(start, before)
    return {
      ...this.#levels(),
      realized_pnl: this.#realizedPnl(start, isForeign || isAdjustedForeign),
      gross_pnl: typeof gross === 'bigint' ? money(gross) : gross,
      net_pnl: typeof gross === 'bigint' ? money(gross - costs) : gross,
      cost_total: this.#pnl.isFeeInKindForeignIn(start, at) ? 'currency' : money(costs),
      traded_notional: isForeign ? 'currency' : money(notional),
      cost_bps: isForeign ? 'currency' : this.#costBps(this.#pnl.costs.ofOrders(start, at), notional),
      ...this.#equity.metrics(window, start, before),
      ...tradeAnswers(this.#pnl, start),
      turnover_ratio: this.#equity.turnover(window, start, before, notional),
      ...this.execution(window),
      ...this.#watching.metrics(
        { window: start, fiveSessions: startOf('5d', this.#calendar, this.#known) },
        this.#pnl.positions.held(at).map(({ symbol }) => symbol),
      ),
    }
  }

  risk(window: Window): RiskAnswers {
    const start = startOf(window, this.#calendar, this.#known)
    return this.#equity.risk(window, start, this.#pnl.markedAtStart(start))
  }

  beta(window: Window): Answer {
    const start = startOf(window, this.#calendar, this.#known)
    return this.#equity.beta(window, start, this.#pnl.markedAtStart(start))
  }

  get adapters(): string[] {
    return [...new Set(this.#orders.all.flatMap(({ order }) => order.adapter ?? []))]
  }

  execution(window: Window, adapter?: string): Record<string, Answer> {
    const start = startOf(window, this.#calendar, this.#known)
    return new ReferenceExecution(this.#pnl, this.#orders, start, adapter).answers()
  }

  #realizedPnl(start: EpochMs, isForeign: boolean): Answer {
    if (isForeign) return 'currency'
    if (!this.#pnl.happenedSince(start) && !this.#pnl.isAdjustedSince(start)) return 0
    if (this.#pnl.positions.isAnyUnknownAfter(start)) return 'unknown_opening_position'
    return money(this.#pnl.positions.realizedIn(start, this.#known.at))
  }

  /** Flat comes after currency and before what is missing. */
  #grossPnl(start: EpochMs, before: Marked): Reason | bigint {
    const gross = this.#pnl.grossBetween(start, before, this.#known.at, this.#level)
    return gross !== 'currency' && this.#pnl.isFlatSince(start) ? 0n : gross
  }

  #costBps(costs: bigint, notional: bigint): Answer {
    if (notional === 0n) return 'no_fills'
    return this.#pnl.costs.source !== undefined ? quotient(costs * 10_000n, notional) : 'no_cost_source'
  }

  #levels(): Record<string, Answer> {
    const { at } = this.#known
    const heldCount = this.#pnl.positions.isAnyUnknownAfter(at)
      ? 'unknown_opening_position'
      : this.#pnl.positions.held(at).length
    const level = this.#level
    const values = (typeof level === 'string' ? [] : level.map(({ value }) => magnitude(value))).sort((a, b) =>
      a < b ? 1 : -1,
    )
    const gross = sum(values)
    const shareOf = (part: bigint, whole: bigint) => (gross === 0n ? 'no_positions' : quotient(part, whole))
    const answers: Record<string, Answer> =
      typeof level === 'string'
        ? {}
        : {
            unrealized_pnl: money(unrealizedOf(level)),
            gross_exposure: money(gross),
            net_exposure: money(sum(level.map(({ value }) => value))),
            position_concentration_top1_pct: shareOf(sum(values.slice(0, 1)) * 100n, gross),
            position_concentration_top5_pct: shareOf(sum(values.slice(0, 5)) * 100n, gross),
            position_hhi: shareOf(sum(values.map((value) => value * value)), gross * gross),
          }
    const names = ['unrealized_pnl', 'gross_exposure', 'net_exposure', 'position_hhi']
    const shares = ['position_concentration_top1_pct', 'position_concentration_top5_pct']
    const reason = typeof level === 'string' ? level : 'internal_error'
    return {
      ...Object.fromEntries([...names, ...shares].map((name) => [name, reason])),
      ...answers,
      open_positions: heldCount,
    }
  }
}
