import { instrumentOf, join, priceOf, read, record, type Table, text } from './table.js'

/** Entries of risk_reasons that come from the broker; everything else is a veto of our own side. */
const BROKER_REASON = /^(alpaca_order_rejected|alpaca_order_submit_failed)/

/**
 * Decisions. There is no updated_at upstream and the status is rewritten in place, so recent rows are looked at again by
 * their row version.
 */
export const decisions: Table = {
  name: 'trade_decisions',
  joins: `LEFT JOIN LATERAL jsonb_to_record(CASE WHEN jsonb_typeof(t.decision_json) = 'object' THEN t.decision_json END)
    AS j(action text, qty text, params jsonb, risk_reasons jsonb) ON true`,
  projection: `json_build_object('id', t.id, 'strategy_id', t.strategy_id, 'account', t.alpaca_account_label, 'symbol', t.symbol,
    'status', t.status, 'created_at', t.created_at, 'action', j.action, 'qty', j.qty, 'price', j.params->>'price', 'risk_reasons', j.risk_reasons)`,
  toFacts: (row) => {
    const id = String(row.id)
    if (text(row.account) === undefined)
      return { facts: [], rejections: [{ kind: 'decision', id, reason: 'no_account', detail: 'no account label' }] }
    const reasons = Array.isArray(row.risk_reasons) ? row.risk_reasons.map(reasonText) : []
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
      }),
    )
  },
}

function reasonText(reason: unknown): string {
  return typeof reason === 'string' ? reason : JSON.stringify(record(reason) ?? String(reason))
}
