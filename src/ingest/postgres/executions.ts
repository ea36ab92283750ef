import { parseScaled, QUANTITY_DIGITS } from '../../domain/exact.js'
import { activitiesOf, chainsOf } from './activities.js'
import { ORDER_ACTIVITIES_WATCH, orderActivitiesJoin } from './activity-links.js'
import { brokerFillsOf, fillFacts } from './broker-fills.js'
import { orderAccountSql } from './order-account.js'
import { ORDER_EVENTS_WATCH, orderEventsJoin } from './order-event-links.js'
import { type EventTimes, fillsOf, orderEventsOf, timesOf } from './order-events.js'
import type { TorghutSchema } from './schema.js'
import {
  type Columns,
  firstOf,
  instrumentOf,
  join,
  ownRows,
  priceOf,
  projectionOf,
  type Reading,
  type Row,
  read,
  record,
  type Table,
  text,
  type Watch,
} from './table.js'

/** Where the broker's order document may name an explicit cost, in order of trust. */
const COST_FIELDS = [
  'cost_amount',
  'explicit_cost',
  'commission',
  'fees',
  'fee_amount',
  'broker_fee',
  'total_fees',
] as const

/** Fields of the broker's order document that are read, as text; one pass over the document instead of one a field. */
const ORDER_FIELDS = [
  'submitted_at',
  'filled_at',
  'updated_at',
  'expired_at',
  'canceled_at',
  'failed_at',
  'replaced_at',
  'replaces',
  'notional',
  'limit_price',
  '_execution_adapter',
  ...COST_FIELDS,
] as const

const FINAL = new Set(['filled', 'canceled', 'cancelled', 'expired', 'rejected', 'replaced'])
/** Strategy, account and submit time are the decision's. */
const DECISIONS_WATCH: Watch = {
  name: 'trade_decisions',
  rowIds: (ids) => `SELECT id FROM executions WHERE trade_decision_id = ANY(${ids})`,
}

/**
 * Orders, one row each, rewritten in place, with the events of the order feed and the broker's activities. The strategy is reached through the
 * decision; an order without one belongs to no book. `updated_at` moves every 15 s for open orders and never dates a fill.
 */
export function executionsTable(schema: TorghutSchema): Table {
  const column = (name: string) => schema.column('executions', 't', name)
  const account = orderAccountSql(schema, 't')
  const hasEvents = schema.has('execution_order_events')
  const hasActivities = schema.has('broker_account_activities')
  const columns: Columns = {
    id: 't.id',
    version: `t.xmin::text || '/' || coalesce(d.xmin::text, '')`,
    decision_id: 't.trade_decision_id',
    strategy_id: 'd.strategy_id',
    account,
    executed_at: 'd.executed_at',
    symbol: 't.symbol',
    side: 't.side',
    order_type: 't.order_type',
    submitted_qty: 't.submitted_qty::text',
    filled_qty: 't.filled_qty::text',
    avg_fill_price: 't.avg_fill_price::text',
    status: 't.status',
    created_at: 't.created_at',
    last_update_at: 't.last_update_at',
    adapter: column('execution_actual_adapter'),
    expected_adapter: column('execution_expected_adapter'),
    ...Object.fromEntries(ORDER_FIELDS.map((field) => [`${OF_ORDER}${field}`, `o.${field}`])),
    reconciled: 'o._broker_reconcile_last_order',
    feed: 'o._order_feed_last_event',
    events: hasEvents ? 'ev.list' : 'NULL::json',
    activities: hasActivities ? 'ac.list' : 'NULL::json',
  }
  return {
    name: 'executions',
    kind: 'execution',
    joins: `LEFT JOIN trade_decisions d ON d.id = t.trade_decision_id
    LEFT JOIN LATERAL jsonb_to_record(CASE WHEN jsonb_typeof(t.raw_order) = 'object' THEN t.raw_order END)
    AS o(${ORDER_FIELDS.map((field) => `${field} text`).join(', ')}, _broker_reconcile_last_order jsonb, _order_feed_last_event jsonb) ON true
    ${hasEvents ? orderEventsJoin(schema, account) : ''} ${hasActivities ? orderActivitiesJoin(schema, account) : ''}`,
    columns,
    projection: projectionOf(columns),
    watches: [
      ownRows('executions'),
      DECISIONS_WATCH,
      ...(hasEvents ? [ORDER_EVENTS_WATCH] : []),
      ...(hasActivities ? [ORDER_ACTIVITIES_WATCH] : []),
    ],
    toFacts,
  }
}

