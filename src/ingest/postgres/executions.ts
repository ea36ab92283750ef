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

/** Where it says when an order ended, by the row's status; else under canceled_at. */
const END_FIELDS: Readonly<Record<string, string>> = {
  expired: 'expired_at',
  rejected: 'failed_at',
  replaced: 'replaced_at',
}
const CANCELED_AT = 'canceled_at'

/** Fields of it that are read as they are. */
const ORDER_FIELDS = ['submitted_at', 'filled_at', 'replaces', 'notional', 'limit_price'] as const

/** Fields of it that are read where nothing better is told. */
const LAST_RESORTS = ['updated_at', '_execution_adapter'] as const

/** All that is read of it, as text: one pass over the document instead of one a field. */
const DOCUMENT_FIELDS = [...ORDER_FIELDS, ...LAST_RESORTS, ...Object.values(END_FIELDS), CANCELED_AT, ...COST_FIELDS]

/** The document says when the order was submitted, and when all of it was filled: nothing else is asked then. */
const SUBMIT_IS_TOLD = `coalesce(o.submitted_at, '') <> ''`
const FILL_IS_TOLD = `t.status = 'filled' AND coalesce(o.filled_at, '') <> ''`

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
    symbol: 't.symbol',
    side: 't.side',
    order_type: 't.order_type',
    submitted_qty: 't.submitted_qty::text',
    filled_qty: 't.filled_qty::text',
    avg_fill_price: 't.avg_fill_price::text',
    status: 't.status',
    adapter: `coalesce(${column('execution_actual_adapter')}, o._execution_adapter)`,
    expected_adapter: column('execution_expected_adapter'),
    ...Object.fromEntries(ORDER_FIELDS.map((field) => [`order_document_${field}`, `o.${field}`])),
    // A column costs as much as a document of some fields, so what can be chosen here is not chosen later, and what most
    // rows do not need is left out of them.
    executed_at: `CASE WHEN ${SUBMIT_IS_TOLD} THEN NULL ELSE d.executed_at END`,
    created_at: `CASE WHEN ${SUBMIT_IS_TOLD} OR d.executed_at IS NOT NULL THEN NULL ELSE t.created_at END`,
    last_update_at: `CASE WHEN ${FILL_IS_TOLD} THEN NULL ELSE t.last_update_at END`,
    order_document_updated_at: `CASE WHEN t.status = 'filled' THEN NULL ELSE o.updated_at END`,
    order_costs: `coalesce(${COST_FIELDS.map((field) => `nullif(o.${field}, '')`)})`,
    order_ended_at: `CASE t.status ${Object.entries(END_FIELDS)
      .map(([status, field]) => `WHEN '${status}' THEN o.${field}`)
      .join(' ')} ELSE o.${CANCELED_AT} END`,
    reconciled: 'o._broker_reconcile_last_order',
    feed: 'o._order_feed_last_event',
    events: hasEvents ? 'ev.list' : 'NULL::json',
    activities: hasActivities ? 'ac.list' : 'NULL::json',
    activity_versions: hasActivities ? 'ac.versions' : 'NULL::json',
  }
  return {
    name: 'executions',
    kind: 'execution',
    joins: `LEFT JOIN trade_decisions d ON d.id = t.trade_decision_id
    LEFT JOIN LATERAL jsonb_to_record(CASE WHEN jsonb_typeof(t.raw_order) = 'object' THEN t.raw_order END)
    AS o(${DOCUMENT_FIELDS.map((field) => `${field} text`).join(', ')}, _broker_reconcile_last_order jsonb, _order_feed_last_event jsonb) ON true
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

function toFacts(row: Row): Reading {
  const id = String(row.id)
  const account = text(row.account)
  if (account === undefined) {
    const detail = 'neither the order nor its decision names an account'
    return { facts: [], rejections: [{ kind: 'execution', id, reason: 'no_account', detail }] }
  }
  const latest = latestOrderOf(row)
  const status = String(row.status)
  const filledQty = text(row.filled_qty) ?? '0'
  const filledE9 = parseScaled(filledQty, QUANTITY_DIGITS) ?? 0n
  const events = orderEventsOf(row.events)
  const eventFills = fillsOf(events, filledE9)
  const times = timesOf(events, eventFills, filledE9)
  const fills = brokerFillsOf(eventFills, chainsOf(activitiesOf(row.activities)), filledE9)
  const submittedAt =
    times.submittedAt ?? text(row.order_document_submitted_at) ?? text(row.executed_at) ?? text(row.created_at)
  const filledAt = fills.lastActivityAt ?? times.filledAt ?? filledAtOf(row, status, latest) ?? submittedAt
  const endedAt = endedAtOf(row, status, filledAt, latest, times)
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
      limit_price: priceOf(row.order_document_limit_price),
      submitted_qty: row.submitted_qty ?? '0',
      notional: text(row.order_document_notional),
      filled_qty: filledQty,
      avg_fill_price: priceOf(row.avg_fill_price),
      status,
      adapter: row.adapter,
      expected_adapter: row.expected_adapter,
      submitted_at: submittedAt,
      filled_at: filledAt,
      ended_at: endedAt,
      replaces: text(row.order_document_replaces),
      costs: firstOf(latest, COST_FIELDS) ?? text(row.order_costs),
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
function filledAtOf(row: Row, status: string, latest: Record<string, unknown> | undefined): string | undefined {
  const filledAt = text(latest?.filled_at) ?? text(row.order_document_filled_at)
  if (filledAt !== undefined) return filledAt
  const updatedAt =
    status === 'filled' ? undefined : text(latest === undefined ? row.order_document_updated_at : latest.updated_at)
  return updatedAt ?? (FINAL.has(status) ? text(row.last_update_at) : undefined)
}

function endedAtOf(
  row: Row,
  status: string,
  filledAt: unknown,
  latest: Record<string, unknown> | undefined,
  times: EventTimes,
): unknown {
  if (!FINAL.has(status)) return undefined
  if (status === 'filled') return filledAt
  const event = times.endedAt(status === 'cancelled' ? 'canceled' : status)
  if (event !== undefined) return event
  return (
    text(latest?.[END_FIELDS[status] ?? CANCELED_AT]) ??
    text(row.order_ended_at) ??
    text(row.last_update_at) ??
    filledAt
  )
}
