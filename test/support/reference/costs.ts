import type { ExecutionFact } from '../../../src/domain/facts.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, sum } from './exact.js'
import { COST_SOURCES, type CostSource, type Knowledge } from './knowledge.js'
import type { ReferencePositions } from './positions.js'
import { shareOf } from './sharing.js'

/** What one book paid: METRICS section 1, "Costs", and fine print 7 and 15. */
export class ReferenceCosts {
  readonly #known: Knowledge
  readonly #positions: ReferencePositions
  readonly source: CostSource | undefined

  constructor(positions: ReferencePositions) {
    this.#positions = positions
    this.#known = positions.known
    this.source = COST_SOURCES.find((source) => this.#has(source))
  }

  /** Of orders: with their fills, and of those that ended without one. */
  ofOrders(start: EpochMs, end: EpochMs): bigint {
    const { source } = this
    if (source === undefined) return 0n
    const { strategyId, account } = this.#positions.key
    const fills = [...this.#positions.fills.values()].flat().filter(({ at }) => at > start && at <= end)
    const bare = this.#known.orders.filter(
      (order) =>
        order.strategyId === strategyId &&
        order.account === account &&
        order.endedAt !== undefined &&
        order.endedAt > start &&
        order.endedAt <= end &&
        !this.#known.fills.some((fill) => fill.order.executionId === order.executionId),
    )
    return sum(fills.map(({ costs }) => costs[source])) + sum(bare.map((order) => this.ofBare(order)))
  }

  /** What an order without a fill has cost. */
  ofBare(order: ExecutionFact): bigint {
    if (this.source === 'order_records') return order.costs ?? 0n
    if (this.source !== 'broker_activities') return 0n
    return sum(this.#known.evidenceOf(order).map(({ costs }) => costs ?? 0n))
  }

  /** Everything: of orders, of the account where it names none, and what was taken in coin. */
  between(start: EpochMs, end: EpochMs): bigint {
    return this.ofOrders(start, end) + this.#ofAccount(start, end) + this.#positions.feesInKindIn(start, end)
  }

  #ofAccount(start: EpochMs, end: EpochMs): bigint {
    if (this.source !== 'broker_activities') return 0n
    const { over, under } = shareOf(this.#known, this.#positions.key)
    const fees = this.#accountFees().filter(({ at }) => at > start && at <= end)
    return sum(fees.map(({ amount }) => divide(-amount * over, under)))
  }

  /** Fees in money that name no order; those in coin show in the positions. */
  #accountFees() {
    return this.#known.cashFlows.filter(
      ({ account, kind, qty }) => account === this.#positions.key.account && kind === 'fee' && qty === undefined,
    )
  }

  /** Whether a source named any cost of the account up to T, 0 included. */
  #has(source: CostSource): boolean {
    const { at, orders, allFills, options } = this.#known
    const { account, strategyId } = this.#positions.key
    const own = orders.filter((order) => order.account === account)
    if (source === 'order_records')
      return own.some(({ costs, endedAt, executionId }) => {
        if (costs === undefined) return false
        const first = allFills.find(({ order }) => order.executionId === executionId)?.at
        return (first ?? endedAt ?? Number.POSITIVE_INFINITY) <= at
      })
    if (source === 'broker_activities')
      return (
        this.#accountFees().length > 0 ||
        own.some((order) => this.#known.evidenceOf(order).some(({ costs }) => costs !== undefined))
      )
    return options.scheduledCostIn?.(account, options.calendarOf(strategyId)) !== undefined
  }
}
