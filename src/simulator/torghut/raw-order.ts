import type { EpochMs } from '../../domain/time.js'
import type { EndStatus, Intent, Order } from '../trading/order.js'
import { brokerTime, brokerTimeOrNull, moneyText, priceText, quantityText } from './decimals.js'
import type { Identity } from './identity.js'
import type { OrderView } from './order-view.js'
import type { Row } from './table.js'

/**
 * The broker's record of an order, as kept in `executions.raw_order`.
 *
 * Accounts with the `replaced` dialect hold the latest record. The `nested` ones keep the first record at the top for
 * ever and put the latest below it: in `_order_feed_last_event.order` where there is an order feed, else in
 * `_broker_reconcile_last_order`. Costs and the adapter are added at the top in both.
 */
export function rawOrder(intent: Intent, order: Order, identity: Identity, view: OrderView): Row {
  const { account } = intent.decision
  // The client of the broker itself leaves no name.
  const isNamed = order.expectedAdapter === 'lean' || order.actualAdapter === 'lean'
  const latest = brokerRecord(intent, order, identity, view)
  const added = {
    ...(isNamed ? { _execution_adapter: order.actualAdapter } : {}),
    ...(account.costs && view.fill ? { [account.costs.key]: moneyText(view.fill.costsE17) } : {}),
  }
  if (account.orderRecord === 'replaced') return { ...latest, ...added }
  const first = brokerRecord(intent, order, identity, {
    ...{ status: 'accepted', fill: undefined, final: false },
    ...{ brokerAt: order.submittedAt, writtenAt: view.writtenAt },
  })
  if (view.brokerAt === order.submittedAt) return { ...first, ...added }
  const nested = account.orderFeed
    ? { _order_feed_last_event: { event: eventName(view), timestamp: brokerTime(view.brokerAt), order: latest } }
    : { _broker_reconcile_last_order: latest }
  return { ...first, ...added, ...nested }
}

/** What the broker's feed calls the event after which an order looks like this. */
export function eventName({ status, final, fill }: OrderView): string {
  if (!final) return fill ? 'partial_fill' : 'new'
  return status === 'filled' ? 'fill' : status
}

/** An order as the broker describes it: every number as text, every time it went through. */
function brokerRecord({ decision }: Intent, order: Order, identity: Identity, view: OrderView): Row {
  const endedAt = (status: EndStatus): EpochMs | undefined =>
    view.final && order.end.status === status ? order.end.at : undefined
  const submittedAt = brokerTime(order.submittedAt)
  return {
    id: identity.brokerOrderId,
    client_order_id: identity.decisionHash,
    created_at: submittedAt,
    updated_at: brokerTime(view.brokerAt),
    submitted_at: submittedAt,
    filled_at: brokerTimeOrNull(endedAt('filled')),
    expired_at: brokerTimeOrNull(endedAt('expired')),
    canceled_at: brokerTimeOrNull(endedAt('canceled')),
    failed_at: brokerTimeOrNull(endedAt('rejected')),
    replaced_at: null,
    asset_class: decision.instrument.assetClass,
    symbol: decision.instrument.symbol,
    notional: null,
    qty: quantityText(order.qtyE9),
    filled_qty: quantityText(view.fill?.filledE9 ?? 0n),
    filled_avg_price: view.fill ? priceText(view.fill.averageE8) : null,
    order_class: 'simple',
    type: order.orderType,
    side: decision.side,
    time_in_force: order.timeInForce,
    limit_price: order.limitPriceE8 === undefined ? null : priceText(order.limitPriceE8),
    stop_price: null,
    extended_hours: false,
    status: view.status,
  }
}
