import type { MoneyE17 } from '../../domain/exact.js'
import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import type { EpochMs } from '../../domain/time.js'
import type { BookReaderOptions } from '../book-reader.js'
import { type CostSource, costsBy } from '../costs.js'
import type { NamedDecision } from '../decisions.js'
import {
  type DecidedOn,
  type EndItem,
  type FlowOrder,
  type OrderParts,
  type OrderPricing,
  type PricedEnd,
  partsOf,
  pricedEnd,
} from '../execution/order-parts.js'
import { orderPricingOf } from '../execution/order-pricing.js'
import { isoOrNull, largestFirst, listed, priceOrNull, quantity, quantityOrNull, sumOf, usd } from './rows.js'

export const LISTED_ORDERS = 50

/** (from, to]. */
export interface Span {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** One order of a book as execution figures see it at T, with the prices it is held against. */
export interface SeenOrder {
  readonly order: FlowOrder
  readonly decided: DecidedOn | undefined
  readonly mid: ReturnType<OrderPricing['midAt']>
  readonly parts: OrderParts
}

/** An order that ended in the window. */
export interface EndedOrder extends SeenOrder {
  readonly end: EndItem
  readonly priced: PricedEnd
  readonly filledNotional: MoneyE17
  /** By the source that counts. */
  readonly costs: MoneyE17
}

/** The orders of a book that something happened to in a window, each as the figures of the window take it. */
export class WindowOrders {
  readonly span: Span
  readonly pricing: OrderPricing
  readonly #orders: readonly FlowOrder[]
  readonly #options: BookReaderOptions

  constructor(options: BookReaderOptions, span: Span, costSource: CostSource | 'none') {
    this.span = span
    this.#options = options
    this.#orders = options.book.orders()
    this.pricing = orderPricingOf(options, costSource)
  }

  isInside(at: EpochMs | undefined): boolean {
    return at !== undefined && at > this.span.from && at <= this.span.to
  }

