import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import type { EndItem, OrderPricing } from '../execution/order-parts.js'
import { type EndedOrder, LISTED_ORDERS, orderRow, type WindowOrders } from './orders.js'
import {
  isoOrNull,
  largestFirst,
  listed,
  multiplierRow,
  priceOrNull,
  quantity,
  quantityOrNull,
  sumOf,
  usd,
} from './rows.js'

/** What an order cost against the price that it was decided on, by its parts. */
export function shortfallPart(orders: WindowOrders): ExplanationPart {
  const decided = orders.ended().filter(({ end }) => end.terms.decided === 1n)
  const lossOf = ({ end: { terms }, costs }: EndedOrder) => terms.delay + terms.execution + terms.opportunity + costs
  const sums = (some: readonly EndedOrder[]): ExplanationRow => {
    const total = (name: keyof EndItem['terms']) => usd(sumOf(some, ({ end }) => end.terms[name]))
    return {
      orders: some.length,
      delay_usd: total('delay'),
      execution_usd: total('execution'),
      opportunity_usd: total('opportunity'),
      costs_usd: usd(sumOf(some, ({ costs }) => costs)),
      shortfall_usd: usd(sumOf(some, lossOf)),
      decided_usd: total('worthDecided'),
    }
  }
  return {
    name: 'shortfall',
    about:
      'Orders that ended in the window and have a decision price: against it, what the mid at submit moved, what the fills cost beyond the mid, and what the rest missed by the end; without a mid the first two are one.',
    values: { ...sums(decided), cost_source: orders.pricing.costSource },
    list: listed(largestFirst(decided, lossOf), {
      limit: LISTED_ORDERS,
      order: 'largest shortfall first, for or against',
      row: (one) => ({ ...shortfallRow(one, orders.pricing), shortfall_usd: usd(lossOf(one)) }),
      sums,
    }),
  }
}

function shortfallRow(
  { order, end, priced, filledNotional, decided, mid, costs }: EndedOrder,
  pricing: OrderPricing,
): ExplanationRow {
  const { terms } = end
  return {
    ended_at: isoOrNull(end.at),
    ...orderRow(order),
    decided_at: isoOrNull(decided?.at),
    decision_price: priceOrNull(decided?.price),
    ordered: quantityOrNull(priced.ordered),
    filled: quantity(priced.filled),
    filled_notional_usd: usd(filledNotional),
    mid_at_submit: priceOrNull(mid?.priceE8),
    mark_at_end: priceOrNull(priced.markAtEnd?.priceE8),
    mark_source: priced.markAtEnd?.source ?? null,
    mark_at: isoOrNull(priced.markAtEnd?.at),
    ...multiplierRow(pricing.multiplierOf(order.row.symbol)),
    delay_usd: usd(terms.delay),
    execution_usd: usd(terms.execution),
    opportunity_usd: usd(terms.opportunity),
    costs_usd: usd(costs),
    decided_usd: usd(terms.worthDecided),
  }
}

/** The fills of the window against the middle of the quote that their orders were sent into. */
export function slippagePart(orders: WindowOrders): ExplanationPart {
  const fills = orders.having('fills').flatMap((seen) =>
    seen.parts.fills.flatMap(({ at, terms }, index) => {
      const fill = seen.order.fills[index]
      return fill === undefined || !orders.isInside(at) ? [] : { seen, fill, terms }
    }),
  )
  type SlippedFill = (typeof fills)[number]
  const sums = (some: readonly SlippedFill[]): ExplanationRow => ({
    fills: some.length,
    fills_with_mid: Number(sumOf(some, ({ terms }) => terms.fillsWithMid)),
    notional_usd: usd(sumOf(some, ({ terms }) => terms.notional)),
    notional_with_mid_usd: usd(sumOf(some, ({ terms }) => terms.notionalWithMid)),
    slippage_usd: usd(sumOf(some, ({ terms }) => terms.slippage)),
    at_mid_usd: usd(sumOf(some, ({ terms }) => terms.worthAtMid)),
  })
  return {
    name: 'fills_against_mid',
    about: 'The fills of the window, and the middle of the newest quote 2 to 15 seconds before their order’s submit.',
    values: sums(fills),
    list: listed(
      largestFirst(fills, ({ terms }) => terms.slippage),
      {
        limit: LISTED_ORDERS,
        order: 'largest slippage first, for or against',
        row: ({ seen: { order, mid }, fill, terms }) => ({
          at: isoOrNull(fill.at),
          ...orderRow(order),
          fill_id: fill.fillId,
          quantity: quantity(fill.quantity),
          fill_notional_usd: usd(fill.notional),
          submitted_at: isoOrNull(order.row.submittedAt),
          mid: priceOrNull(mid?.priceE8),
          mid_at: isoOrNull(mid?.at),
          ...multiplierRow(orders.pricing.multiplierOf(order.row.symbol)),
          slippage_usd: usd(terms.slippage),
          at_mid_usd: usd(terms.worthAtMid),
        }),
        sums,
      },
    ),
  }
}
