import { SECOND_MS, toIso } from '../../domain/time.js'
import type { Decision, Review } from '../trading/order.js'
import type { Identity } from './identity.js'
import type { Row } from './table.js'

/** A language model's review of a decision, with the market context it saw. */
export function reviewRow({ at: decidedAt }: Decision, review: Review, identity: Identity): Row {
  const riskFlags = review.contextQuality < 0.7 ? ['thin_context'] : []
  return {
    id: identity.reviewId,
    trade_decision_id: identity.decisionId,
    model: 'synthetic-reviewer',
    prompt_version: 'v3',
    input_json: {
      market_context: {
        as_of_utc: toIso(decidedAt - review.contextFreshnessSeconds * SECOND_MS),
        freshness_seconds: review.contextFreshnessSeconds,
        quality_score: review.contextQuality,
        source_count: 3,
        risk_flags: riskFlags,
      },
    },
    response_json: { verdict: review.verdict },
    verdict: review.verdict,
    confidence: review.confidence?.toFixed(4) ?? null,
    rationale: null,
    risk_flags: riskFlags,
    created_at: toIso(review.at),
  }
}
