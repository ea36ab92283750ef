import type { TorghutSchema } from './schema.js'
import type { Watch } from './table.js'

/**
 * How an event finds its order: by execution_id, which is often empty, else by the broker's id of the order, else by the
 * client's, which is unique within an account. Three lookups, each by an index; one condition with OR would scan.
 */

/** A new event says something about its order, also long after the order's row was written. */
export const ORDER_EVENTS_WATCH: Watch = {
  name: 'execution_order_events',
  rowIds: (ids) => `SELECT e.execution_id FROM execution_order_events e WHERE e.id = ANY(${ids})
    UNION SELECT x.id FROM execution_order_events e JOIN executions x ON x.alpaca_order_id = e.alpaca_order_id
      WHERE e.id = ANY(${ids}) AND e.execution_id IS NULL
    UNION SELECT x.id FROM execution_order_events e JOIN executions x ON x.client_order_id = e.client_order_id
      WHERE e.id = ANY(${ids}) AND e.execution_id IS NULL`,
}

/** The events of the order `t` in the account that the SQL expression gives, as `ev.list`: oldest first, each an array. */
export function orderEventsJoin(schema: TorghutSchema, account: string): string {
  const later = ['fill_quantity_basis', 'filled_qty_delta', 'filled_notional_delta']
    .map((column) => `${schema.column('execution_order_events', 'e', column)}::text`)
    .join(', ')
  return `LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(e.id, e.event_type, e.event_ts, e.created_at, e.filled_qty::text, e.avg_fill_price::text, ${later}, e.version)
      ORDER BY e.event_ts, e.filled_qty, e.id) AS list
    FROM (
      SELECT *, xmin::text AS version FROM execution_order_events WHERE execution_id = t.id
      UNION ALL SELECT *, xmin::text FROM execution_order_events WHERE execution_id IS NULL AND alpaca_order_id = t.alpaca_order_id
      UNION ALL SELECT *, xmin::text FROM execution_order_events WHERE execution_id IS NULL AND client_order_id = t.client_order_id
        AND alpaca_account_label = ${account} AND alpaca_order_id IS DISTINCT FROM t.alpaca_order_id
        AND NOT EXISTS (SELECT FROM executions x WHERE x.alpaca_order_id = execution_order_events.alpaca_order_id)
    ) e
  ) ev ON true`
}
