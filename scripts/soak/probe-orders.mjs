// Orders of the soak's own, in a book of their own: each is of the same amount, so the book's traded notional says how many
// the exporter has counted, and the table says how many there are. Buys and sells in turn, so that the book stays flat.
import { randomUUID } from 'node:crypto'
import { seriesOf } from './metrics-page.mjs'

export const PROBE_STRATEGY = '5e7a4f00-0000-4000-8000-50a4b00c0001'
export const PROBE_ACCOUNT = 'probe'
export const PROBE_SYMBOL = 'BTC/USD'
const QUANTITY = '0.01'
const PRICE_USD = 100_000
export const PROBE_NOTIONAL_USD = Number(QUANTITY) * PRICE_USD
/** A row of the future would wait for its time: stamps stay behind the clock. */
const STAMP_BEHIND_MS = 60

export async function createProbeBook(client, atMs) {
  await client.query(
    `INSERT INTO strategies (id, name, description, enabled, base_timeframe, universe_type, created_at, updated_at)
     VALUES ($1, 'probe', 'synthetic: rows that are timed and counted', true, '1Sec', 'static', $2, $2)`,
    [PROBE_STRATEGY, new Date(atMs).toISOString()],
  )
}

/** A decision and its filled order, in one statement. */
export async function writeProbeOrder(client, index, nowMs) {
  const [decisionId, hash] = [randomUUID(), randomUUID()]
  const at = new Date(nowMs - STAMP_BEHIND_MS).toISOString()
  const side = index % 2 === 0 ? 'buy' : 'sell'
  const raw = { id: hash, status: 'filled', submitted_at: at, filled_at: at, updated_at: at, filled_qty: QUANTITY }
  await client.query(
    `WITH decided AS (
       INSERT INTO trade_decisions
         (id, strategy_id, alpaca_account_label, symbol, timeframe, decision_json, status, created_at, decision_hash)
       VALUES ($1, $2, $3, $4, '1Sec', $5, 'filled', $6, $7) RETURNING id
     )
     INSERT INTO executions
       (id, trade_decision_id, alpaca_account_label, alpaca_order_id, client_order_id, symbol, side, order_type,
        time_in_force, submitted_qty, filled_qty, avg_fill_price, status, raw_order, execution_expected_adapter,
        execution_actual_adapter, execution_fallback_count, last_update_at, created_at, updated_at)
     SELECT $8, id, $3, $7, $7, $4, $9, 'market', 'day', $10, $10, $11, 'filled', $12, 'alpaca', 'alpaca', 0, $6, $6, $6
     FROM decided`,
    [
      ...[decisionId, PROBE_STRATEGY, PROBE_ACCOUNT, PROBE_SYMBOL],
      ...[{ action: side, qty: QUANTITY, risk_reasons: [] }, at, hash],
      ...[randomUUID(), side, QUANTITY, PRICE_USD, raw],
    ],
  )
}

/** Orders of the probe that the table holds. */
export async function countProbeOrders(client) {
  const { rows } = await client.query(
    `SELECT count(*)::int AS count FROM executions WHERE alpaca_account_label = $1 AND symbol = $2 AND status = 'filled'`,
    [PROBE_ACCOUNT, PROBE_SYMBOL],
  )
  return rows[0].count
}

/** Orders of the probe that a page of metrics shows. */
export function probesIn(page) {
  const notional = seriesOf(page, 'quant_traded_notional_usd', `strategy_id="${PROBE_STRATEGY}"`, 'window="1d"') ?? 0
  return Math.round(notional / PROBE_NOTIONAL_USD)
}
