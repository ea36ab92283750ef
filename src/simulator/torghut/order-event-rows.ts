import { type EpochMs, toIso } from '../../domain/time.js'
import { hexOf, uuidOf } from '../random.js'
import type { Fill, Intent, Order } from '../trading/order.js'
import { brokerTime, moneyText, priceText, quantityText } from './decimals.js'
import type { Identity } from './identity.js'
import { type OrderView, ROW_DELAY_MS } from './order-view.js'
import { eventName } from './raw-order.js'
import type { Row } from './table.js'

/** One event of the order feed and the instant from which its row is there. */
export interface OrderEventRow {
  readonly storedAt: EpochMs
  readonly row: Row
}

/** The rows of an order's events, oldest first; none for an order whose events were not kept. */
export function orderEventRows(intent: Intent, order: Order, identity: Identity): OrderEventRow[] {
  if (order.events === 'none') return []
  return statesOf(order).map(({ view, before }, sequence) => {
    const { fill, brokerAt } = view
    const storedAt = Math.max(brokerAt + order.feedDelayMs, order.submittedAt + ROW_DELAY_MS)
    const key = `${identity.eventKey}/${sequence}`
    const { instrument, account } = intent.decision
    const delta = filledBetween(before, fill)
    const row = {
      id: uuidOf(key),
      event_fingerprint: hexOf(key),
      source_topic: 'torghut.trade-updates.v1',
      source_partition: 0,
      source_offset: null,
      alpaca_account_label: account.label,
      feed_seq: brokerAt,
      event_ts: toIso(brokerAt),
      symbol: instrument.symbol,
      alpaca_order_id: identity.brokerOrderId,
      client_order_id: identity.decisionHash,
      event_type: eventName(view),
      status: view.status,
      qty: quantityText(order.qtyE9),
      filled_qty: quantityText(fill?.filledE9 ?? 0n),
      filled_qty_delta: delta ? quantityText(delta.qtyE9) : null,
      avg_fill_price: fill ? priceText(fill.averageE8) : null,
      filled_notional_delta: delta ? moneyText(delta.notionalE17) : null,
      fill_quantity_basis: delta ? 'cumulative' : null,
      raw_event: {
        event: eventName(view),
        timestamp: brokerTime(brokerAt),
        order: { id: identity.brokerOrderId, status: view.status },
      },
      execution_id: order.events === 'linked' ? identity.executionId : null,
      trade_decision_id: order.events === 'linked' ? identity.decisionId : null,
      created_at: toIso(storedAt),
    }
    return { storedAt, row }
  })
}

/** The order right after the submit, after each fill, and at its end where that is not its last fill. */
function statesOf(order: Order): { view: OrderView; before: Fill | undefined }[] {
  const submitted: OrderView = {
    status: 'new',
    fill: undefined,
    final: false,
    brokerAt: order.submittedAt,
    writtenAt: 0,
  }
  const fills = order.fills.map((fill, index) => {
    const final = order.end.status === 'filled' && index === order.fills.length - 1
    const view: OrderView = {
      status: final ? 'filled' : 'partially_filled',
      fill,
      final,
      brokerAt: fill.at,
      writtenAt: 0,
    }
    return { view, before: order.fills[index - 1] }
  })
  const last = order.fills.at(-1)
  const end: OrderView = { status: order.end.status, fill: last, final: true, brokerAt: order.end.at, writtenAt: 0 }
  return [
    { view: submitted, before: undefined },
    ...fills,
    ...(order.end.status === 'filled' ? [] : [{ view: end, before: last }]),
  ]
}

function filledBetween(
  before: Fill | undefined,
  after: Fill | undefined,
): { qtyE9: bigint; notionalE17: bigint } | undefined {
  if (!after || before === after) return undefined
  const notionalBeforeE17 = before ? before.filledE9 * before.averageE8 : 0n
  return {
    qtyE9: after.filledE9 - (before?.filledE9 ?? 0n),
    notionalE17: after.filledE9 * after.averageE8 - notionalBeforeE17,
  }
}
