import type { BookKey } from '../../../src/domain/book.js'
import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { ReferenceCosts } from './costs.js'
import { divide, sum } from './exact.js'
import { type Knowledge, QUANTITY_ONE, type ReferenceFill } from './knowledge.js'
import type { Position } from './ledger.js'
import { ReferencePositions } from './positions.js'
import { ReferencePrices } from './prices.js'

export interface MarkedPosition extends Position {
  readonly value: bigint
}
/** All positions with their values, or why they cannot be summed. */
export type Marked = Reason | readonly MarkedPosition[]

/** What one book had, earned and paid between any two instants up to T. */
export class ReferencePnl {
  readonly positions: ReferencePositions
  readonly prices: ReferencePrices
  readonly costs: ReferenceCosts

  constructor(
    readonly known: Knowledge,
    readonly key: BookKey,
    readonly pins: readonly EpochMs[],
  ) {
    this.prices = new ReferencePrices(known, key, pins)
    this.positions = new ReferencePositions(known, key, this.prices)
    this.costs = new ReferenceCosts(this.positions)
  }

  fillsOf(symbol: string): readonly ReferenceFill[] {
    return this.positions.fills.get(symbol) ?? []
  }

  fillsIn(start: EpochMs, end: EpochMs): ReferenceFill[] {
    return this.positions.symbols
      .flatMap((symbol) => this.fillsOf(symbol))
      .filter((fill) => fill.at > start && fill.at <= end)
  }

  markedAt(at: EpochMs): Marked {
    return this.marked(at, (symbol) => this.prices.at(symbol, this.fillsOf(symbol), at))
  }

  markedAtStart(start: EpochMs): Marked {
    return this.marked(start, (symbol) => this.prices.atStart(symbol, this.fillsOf(symbol), start))
  }

  marked(at: EpochMs, markOf: (symbol: string) => bigint | undefined): Marked {
    const held = this.positions.held(at)
    if (held.some(({ symbol }) => this.known.termsOf(symbol).currency !== 'USD')) return 'currency'
    const marked: MarkedPosition[] = []
    for (const position of held) {
      const mark = markOf(position.symbol)
      if (mark === undefined) return 'missing_mark'
      const { multiplier } = this.known.termsOf(position.symbol)
      marked.push({ ...position, value: divide(position.quantity * mark * multiplier, QUANTITY_ONE) })
    }
    return this.positions.isAnyUnknownAfter(at) ? 'unknown_opening_position' : marked
  }

  isForeignIn(start: EpochMs, end: EpochMs): boolean {
    return this.fillsIn(start, end).some(({ order }) => this.known.termsOf(order.symbol).currency !== 'USD')
  }

  /** The same of what snapshots changed, which is a result and no turnover. */
  isAdjustedForeignIn(start: EpochMs, end: EpochMs): boolean {
    return this.#foreignAdjustments(start, end).length > 0
  }

  isFeeInKindForeignIn(start: EpochMs, end: EpochMs): boolean {
    return this.#foreignAdjustments(start, end).some(({ kind }) => kind === 'fee in kind')
  }

  #foreignAdjustments(start: EpochMs, end: EpochMs) {
    return this.positions
      .adjustmentsIn(start, end)
      .filter(({ symbol }) => this.known.termsOf(symbol).currency !== 'USD')
  }

  /**
   * Realised and unrealised result of (start, end], the positions valued as given. In the order in which METRICS ranks
   * reasons: currency, then missing_mark before unknown_opening_position.
   */
  grossBetween(start: EpochMs, before: Marked, end: EpochMs, after: Marked): Reason | bigint {
    const ends = [after, before]
    if (this.isForeignIn(start, end) || this.isAdjustedForeignIn(start, end) || ends.includes('currency'))
      return 'currency'
    if (ends.includes('missing_mark')) return 'missing_mark'
    if (this.positions.isAnyUnknownAfter(start)) return 'unknown_opening_position'
    const realized = this.positions.realizedIn(start, end)
    return realized + unrealizedOf(after) - unrealizedOf(before) - this.positions.takenOverIn(start, end)
  }

  /** Whether a decision, an order's beginning or end, or a fill lies in (start, T]. */
  happenedSince(start: EpochMs): boolean {
    const { at, decisions, orders, fills } = this.known
    const isMine = ({ strategyId, account }: { strategyId?: string | undefined; account: string }) =>
      strategyId === this.key.strategyId && account === this.key.account
    const instants = [
      ...decisions.filter(isMine).map((decision) => decision.at),
      ...orders.filter(isMine).flatMap((order) => [order.submittedAt, order.endedAt ?? order.submittedAt]),
      ...fills.filter((fill) => isMine(fill.order)).map((fill) => fill.at),
    ]
    return instants.some((instant) => instant > start && instant <= at)
  }

  isAdjustedSince(start: EpochMs): boolean {
    return this.positions.adjustmentsIn(start, this.known.at).length > 0
  }

  isFlatSince(start: EpochMs): boolean {
    const isHeld = [start, this.known.at].some((instant) => this.positions.held(instant).length > 0)
    return (
      !this.happenedSince(start) && !this.isAdjustedSince(start) && !isHeld && !this.positions.isAnyUnknownAfter(start)
    )
  }
}

export function unrealizedOf(positions: Marked): bigint {
  return typeof positions === 'string' ? 0n : sum(positions.map(({ value, cost }) => value - cost))
}