  /** Those to which one of these things happened in the window, oldest submit first. */
  having(...kinds: readonly ('submits' | 'ends' | 'rejects' | 'fills')[]): SeenOrder[] {
    return this.#orders
      .map((order) => this.#seen(order))
      .filter(({ parts }) => kinds.some((kind) => parts[kind].some(({ at }) => this.isInside(at))))
      .sort((a, b) => a.order.row.submittedAt - b.order.row.submittedAt)
  }

  ended(): EndedOrder[] {
    return this.having('ends').flatMap((seen) => {
      const [end] = seen.parts.ends
      if (end === undefined) return []
      const { row, fills } = seen.order
      const told = { row, fills: fills.filter(({ at }) => at <= this.span.to) }
      return {
        ...seen,
        end,
        priced: pricedEnd(told, end.at, seen.decided?.price, this.pricing),
        filledNotional: sumOf(told.fills, ({ notional }) => notional),
        costs: costsBy(this.pricing.costSource, end.terms),
      }
    })
  }

  /** What the broker refused in the window and no order shows. */
  rejectedDecisions(): NamedDecision[] {
    const shown = new Set(this.#orders.map(({ row }) => row.decisionId))
    const { from, to } = this.span
    return this.#options.book.decisions
      .madeIn(from, to)
      .filter(({ decisionId, isBrokerReject }) => isBrokerReject && !shown.has(decisionId))
  }

  #seen(order: FlowOrder): SeenOrder {
    const { decisionId, symbol, submittedAt } = order.row
    const decided = decisionId === undefined ? undefined : this.#options.book.decisions.find(decisionId)
    return {
      order,
      decided,
      mid: this.pricing.midAt(symbol, submittedAt),
      parts: partsOf(order, decided, this.pricing, this.span.to),
    }
  }
}

/** What tells an order from others. */
export function orderRow({ row }: FlowOrder): ExplanationRow {
  const { executionId, symbol, side, adapter } = row
  return { execution_id: executionId, symbol, side, adapter: adapter ?? null }
}

/** The orders that ended in the window: what each asked for, what it got, and what weighs it. */
export function endedPart(orders: WindowOrders): ExplanationPart {
  const ended = orders.ended()
  const sums = (some: readonly EndedOrder[]): ExplanationRow => {
    const total = (name: keyof EndItem['terms']) => sumOf(some, ({ end }) => end.terms[name])
    return {
      orders: some.length,
      cancelled_with_a_rest: Number(total('cancelled')),
      ordered: quantity(total('submitted')),
      filled: quantity(total('filled')),
      ordered_worth_usd: usd(total('submittedWorth')),
      filled_worth_usd: usd(total('filledWorth')),
      left_out: Number(total('leftOut')),
      without_reference: Number(total('unpriced')),
    }
  }
  const isByWorth = ended.every(({ end }) => end.terms.unpriced === 0n)
  return {
    name: 'ended_orders',
    about:
      'Orders that ended in the window; worth is quantity times reference price: the decision’s, else the limit, else the mark at submit.',
    values: { ...sums(ended), weighed_by: isByWorth ? 'price' : 'quantity' },
    list: listed(
      largestFirst(ended, ({ end: { terms } }) => terms.submittedWorth - terms.filledWorth),
      {
        limit: LISTED_ORDERS,
        order: 'largest unfilled worth first',
        row: ({ order, end, priced }) => ({
          ended_at: isoOrNull(end.at),
          ...orderRow(order),
          status: order.row.status,
          ordered: quantityOrNull(priced.ordered),
          filled: quantity(priced.filled),
          reference_price: priceOrNull(priced.reference?.priceE8),
          reference_source: priced.reference?.source ?? null,
          cancelled_with_a_rest: end.terms.cancelled === 1n,
        }),
        sums,
      },
    ),
  }
}

interface Sent {
  readonly row: ExplanationRow
  readonly countsAs: 'rejected' | 'submitted'
  readonly isWithoutRow: boolean
}

/** What was sent in the window, and what came back. */
export function sentPart(orders: WindowOrders): ExplanationPart {
  const ofRows = orders.having('submits', 'rejects').flatMap(({ order, parts }): Sent[] => {
    const rejectedAt = parts.rejects[0]?.at
    const isRejected = orders.isInside(rejectedAt)
    // A reject before the window is in neither number, one after T is none yet.
    if (!isRejected && rejectedAt !== undefined && rejectedAt <= orders.span.to) return []
    const countsAs = isRejected ? 'rejected' : 'submitted'
    const row = {
      ...{ counts_as: countsAs, submitted_at: isoOrNull(order.row.submittedAt) },
      ...{ rejected_at: isRejected ? isoOrNull(rejectedAt) : null, ...orderRow(order), decision_id: null },
    }
    return [{ row, countsAs, isWithoutRow: false }]
  })
  const ofDecisions = orders.rejectedDecisions().map(({ decisionId, at, symbol }): Sent => {
    const times = { counts_as: 'rejected', submitted_at: null, rejected_at: isoOrNull(at) }
    const row = { ...times, execution_id: null, symbol, side: null, adapter: null, decision_id: decisionId }
    return { row, countsAs: 'rejected', isWithoutRow: true }
  })
  const sent = [...ofDecisions, ...ofRows]
  const isReject = ({ countsAs }: Sent) => countsAs === 'rejected'
  const sums = (some: readonly Sent[]): ExplanationRow => ({
    rejected: some.filter(isReject).length,
    submitted: some.filter((one) => !isReject(one)).length,
    rejected_without_an_order: some.filter(({ isWithoutRow }) => isWithoutRow).length,
  })
  return {
    name: 'sent_orders',
    about: 'What the broker rejected in the window, and what was submitted in it and not rejected up to T.',
    values: sums(sent),
    list: listed([...sent.filter(isReject), ...sent.filter((one) => !isReject(one))], {
      limit: LISTED_ORDERS,
      order: 'rejects first, then by submit',
      row: ({ row }) => row,
      sums,
    }),
  }
}
