import {
  formatScaled,
  MONEY_DIGITS,
  type MoneyE17,
  PRICE_DIGITS,
  type PriceE8,
  QUANTITY_DIGITS,
  type QuantityE9,
} from '../../domain/exact.js'
import { type ActivityChain, fillOf, orderCostOf } from './activities.js'
import { noCashFlow } from './cash-flows.js'
import type { EventFill, OrderEvent } from './order-events.js'
import { join, type Reading, read } from './table.js'

/** A fill as one of the broker's sources tells it. */
interface BrokerFill {
  readonly id: string
  readonly at: string
  readonly qty: QuantityE9
  readonly price: PriceE8
}

/** A fee that names the order; positive when it costs. */
interface OrderCost {
  readonly id: string
  readonly at: string
  readonly costs: MoneyE17
}

/** The fills of an order from the source that is believed, its fees, and what may have been said of it otherwise. */
export interface BrokerFills {
  readonly fills: readonly BrokerFill[]
  readonly orderCosts: readonly OrderCost[]
  /** Ids under which a fill may have been told before, each with an instant, that count no more. */
  readonly gone: readonly { readonly id: string; readonly at: string }[]
  /** Of the last fill, where account activities are believed. */
  readonly lastActivityAt: string | undefined
}

/**
 * Chooses where an order's fills come from: one source, never two. Account activities where they cover the row's
 * quantity, else order events. Everything that the other source could have said before is taken back, so that the
 * result does not depend on what was seen on the way.
 */
export function brokerFillsOf(
  eventFills: readonly EventFill[],
  chains: readonly ActivityChain[],
  rowQty: QuantityE9,
): BrokerFills {
  if (eventFills.length + chains.length === 0) return NOTHING_TOLD
  const byActivities = chains.flatMap(({ id, head }): BrokerFill[] => {
    const fill = fillOf(head)
    return fill === undefined ? [] : [{ id, at: head.at, ...fill }]
  })
  const byEvents = eventFills.flatMap(({ event, qty, price }): BrokerFill[] =>
    qty > 0n && price !== undefined ? [{ id: event.id, at: timeOf(event), qty, price }] : [],
  )
  const orderCosts = chains.flatMap((chain): OrderCost[] => {
    const costs = orderCostOf(chain)
    return costs === undefined ? [] : [{ id: chain.id, at: chain.head.at, costs }]
  })
  const covered = byActivities.reduce((total, { qty }) => total + qty, 0n)
  const isByActivities = covered > 0n && covered >= rowQty
  const fills = isByActivities ? byActivities : byEvents
  const told = new Set([...fills, ...orderCosts].map(({ id }) => id))
  const possible = [
    ...eventFills.map(({ event }) => ({ id: event.id, at: timeOf(event) })),
    ...chains.flatMap(({ id, otherIds, head }) => [id, ...otherIds].map((of) => ({ id: of, at: head.at }))),
  ]
  return {
    fills,
    orderCosts,
    gone: possible.filter(({ id }) => !told.has(id)),
    lastActivityAt: isByActivities ? lastOf(byActivities.map(({ at }) => at)) : undefined,
  }
}

const NOTHING_TOLD: BrokerFills = { fills: [], orderCosts: [], gone: [], lastActivityAt: undefined }

const NO_FACTS: Reading = { facts: [], rejections: [] }

function timeOf({ at, createdAt }: OrderEvent): string {
  return at ?? createdAt
}

function lastOf(times: readonly string[]): string | undefined {
  return times.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1)
}

/**
 * The facts of an order's fills, and those that take back what another source, or an earlier reading, said. A fee is a
 * fill of quantity 0, which carries nothing but its costs; until its order was known it was a fee of the account.
 */
export function fillFacts(
  { executionId, account }: { readonly executionId: string; readonly account: string },
  told: BrokerFills,
): Reading {
  if (told === NOTHING_TOLD) return NO_FACTS
  const { fills, orderCosts, gone } = told
  return join(
    ...gone.map(({ id, at }) => read('retraction', id, { of: 'fill', identity: [executionId, id], at })),
    ...fills.map(({ id, at, qty, price }) =>
      read('fill', id, {
        execution_id: executionId,
        fill_id: id,
        at,
        qty: formatScaled(qty, QUANTITY_DIGITS),
        price: formatScaled(price, PRICE_DIGITS),
      }),
    ),
    ...orderCosts.flatMap(({ id, at, costs }) => [
      noCashFlow(account, id, at),
      read('fill', id, {
        ...{ execution_id: executionId, fill_id: id, at, qty: '0', price: '1' },
        costs: formatScaled(costs, MONEY_DIGITS),
      }),
    ]),
  )
}
