import { firstOf, instrumentOf, join, priceOf, type Row, read, record, type Table, text } from './table.js'

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
/** What upstream wrote into the account column of rows that are older than the column. */
const BACKFILLED_ACCOUNT = 'paper'

/**
 * Orders, one row each, rewritten in place. The strategy is reached through the decision; an order without one belongs
 * to no book. `updated_at` moves every 15 s for open orders and never dates a fill.
 */
export const executions: Table = {
  name: 'executions',
  joins: `LEFT JOIN trade_decisions d ON d.id = t.trade_decision_id
    LEFT JOIN LATERAL jsonb_to_record(CASE WHEN jsonb_typeof(t.raw_order) = 'object' THEN t.raw_order END)
    AS o(${ORDER_FIELDS.map((field) => `${field} text`).join(', ')}, _broker_reconcile_last_order jsonb, _order_feed_last_event jsonb) ON true`,
  projection: `json_build_object('id', t.id, 'decision_id', t.trade_decision_id, 'strategy_id', d.strategy_id,
    'account', t.alpaca_account_label, 'decision_account', d.alpaca_account_label, 'executed_at', d.executed_at,
    'symbol', t.symbol, 'side', t.side, 'order_type', t.order_type, 'submitted_qty', t.submitted_qty::text, 'filled_qty', t.filled_qty::text,
    'avg_fill_price', t.avg_fill_price::text, 'status', t.status, 'created_at', t.created_at, 'last_update_at', t.last_update_at,
    'adapter', t.execution_actual_adapter, 'expected_adapter', t.execution_expected_adapter,
    'order', json_build_object(${ORDER_FIELDS.map((field) => `'${field}', o.${field}`).join(', ')}),
    'reconciled', o._broker_reconcile_last_order, 'feed', o._order_feed_last_event)`,
  toFacts: (row) => {
    const id = String(row.id)
    const account = accountOf(row)
    if (account === undefined)
      return {
        facts: [],
        rejections: [
          {
            kind: 'execution',
            id,
            reason: 'no_account',
            detail: 'neither the order nor its decision names an account',
          },
        ],
      }
    const order = record(row.order)
    const latest = latestOrderOf(row)
    const status = String(row.status)
    const submittedAt = firstOf(order, ['submitted_at']) ?? text(row.executed_at) ?? row.created_at
    const filledAt = filledAtOf(row, status, order, latest) ?? submittedAt
    const endedAt = endedAtOf(row, status, filledAt, order, latest)
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
        filled_qty: row.filled_qty ?? '0',
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
    )
  },
}

/** The account on the order goes first, except what upstream back-filled into it. */
function accountOf(row: Row): string | undefined {
  const own = text(row.account)
  const decided = text(row.decision_account)
  return own === undefined || (own === BACKFILLED_ACCOUNT && decided !== undefined) ? decided : own
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
): unknown {
  if (!FINAL.has(status)) return undefined
  if (status === 'filled') return filledAt
  const field = { expired: 'expired_at', rejected: 'failed_at', replaced: 'replaced_at' }[status] ?? 'canceled_at'
  return firstOf(latest, [field]) ?? firstOf(order, [field]) ?? text(row.last_update_at) ?? filledAt
}
