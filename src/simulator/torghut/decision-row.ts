import { type EpochMs, toIso } from '../../domain/time.js'
import { REJECTED_AFTER_SUBMIT } from '../trading/intent.js'
import type { Decision, Intent } from '../trading/order.js'
import { priceText, quantityText } from './decimals.js'
import type { Identity } from './identity.js'
import { ROW_DELAY_MS, viewDecision } from './order-view.js'
import type { Row } from './table.js'

/** The columns of trade_decisions that change after the row was made. */
export const MUTABLE_DECISION_COLUMNS = ['status', 'executed_at', 'decision_json'] as const

/** The row of a decision as of an instant; undefined before the decision. */
export function decisionRow(intent: Intent, identity: Identity, at: EpochMs): Row | undefined {
  const view = viewDecision(intent, at)
  if (!view) return undefined
  const { decision, order, refusal } = intent
  const refused = view.status === 'rejected' && view.submitted ? [REJECTED_AFTER_SUBMIT] : (refusal?.reasons ?? [])
  return {
    id: identity.decisionId,
    strategy_id: decision.strategy.id,
    alpaca_account_label: decision.account.label,
    symbol: decision.instrument.symbol,
    timeframe: '1Sec',
    decision_json: decisionJson(intent, view.status === 'planned' ? [] : refused),
    rationale: decision.tags.join(','),
    decision_hash: identity.decisionHash,
    status: view.status,
    created_at: toIso(decision.at),
    executed_at: view.submitted && order ? toIso(order.submittedAt + ROW_DELAY_MS) : null,
  }
}

function decisionJson({ decision, order }: Intent, reasons: readonly string[]): Row {
  const { instrument, strategy } = decision
  return {
    strategy_id: strategy.id,
    symbol: instrument.symbol,
    timeframe: '1Sec',
    event_ts: toIso(decision.signalAt),
    action: decision.side,
    qty: quantityText(decision.qtyE9),
    order_type: order?.orderType ?? 'market',
    time_in_force: order?.timeInForce ?? 'day',
    limit_price: order?.limitPriceE8 === undefined ? null : priceText(order.limitPriceE8),
    stop_price: null,
    rationale: decision.tags.join(','),
    params: paramsOf(decision),
    risk_reasons: reasons,
  }
}

function paramsOf({ signalAt, priceE8, spreadE8, qtyE9, instrument, strategy }: Decision): Row {
  return {
    price: priceText(priceE8),
    price_snapshot: {
      as_of: toIso(signalAt),
      price: priceText(priceE8),
      spread: priceText(spreadE8),
      source: 'ta_microbars',
    },
    sizing: { method: 'equity_share', share: String(strategy.positionShare) },
    portfolio_sizing: { approved_qty: quantityText(qtyE9) },
    execution_policy: { max_participation_rate: '0.1' },
    impact_assumptions: { estimate: { total_cost_bps: String(instrument.halfSpreadBps + 1) } },
  }
}