/** Marks the fields of a row that are those of the broker's order document. */
const OF_ORDER = 'order_document_'

function orderDocumentOf(row: Row): Record<string, unknown> {
  const document: Record<string, unknown> = {}
  for (const field of ORDER_FIELDS) document[field] = row[OF_ORDER + field]
  return document
}

function toFacts(row: Row): Reading {
  const id = String(row.id)
  const account = text(row.account)
  if (account === undefined) {
    const detail = 'neither the order nor its decision names an account'
    return { facts: [], rejections: [{ kind: 'execution', id, reason: 'no_account', detail }] }
  }
  const order = orderDocumentOf(row)
  const latest = latestOrderOf(row)
  const status = String(row.status)
  const filledQty = text(row.filled_qty) ?? '0'
  const filledE9 = parseScaled(filledQty, QUANTITY_DIGITS) ?? 0n
  const events = orderEventsOf(row.events)
  const eventFills = fillsOf(events, filledE9)
  const times = timesOf(events, eventFills, filledE9)
  const fills = brokerFillsOf(eventFills, chainsOf(activitiesOf(row.activities)), filledE9)
  const submittedAt =
    times.submittedAt ?? firstOf(order, ['submitted_at']) ?? text(row.executed_at) ?? text(row.created_at)
  const filledAt = fills.lastActivityAt ?? times.filledAt ?? filledAtOf(row, status, order, latest) ?? submittedAt
  const endedAt = endedAtOf(row, status, filledAt, order, latest, times)
  return join(
    instrumentOf(row.symbol),
    read('execution', id, {
      execution_id: row.id,
      decision_id: row.decision_id,
      strategy_id: row.strategy_id,
      account,
      symbol: row.symbol,
      side: typeof row.side === 'string' ? row.side.toLowerCase() : row.side,
      order_type: row.order_type,
      limit_price: priceOf(order?.limit_price),
      submitted_qty: row.submitted_qty ?? '0',
      notional: firstOf(order, ['notional']),
      filled_qty: filledQty,
      avg_fill_price: priceOf(row.avg_fill_price),
      status,
      adapter: row.adapter ?? order?._execution_adapter,
      expected_adapter: row.expected_adapter,
      submitted_at: submittedAt,
      filled_at: filledAt,
      ended_at: endedAt,
      replaces: firstOf(order, ['replaces']),
      costs: firstOf(latest, COST_FIELDS) ?? firstOf(order, COST_FIELDS),
      at: endedAt ?? filledAt,
    }),
    fillFacts({ executionId: id, account }, fills),
  )
}

/** The newest order document: where upstream reconciled an order, the top level keeps the values of its submit. */
function latestOrderOf(row: Row): Record<string, unknown> | undefined {
  const feed = record(row.feed)
  return record(row.reconciled) ?? record(feed?.order) ?? feed
}

/** When the order's cumulative quantity was filled, in the order of trust of SOURCES ("Timestamps"); never updated_at of the row. */
function filledAtOf(
  row: Row,
  status: string,
  order: Record<string, unknown> | undefined,
  latest: Record<string, unknown> | undefined,
): string | undefined {
  const filledAt = firstOf(latest, ['filled_at']) ?? firstOf(order, ['filled_at'])
  if (filledAt !== undefined) return filledAt
  const updatedAt = status === 'filled' ? undefined : firstOf(latest ?? order, ['updated_at'])
  return updatedAt ?? (FINAL.has(status) ? text(row.last_update_at) : undefined)
}

function endedAtOf(
  row: Row,
  status: string,
  filledAt: unknown,
  order: Record<string, unknown> | undefined,
  latest: Record<string, unknown> | undefined,
  times: EventTimes,
): unknown {
  if (!FINAL.has(status)) return undefined
  if (status === 'filled') return filledAt
  const event = times.endedAt(status === 'cancelled' ? 'canceled' : status)
  if (event !== undefined) return event
  const field = { expired: 'expired_at', rejected: 'failed_at', replaced: 'replaced_at' }[status] ?? 'canceled_at'
  return firstOf(latest, [field]) ?? firstOf(order, [field]) ?? text(row.last_update_at) ?? filledAt
}
