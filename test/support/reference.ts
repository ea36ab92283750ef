import type { BookKey } from '../../src/domain/book.js'
import type { Calendar } from '../../src/domain/calendar.js'
import type { Fact } from '../../src/domain/facts.js'
import type { Reason } from '../../src/domain/metric.js'
import type { EpochMs } from '../../src/domain/time.js'
import { WINDOWS, type Window } from '../../src/domain/window.js'
import { divide, magnitude, money, quotient, sum } from './reference/exact.js'
import { Knowledge, QUANTITY_ONE, type ReferenceOptions } from './reference/knowledge.js'
import { type Position, ReferencePositions } from './reference/positions.js'
import { ReferencePrices } from './reference/prices.js'
import { ReferenceWatching } from './reference/watching.js'

export type { ReferenceOptions } from './reference/knowledge.js'

/** A value, or the reason why there is none. */
export type Answer = number | Reason
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

interface MarkedPosition extends Position {
  readonly value: bigint
}
/** All positions with their values, or why they cannot be summed. */
type Marked = Reason | readonly MarkedPosition[]

class ReferenceReader {
  readonly #known: Knowledge
  readonly #key: BookKey
  readonly #calendar: Calendar
  readonly #positions: ReferencePositions
  readonly #prices: ReferencePrices
  readonly #watching: ReferenceWatching
  readonly #level: Marked

  constructor(known: Knowledge, key: BookKey) {
    this.#known = known
    this.#key = key
    this.#calendar = known.calendarOf(key.strategyId)
    this.#positions = new ReferencePositions(known, key)
    this.#prices = new ReferencePrices(known, key)
    this.#watching = new ReferenceWatching(known, key)
    this.#level = this.#marked(known.at, (symbol) => this.#prices.at(symbol, this.#fillsOf(symbol), known.at))
  }

  metrics(window: Window): Record<string, Answer> {
    const { at } = this.#known
    const start = this.#startOf(window)
    const fills = this.#positions.symbols
      .flatMap((symbol) => this.#fillsOf(symbol))
      .filter((fill) => fill.at > start && fill.at <= at)
    const isForeign = fills.some(({ order }) => this.#known.termsOf(order.symbol).currency !== 'USD')
    const costs = sum(fills.map((fill) => fill.costs)) + this.#costsWithoutFill(start)
    const notional = sum(fills.map((fill) => this.#known.worthOf(fill)))
    const gross = this.#grossPnl(start, isForeign)
    return {
      ...this.#levels(),
      realized_pnl: this.#realizedPnl(start, isForeign),
      gross_pnl: typeof gross === 'bigint' ? money(gross) : gross,
      net_pnl: typeof gross === 'bigint' ? money(gross - costs) : gross,
      cost_total: money(costs),
      traded_notional: isForeign ? 'currency' : money(notional),
      cost_bps: isForeign ? 'currency' : this.#costBps(costs, notional),
      ...this.#watching.metrics(
        { window: start, fiveSessions: this.#startOf('5d') },
        this.#positions.held(at).map(({ symbol }) => symbol),
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

  #fillsOf(symbol: string) {
    return this.#positions.fills.get(symbol) ?? []
  }

  #realizedPnl(start: EpochMs, isForeign: boolean): Answer {
    if (isForeign) return 'currency'
    if (!this.#happenedSince(start)) return 0
    if (this.#positions.isAnyUnknownAfter(start)) return 'unknown_opening_position'
    return money(this.#positions.realizedIn(start, this.#known.at))
  }

  /** In the order in which METRICS ranks reasons: currency, flat, then missing_mark before unknown_opening_position. */
  #grossPnl(start: EpochMs, isForeign: boolean): Reason | bigint {
    const before = this.#marked(start, (symbol) => this.#prices.atStart(symbol, this.#fillsOf(symbol), start))
    const ends = [this.#level, before]
    if (isForeign || ends.includes('currency')) return 'currency'
    if (this.#isFlatSince(start)) return 0n
    if (ends.includes('missing_mark')) return 'missing_mark'
    if (this.#positions.isAnyUnknownAfter(start)) return 'unknown_opening_position'
    const realized = this.#positions.realizedIn(start, this.#known.at)
    return realized + unrealizedOf(this.#level) - unrealizedOf(before) - this.#positions.takenOverIn(start)
  }

  #costBps(costs: bigint, notional: bigint): Answer {
    if (notional === 0n) return 'no_fills'
    return this.#hasCostSource() ? quotient(costs * 10_000n, notional) : 'no_cost_source'
  }

  #levels(): Record<string, Answer> {
    const { at } = this.#known
    const heldCount = this.#positions.isAnyUnknownAfter(at)
      ? 'unknown_opening_position'
      : this.#positions.held(at).length
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

  #marked(at: EpochMs, markOf: (symbol: string) => bigint | undefined): Marked {
    const held = this.#positions.held(at)
    if (held.some(({ symbol }) => this.#known.termsOf(symbol).currency !== 'USD')) return 'currency'
    const marked: MarkedPosition[] = []
    for (const position of held) {
      const mark = markOf(position.symbol)
      if (mark === undefined) return 'missing_mark'
      const { multiplier } = this.#known.termsOf(position.symbol)
      marked.push({ ...position, value: divide(position.quantity * mark * multiplier, QUANTITY_ONE) })
    }
    return this.#positions.isAnyUnknownAfter(at) ? 'unknown_opening_position' : marked
  }

  #happenedSince(start: EpochMs): boolean {
    const { at, decisions, orders, fills } = this.#known
    const isMine = ({ strategyId, account }: { strategyId?: string | undefined; account: string }) =>
      strategyId === this.#key.strategyId && account === this.#key.account
    const instants = [
      ...decisions.filter(isMine).map((decision) => decision.at),
      ...orders.filter(isMine).flatMap((order) => [order.submittedAt, order.endedAt ?? order.submittedAt]),
      ...fills.filter((fill) => isMine(fill.order)).map((fill) => fill.at),
    ]
    return instants.some((instant) => instant > start && instant <= at)
  }

  #isFlatSince(start: EpochMs): boolean {
    const isHeld = [start, this.#known.at].some((instant) => this.#positions.held(instant).length > 0)
    return !this.#happenedSince(start) && !isHeld && !this.#positions.isAnyUnknownAfter(start)
  }

  /** Of orders that ended without a fill. */
  #costsWithoutFill(start: EpochMs): bigint {
    const { at, orders, fills } = this.#known
    const bare = orders.filter(
      ({ strategyId, account, endedAt, executionId }) =>
        strategyId === this.#key.strategyId &&
        account === this.#key.account &&
        endedAt !== undefined &&
        endedAt > start &&
        endedAt <= at &&
        !fills.some(({ order }) => order.executionId === executionId),
    )
    return sum(bare.map(({ costs }) => costs ?? 0n))
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

function unrealizedOf(positions: Marked): bigint {
  return typeof positions === 'string' ? 0n : sum(positions.map(({ value, cost }) => value - cost))
}
