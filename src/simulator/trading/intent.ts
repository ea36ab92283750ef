import type { EpochMs } from '../../domain/time.js'
import type { IncidentLog } from '../incidents/incident-log.js'
import type { Market } from '../market/market.js'
import type { Random } from '../random.js'
import { executeOrder } from './broker.js'
import type { Decision, Intent, Refusal, Review } from './order.js'

/** Reasons of the trading system itself: none begins like the broker's. */
const VETOES = [
  'symbol_cooldown_active',
  'max_position_pct_equity_exceeded',
  'stale_signal',
  'spread_too_wide',
  'daily_loss_limit_near',
] as const
const BLOCKS = ['kill_switch_enabled', 'market_context_quality_low'] as const
const BROKER_REJECTS = [
  'alpaca_order_rejected code=40310000 reason=insufficient_buying_power',
  'alpaca_order_rejected code=42210000 reason=symbol_not_tradable',
  'alpaca_order_submit_failed TimeoutError: broker did not answer in 10 s',
] as const

/** What the broker does with an order in a storm of rejects. */
const STORM = [
  ['turns_away', 45],
  ['rejects', 45],
  ['takes', 10],
] as const
/** What fills cost beyond the quote while slippage is on. */
const EXCESS_COST = [0.007, 0.014] as const

/** How much older the market context is that a review sees while it is stale. */
const STALE_CONTEXT_SECONDS = 1_800

/** Every order that the broker rejects after the submit has this reason in its decision. */
export const REJECTED_AFTER_SUBMIT = 'alpaca_order_rejected reason=rejected_by_exchange'

export interface IntentOptions {
  /** True when the decision would take the account over its gross limit. */
  readonly overLimit: boolean
  /** True near the close, when only market orders will do. */
  readonly urgent: boolean
  readonly closesAt: EpochMs
  readonly withdrawnAt: EpochMs
  readonly market: Market
  readonly random: Random
  readonly incidents: IncidentLog
  /** Chance of its own for what an incident does, so that the draws of an ordinary day stay what they are. */
  readonly incidentRandom: Random
}

/** The fate of a decision: most become orders; some are vetoed, blocked, turned away by the broker, or forgotten. */
export function createIntent(made: Omit<Decision, 'review'>, options: IntentOptions): Intent {
  const { random, incidents, incidentRandom } = options
  const review = random.chance(made.strategy.reviewedShare) ? createReview(made.at, options) : undefined
  const decision: Decision = { ...made, review }
  const decidedAt = review?.at ?? decision.at
  const refusal = refuse(decision, decidedAt, options)
  if (refusal) return { decision, refusal, order: undefined }
  if (random.chance(0.003)) return { decision, refusal: undefined, order: undefined }
  const slow = decision.account.adapter === 'lean' ? 500 : 0
  const submittedAt = decidedAt + random.integer(110, 850) + slow
  const orderType = random.chance(0.68) || options.urgent ? 'market' : 'limit'
  const storm = incidents.isOn('reject-storm', submittedAt) ? incidentRandom.weighted<string>(STORM) : 'takes'
  if (storm === 'turns_away') return { decision, refusal: turnedAway(submittedAt, incidentRandom), order: undefined }
  const excessCost = incidents.isOn('slippage', submittedAt) ? incidentRandom.between(...EXCESS_COST) : 0
  const isRerouted = incidents.isOn('route-fallback', submittedAt)
  const { closesAt, withdrawnAt, market } = options
  const order = executeOrder(
    {
      ...{ decision, submittedAt, closesAt, withdrawnAt, orderType },
      ...{ isDoomed: storm === 'rejects', isRerouted, excessCost },
    },
    market,
    random,
  )
  return { decision, refusal: undefined, order }
}

/** The broker's answer to a submission that it does not take: it leaves no order. */
function turnedAway(submittedAt: EpochMs, random: Random): Refusal {
  const [first, second] = BROKER_REJECTS
  return { status: 'rejected', at: submittedAt + random.integer(80, 600), reasons: [random.pick([first, second])] }
}

function refuse({ review }: Decision, at: EpochMs, { random, overLimit }: IntentOptions): Refusal | undefined {
  const soon = at + random.integer(20, 160)
  const draw = random.next()
  if (review?.verdict === 'veto') return { status: 'rejected', at: soon, reasons: ['llm_veto'] }
  if (overLimit) return { status: 'rejected', at: soon, reasons: ['max_gross_exposure_exceeded'] }
  if (draw < 0.025) return { status: 'rejected', at: soon, reasons: [random.pick(VETOES)] }
  if (draw < 0.032) return { status: 'blocked', at: soon, reasons: [random.pick(BLOCKS)] }
  if (draw < 0.04)
    return { status: 'rejected', at: soon + random.integer(80, 600), reasons: [random.pick(BROKER_REJECTS)] }
  if (draw < 0.042) return { status: 'rejected', at: soon, reasons: ['decision_handler_error'] }
  return undefined
}

function createReview(decidedAt: EpochMs, { random, incidents }: IntentOptions): Review {
  const verdict = random.weighted<Review['verdict']>([
    ['approve', 86],
    ['adjust', 6],
    ['veto', 4],
    ['error', 2],
    ['abstain', 1],
    ['escalate', 1],
  ])
  const at = decidedAt + random.integer(400, 1_800)
  return {
    at,
    verdict,
    confidence: verdict === 'error' ? undefined : Math.round(random.between(0.52, 0.97) * 10_000) / 10_000,
    contextFreshnessSeconds:
      random.integer(15, 240) + (incidents.isOn('stale-context', at) ? STALE_CONTEXT_SECONDS : 0),
    contextQuality: Math.round(random.between(0.6, 1) * 1000) / 1000,
  }
}

/** When the last thing happens that concerns an intent: its symbol is busy until then. */
export function settledAt({ decision, order, refusal }: Intent): EpochMs {
  return order?.end.at ?? refusal?.at ?? decision.at
}
