import { orderAccountSql } from './order-account.js'
import type { TorghutSchema } from './schema.js'
import type { Watch } from './table.js'

/**
 * How the broker's account activities find their order and their corrections. An activity names its order by the broker's
 * id; a correction names the activity that it stands in place of, and need not name the order.
 *
 * Corrections are few: they are gathered once a statement and looked through for each row, since no index on what they
 * correct is certain to be there. Upstream keeps the broker's order stream in the same table, under ids of its own: the
 * same fills a second time, which order events tell us already.
 */

const TABLE = 'broker_account_activities'
const ORDER_STREAM = 'trade_updates_ws'

/** The rows named and all that they correct, directly or not. */
const ANCESTORS = (ids: string) => `WITH RECURSIVE up AS (
      SELECT a.id, a.account_label, a.order_id, a.correction_of_external_id FROM ${TABLE} a WHERE a.id = ANY(${ids})
      UNION SELECT p.id, p.account_label, p.order_id, p.correction_of_external_id FROM up
        JOIN ${TABLE} p ON p.external_activity_id = up.correction_of_external_id AND p.account_label = up.account_label
    )`

/** New activities and the ones that they correct: what an activity says is told under the id of the first of its chain. */
export const ACTIVITIES_WATCH: Watch = {
  name: TABLE,
  rowIds: (ids) => `SELECT id FROM (${ANCESTORS(ids)} SELECT id FROM up) a`,
}

/** A new activity says something about the order that it, or one that it corrects, names. */
export const ORDER_ACTIVITIES_WATCH: Watch = {
  name: TABLE,
  rowIds: (ids) =>
    `SELECT id FROM (${ANCESTORS(ids)} SELECT x.id FROM up JOIN executions x ON x.alpaca_order_id = up.order_id) a`,
}

/** What is read of an activity, as a JSON array: see activitiesOf. */
function activitySql(schema: TorghutSchema, alias: string, isOfOrder: string): string {
  const later = (column: string) => `${schema.column(TABLE, alias, column)}::text`
  const numbers = ['quantity', 'price', 'net_amount'].map((column) => `${alias}.${column}::text`).join(', ')
  return `json_build_array(${alias}.external_activity_id, ${alias}.correction_of_external_id, ${alias}.activity_type, ${alias}.event_at,
    ${later('settle_date')}, ${alias}.first_observed_at, ${alias}.symbol, ${numbers}, ${later('currency')}, ${isOfOrder})`
}

function isNotOfTheStream(schema: TorghutSchema, alias: string): string {
  return `${schema.column(TABLE, alias, 'source')} IS DISTINCT FROM '${ORDER_STREAM}'`
}

/**
 * The activities of the order `t` in the account that the SQL expression gives, as `ac.list`: oldest first, each an array;
 * and as `ac.versions` the id and the version of the row of each.
 */
export function orderActivitiesJoin(schema: TorghutSchema, account: string): string {
  return `LEFT JOIN LATERAL (
    WITH RECURSIVE stray AS (
      SELECT c.id, c.account_label, c.external_activity_id, p.order_id FROM ${TABLE} c
        JOIN ${TABLE} p ON p.external_activity_id = c.correction_of_external_id AND p.account_label = c.account_label
        WHERE c.correction_of_external_id IS NOT NULL AND c.order_id IS NULL AND p.order_id IS NOT NULL
      UNION SELECT c.id, c.account_label, c.external_activity_id, s.order_id FROM stray s
        JOIN ${TABLE} c ON c.correction_of_external_id = s.external_activity_id AND c.account_label = s.account_label
        WHERE c.order_id IS NULL
    )
    SELECT json_agg(${activitySql(schema, 'a', 'true')} ORDER BY a.created_at, a.id) AS list,
      json_agg(json_build_array(a.id, a.version)) AS versions
    FROM (
      SELECT *, xmin::text AS version FROM ${TABLE} WHERE order_id = t.alpaca_order_id
      UNION ALL SELECT o.*, o.xmin::text FROM stray s JOIN ${TABLE} o ON o.id = s.id WHERE s.order_id = t.alpaca_order_id
    ) a WHERE a.account_label = ${account} AND ${isNotOfTheStream(schema, 'a')}
  ) ac ON true`
}

/** The corrections of the activity `t`, directly or not, as `co.list`: oldest first, each an array. */
export function correctionsJoin(schema: TorghutSchema): string {
  return `LEFT JOIN LATERAL (
    WITH RECURSIVE correction AS MATERIALIZED (
      SELECT * FROM ${TABLE} c WHERE c.correction_of_external_id IS NOT NULL AND ${isNotOfTheStream(schema, 'c')}
    ), below AS (
      SELECT c.id, c.external_activity_id FROM correction c
        WHERE c.correction_of_external_id = t.external_activity_id AND c.account_label = t.account_label
      UNION SELECT c.id, c.external_activity_id FROM below b
        JOIN correction c ON c.correction_of_external_id = b.external_activity_id AND c.account_label = t.account_label
    )
    SELECT json_agg(${activitySql(schema, 'a', isOfOrderSql(schema, 'a'))} ORDER BY a.created_at, a.id) AS list
    FROM correction a WHERE a.id IN (SELECT id FROM below)
  ) co ON true`
}

/** The activity `t` itself, and whether its content is told by it: not of what corrects a known one, nor of the stream. */
export function activityProjection(schema: TorghutSchema): string {
  return `json_build_object('id', t.id, 'version', t.xmin::text, 'account', t.account_label, 'activity', ${activitySql(schema, 't', isOfOrderSql(schema, 't'))},
    'corrections', co.list, 'is_first', ${isNotOfTheStream(schema, 't')} AND (t.correction_of_external_id IS NULL OR NOT EXISTS (
      SELECT FROM ${TABLE} p WHERE p.external_activity_id = t.correction_of_external_id AND p.account_label = t.account_label
        AND p.external_activity_id <> t.external_activity_id AND ${isNotOfTheStream(schema, 'p')})))`
}

/** Whether an activity other than a fill names an order that we know. */
function isOfOrderSql(schema: TorghutSchema, alias: string): string {
  return `CASE WHEN ${alias}.activity_type <> 'FILL' AND ${alias}.order_id IS NOT NULL THEN EXISTS (
      SELECT FROM executions x LEFT JOIN trade_decisions d ON d.id = x.trade_decision_id
      WHERE x.alpaca_order_id = ${alias}.order_id AND ${orderAccountSql(schema, 'x')} = ${alias}.account_label) ELSE false END`
}
