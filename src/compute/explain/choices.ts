import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import type { Decisions, NamedDecision } from '../decisions.js'
import { isFallback, namesBoth } from '../routing.js'
import { LISTED_ORDERS, type SeenOrder, type Span, type WindowOrders } from './orders.js'
import { isoOrNull, listed } from './rows.js'

/** The orders submitted in the window that say which way they were meant to take and which they took. */
export function routedPart(orders: WindowOrders): ExplanationPart {
  const routed = orders.having('submits').filter(({ order }) => namesBoth(order.row))
  const hasFallenBack = ({ order }: SeenOrder) => isFallback(order.row)
  const sums = (some: readonly SeenOrder[]): ExplanationRow => ({
    orders: some.length,
    by_another_adapter: some.filter(hasFallenBack).length,
  })
  return {
    name: 'routed_orders',
    about: 'Orders submitted in the window that name the adapter that was expected and the one that took them.',
    values: sums(routed),
    list: listed(
      routed.toSorted((a, b) => Number(hasFallenBack(b)) - Number(hasFallenBack(a))),
      {
        limit: LISTED_ORDERS,
        order: 'taken by another adapter first, then by submit',
        row: ({ order: { row } }) => ({
          submitted_at: isoOrNull(row.submittedAt),
          execution_id: row.executionId,
          symbol: row.symbol,
          expected_adapter: row.expectedAdapter ?? null,
          actual_adapter: row.adapter ?? null,
        }),
        sums,
      },
    ),
  }
}

/** What was decided in the window, and what became of it. */
export function decisionsPart(decisions: Decisions, { from, to }: Span): ExplanationPart {
  const made = decisions.madeIn(from, to).sort((a, b) => a.at - b.at)
  const sums = (some: readonly NamedDecision[]): ExplanationRow => ({
    decisions: some.length,
    vetoed: some.filter(({ isVetoed }) => isVetoed).length,
  })
  return {
    name: 'decisions',
    about:
      'What was decided in the window; vetoed is what was rejected or blocked for a reason that is not the broker’s.',
    values: sums(made),
    list: listed(
      made.toSorted((a, b) => Number(b.isVetoed) - Number(a.isVetoed)),
      {
        limit: LISTED_ORDERS,
        order: 'vetoed first, then by time',
        row: ({ decisionId, at, symbol, status, isVetoed, isBrokerReject }) => ({
          ...{ at: isoOrNull(at), decision_id: decisionId, symbol, status },
          ...{ vetoed: isVetoed, refused_by_broker: isBrokerReject },
        }),
        sums,
      },
    ),
  }
}
