import { toIso } from '../../domain/time.js'
import type { Intent, Order } from '../trading/order.js'
import { priceText, quantityText } from './decimals.js'
import type { Identity } from './identity.js'
import { type OrderView, ROW_DELAY_MS } from './order-view.js'
import { rawOrder } from './raw-order.js'
import type { Row } from './table.js'

/** The columns of executions that change after the row was made. */
export const MUTABLE_EXECUTION_COLUMNS = [
  'filled_qty',
  'avg_fill_price',
  'status',
  'raw_order',
  'last_update_at',
  'order_feed_last_event_ts',
  'order_feed_last_seq',
  'updated_at',
] as const

/** The row of an order in one of its views: cumulative quantity and average price, mutated in place. */
export function executionRow(intent: Intent, order: Order, identity: Identity, view: OrderView): Row {
  const { account, instrument, side } = intent.decision
  const toldByFeed = account.orderFeed && view.brokerAt > order.submittedAt
  return {
    id: identity.executionId,
    trade_decision_id: identity.decisionId,
    alpaca_account_label: account.label,
    alpaca_order_id: identity.brokerOrderId,
    client_order_id: identity.decisionHash,
    symbol: instrument.symbol,
    side,
    order_type: order.orderType,
    time_in_force: order.timeInForce,
    submitted_qty: quantityText(order.qtyE9),
    filled_qty: quantityText(view.fill?.filledE9 ?? 0n),
    avg_fill_price: view.fill ? priceText(view.fill.averageE8) : null,
    status: view.status,
    execution_expected_adapter: order.expectedAdapter,
    execution_actual_adapter: order.actualAdapter,
    execution_fallback_reason: order.fallbackReason ?? null,
    execution_fallback_count: order.fallbackReason === undefined ? 0 : 1,
    execution_correlation_id: identity.decisionHash.slice(0, 32),
    execution_idempotency_key: identity.decisionHash,
    execution_audit_json: null,
    raw_order: rawOrder(intent, order, identity, view),
    last_update_at: toIso(account.orderFeed ? view.brokerAt : view.writtenAt),
    order_feed_last_event_ts: toldByFeed ? toIso(view.brokerAt) : null,
    order_feed_last_seq: toldByFeed ? view.brokerAt : null,
    created_at: toIso(order.submittedAt + ROW_DELAY_MS),
    updated_at: toIso(view.writtenAt),
  }
}
