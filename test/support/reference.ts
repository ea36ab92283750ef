import type { BookKey } from '../../src/domain/book.js'
import type { Calendar } from '../../src/domain/calendar.js'
import type { Fact } from '../../src/domain/facts.js'
import type { Reason } from '../../src/domain/metric.js'
import type { EpochMs } from '../../src/domain/time.js'
import { WINDOWS, type Window } from '../../src/domain/window.js'
import { ReferenceEquity } from './reference/equity.js'
import { magnitude, money, quotient, sum } from './reference/exact.js'
import { type Answer, Knowledge, type ReferenceOptions } from './reference/knowledge.js'
import { type Marked, ReferencePnl, unrealizedOf } from './reference/pnl.js'
import { ReferenceWatching } from './reference/watching.js'

export type { Answer, ReferenceOptions } from './reference/knowledge.js'

export type ReferenceBook = Readonly<Record<Window, Readonly<Record<string, Answer>>>>

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const WALL_CLOCK_MS: Partial<Record<Window, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
}
const DAYS: Partial<Record<Window, number>> = { '1d': 1, '5d': 5, '20d': 20 }

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
  return new Map(
    [...known.books].map(([id, key]) => {
      const book = new ReferenceReader(known, key)
      return [id, Object.fromEntries(WINDOWS.map((window) => [window, book.metrics(window)])) as ReferenceBook]
    }),
  )
}

class ReferenceReader {
  readonly #known: Knowledge
  readonly #key: BookKey
  readonly #calendar: Calendar
  readonly #pnl: ReferencePnl
  readonly #equity: ReferenceEquity
  readonly #watching: ReferenceWatching
  readonly #level: Marked

  constructor(known: Knowledge, key: BookKey) {
    this.#known = known
    this.#key = key
    this.#calendar = known.calendarOf(key.strategyId)
    this.#pnl = new ReferencePnl(known, key)
    this.#level = this.#pnl.markedAt(known.at)
    this.#equity = new ReferenceEquity(this.#pnl, this.#level, this.#startOf('20d'))
    this.#watching = new ReferenceWatching(known, key)
  }

  metrics(window: Window): Record<string, Answer> {
    const { at } = this.#known
    const start = this.#startOf(window)
    const isForeign = this.#pnl.isForeignIn(start, at)
    const costs = this.#pnl.costsBetween(start, at)
    const notional = sum(this.#pnl.fillsIn(start, at).map((fill) => this.#known.worthOf(fill)))
    const before = this.#pnl.markedAtStart(start)
    const gross = this.#grossPnl(start, before)
    return {
      ...this.#levels(),
      realized_pnl: this.#realizedPnl(start, isForeign),
      gross_pnl: typeof gross === 'bigint' ? money(gross) : gross,
      net_pnl: typeof gross === 'bigint' ? money(gross - costs) : gross,
      cost_total: money(costs),
      traded_notional: isForeign ? 'currency' : money(notional),
      cost_bps: isForeign ? 'currency' : this.#costBps(costs, notional),
      ...this.#equity.metrics(window, start, before),
      ...this.#watching.metrics(
        { window: start, fiveSessions: this.#startOf('5d') },
        this.#pnl.positions.held(at).map(({ symbol }) => symbol),
      ),
    }
  }

  #startOf(window: Window): EpochMs {
    const { at, options } = this.#known
    const lengthMs = WALL_CLOCK_MS[window]
    if (lengthMs !== undefined) return at - lengthMs
    const count = DAYS[window] ?? 0
    if (this.#calendar.name === '24x7') return at - count * DAY_MS
    return this.#calendar.sessionBefore(at, count).closesAt + options.sessionRollMs
  }

  #realizedPnl(start: EpochMs, isForeign: boolean): Answer {
    if (isForeign) return 'currency'
    if (!this.#pnl.happenedSince(start)) return 0
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
    return this.#hasCostSource() ? quotient(costs * 10_000n, notional) : 'no_cost_source'
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

  /** Whether any order record of the account named a cost up to T: from its first fill, else from its end. */
  #hasCostSource(): boolean {
    const { at, orders, fills } = this.#known
    return orders.some(({ strategyId, account, costs, endedAt, executionId }) => {
      if (account !== this.#key.account || strategyId === undefined || costs === undefined) return false
      const first = fills.find(({ order }) => order.executionId === executionId)?.at
      return (first ?? endedAt ?? Number.POSITIVE_INFINITY) <= at
    })
  }
}
