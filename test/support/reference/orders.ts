import type { DecisionFact, ExecutionFact } from '../../../src/domain/facts.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, magnitude, sum } from './exact.js'
import type { Point, ReferenceFill } from './knowledge.js'
import type { ReferencePnl } from './pnl.js'
import type { ReferencePrices } from './prices.js'

const QUOTE_LIFETIME_MS = 12 * 86_400_000
const QUOTE_AGES_MS = { least: 2_000, most: 15_000 }
const ENDS = ['filled', 'canceled', 'cancelled', 'expired', 'replaced']

/** One order as far as it has come at T: METRICS section 1, "Orders", and fine print 8. */
export interface ReferenceOrder {
  readonly order: ExecutionFact
  readonly side: bigint
  /** Those up to T. */
  readonly fills: readonly ReferenceFill[]
  readonly filled: bigint
  readonly decision: DecisionFact | undefined
  /** When it was filled, cancelled, expired or replaced. */
  readonly endedAt: EpochMs | undefined
  readonly rejectedAt: EpochMs | undefined
}

/** The orders of one book, and the prices that they are held against. */
export class ReferenceOrders {
  readonly all: readonly ReferenceOrder[]
  readonly #pnl: ReferencePnl
  readonly #prices: ReferencePrices

  constructor(pnl: ReferencePnl) {
    const { known, key } = pnl
    this.#pnl = pnl
    // What is kept of the past is exact at the instants of orders.
    this.#prices = pnl.prices
    this.all = known.orders
      .filter(({ strategyId, account }) => strategyId === key.strategyId && account === key.account)
      .map((order): ReferenceOrder => {
        const fills = pnl
          .fillsOf(order.symbol)
          .filter((fill) => fill.at <= known.at && fill.order.executionId === order.executionId)
        const end = endOf(order, fills)
        const isOver = end !== undefined && end <= known.at
        return {
          order,
          side: order.side === 'buy' ? 1n : -1n,
          fills,
          filled: sum(fills.map(({ quantity }) => quantity)),
          decision: known.decisions.find(({ decisionId }) => decisionId === order.decisionId),
          endedAt: isOver && ENDS.includes(order.status) ? end : undefined,
          rejectedAt: isOver && order.status === 'rejected' ? end : undefined,
        }
      })
  }

  isForeign({ order }: ReferenceOrder): boolean {
    return this.#pnl.known.termsOf(order.symbol).currency !== 'USD'
  }

  multiplierOf({ order }: ReferenceOrder): bigint {
    return this.#pnl.known.termsOf(order.symbol).multiplier
  }

  /** Decision price, else limit price, else the mark when it was submitted. */
  referencePrice(one: ReferenceOrder): bigint | undefined {
    return one.decision?.price ?? one.order.limitPrice ?? this.markAt(one, one.order.submittedAt)
  }

  /** What was ordered; by an amount of money at a price. Undefined where neither says. */
  ordered({ order, filled }: ReferenceOrder, price: bigint | undefined): bigint | undefined {
    const { submittedQty, notional = 0n } = order
    const quantity =
      submittedQty > 0n
        ? submittedQty
        : notional === 0n || price === undefined
          ? undefined
          : divide(magnitude(notional), price)
    return quantity !== undefined && order.status === 'replaced' ? filled : quantity
  }

  markAt({ order: { symbol } }: ReferenceOrder, at: EpochMs): bigint | undefined {
    return this.#prices.at(symbol, this.#pnl.fillsOf(symbol), at)
  }

  /** SOURCES section 2: the newest row from 15 to 2 seconds before the submit decides. */
  midOf({ order: { symbol, submittedAt } }: ReferenceOrder): Point | undefined {
    const { at, signals } = this.#pnl.known
    if (submittedAt < at - QUOTE_LIFETIME_MS) return undefined
    const rows = [...(signals.get(symbol) ?? [])].sort((a, b) => a.at - b.at)
    const row = rows
      .filter((one) => one.at <= submittedAt - QUOTE_AGES_MS.least && one.at >= submittedAt - QUOTE_AGES_MS.most)
      .at(-1)
    if (row?.bid === undefined || row.ask === undefined || row.bid <= 0n || row.ask < row.bid) return undefined
    const twice = row.bid + row.ask
    return (row.ask - row.bid) * 2n * 10_000n > twice * 50n ? undefined : { at: row.at, price: divide(twice, 2n) }
  }

  /** What it has cost so far, by the source that counts. */
  costsOf({ order, fills }: ReferenceOrder): bigint {
    const { costs, known } = this.#pnl
    const { source } = costs
    if (source === undefined) return 0n
    if (known.allFills.some((fill) => fill.order.executionId === order.executionId))
      return sum(fills.map((fill) => fill.costs[source]))
    return costs.ofBare(order)
  }
}

function endOf(order: ExecutionFact, fills: readonly ReferenceFill[]): EpochMs | undefined {
  return order.endedAt ?? (order.status === 'filled' ? (fills.at(-1)?.at ?? order.submittedAt) : undefined)
}
