import { shallowJson } from '../../lib/shallow-json.js'
import { NEWEST_REVIEW, REVIEWS_WATCH, reviewFields } from './reviews.js'
import type { TorghutSchema } from './schema.js'
import {
  type Columns,
  instrumentOf,
  join,
  ownRows,
  priceOf,
  projectionOf,
  type Reading,
  type Row,
  read,
  type Table,
  text,
} from './table.js'
import { WATCHED } from './watched.js'

/** Entries of risk_reasons that come from the broker; everything else is a veto of our own side. */
const BROKER_REASON = /^(alpaca_order_rejected|alpaca_order_submit_failed)/

/**
 * Decisions, with their newest review. There is no updated_at upstream and the status is rewritten in place, so recent rows
 * are looked at again by their row version.
 */
export function decisionsTable(schema: TorghutSchema): Table {
  const hasReviews = schema.has('llm_decision_reviews')
  const columns: Columns = {
    id: 't.id',
    version: WATCHED.trade_decisions.version,
    strategy_id: 't.strategy_id',
    account: 't.alpaca_account_label',
    symbol: 't.symbol',
    status: 't.status',
    created_at: 't.created_at',
    action: 'j.action',
    qty: 'j.qty',
    price: `j.params->>'price'`,
    risk_reasons: 'j.risk_reasons',
    review: hasReviews ? 'r.review' : 'NULL::json',
    review_versions: hasReviews ? 'r.versions' : 'NULL::json',
  }
  return {
    name: 'trade_decisions',
    kind: 'decision',
    joins: `LEFT JOIN LATERAL jsonb_to_record(CASE WHEN jsonb_typeof(t.decision_json) = 'object' THEN t.decision_json END)
    AS j(action text, qty text, params jsonb, risk_reasons jsonb) ON true ${hasReviews ? NEWEST_REVIEW : ''}`,
    columns,
    projection: projectionOf(columns),
    watches: [ownRows('trade_decisions'), ...(hasReviews ? [REVIEWS_WATCH] : [])],
    toFacts,
  }
}

function toFacts(row: Row): Reading {
  const id = String(row.id)
  if (text(row.account) === undefined)
    return { facts: [], rejections: [{ kind: 'decision', id, reason: 'no_account', detail: 'no account label' }] }
  const reasons = Array.isArray(row.risk_reasons) ? row.risk_reasons.map(reasonText) : []
  const { fields, rejections } = reviewFields(id, row.review)
  return join(
    instrumentOf(row.symbol),
    read('decision', id, {
      decision_id: row.id,
      strategy_id: row.strategy_id,
      account: row.account,
      symbol: row.symbol,
      action: row.action,
      qty: text(row.qty),
      price: priceOf(row.price),
      status: row.status,
      broker_reject_reasons: reasons.filter((reason) => BROKER_REASON.test(reason)),
      veto_reasons: reasons.filter((reason) => !BROKER_REASON.test(reason)),
      at: row.created_at,
      ...fields,
    }),
    { facts: [], rejections },
  )
}

/** Whatever stands there: a text, or what somebody has written instead of one. */
function reasonText(reason: unknown): string {
  return typeof reason === 'string' ? reason : shallowJson(reason)
}
