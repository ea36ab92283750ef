import type { PriceE8, QuantityE9 } from '../../domain/exact.js'
import type { Side } from '../../domain/facts.js'
import type { EpochMs } from '../../domain/time.js'
import type { Instrument } from '../market/instruments.js'
import type { AccountProfile } from './accounts.js'
import type { StrategyProfile } from './strategies.js'

/** What a strategy decided, and what it knew when it did. */
export interface Decision {
  readonly number: number
  readonly strategy: StrategyProfile
  readonly account: AccountProfile
  readonly instrument: Instrument
  readonly at: EpochMs
  readonly signalAt: EpochMs
  readonly side: Side
  readonly qtyE9: QuantityE9
  readonly priceE8: PriceE8
  readonly spreadE8: PriceE8
  readonly tags: readonly string[]
  readonly review: Review | undefined
}

export const VERDICTS = ['approve', 'veto', 'adjust', 'error', 'abstain', 'escalate'] as const

/** A language model's opinion on a decision, with the age of the market context it saw. */
export interface Review {
  readonly at: EpochMs
  readonly verdict: (typeof VERDICTS)[number]
  readonly confidence: number | undefined
  readonly contextFreshnessSeconds: number
  readonly contextQuality: number
}

/** A cumulative state of an order right after one of its fills. */
export interface Fill {
  readonly at: EpochMs
  readonly filledE9: QuantityE9
  /** Cumulative average, rounded to the eight decimals of its column. */
  readonly averageE8: PriceE8
  /** Cumulative explicit costs, in 10⁻¹⁷ USD. */
  readonly costsE17: bigint
}

export const END_STATUSES = ['filled', 'canceled', 'expired', 'rejected'] as const
export type EndStatus = (typeof END_STATUSES)[number]

/** An order at the broker, with everything that will ever happen to it. */
export interface Order {
  readonly orderType: 'market' | 'limit'
  readonly timeInForce: 'day' | 'gtc'
  readonly limitPriceE8: PriceE8 | undefined
  readonly qtyE9: QuantityE9
  readonly submittedAt: EpochMs
  readonly expectedAdapter: string
  readonly actualAdapter: string
  readonly fallbackReason: string | undefined
  readonly fills: readonly Fill[]
  readonly end: { readonly at: EpochMs; readonly status: EndStatus }
  /** How long the order feed takes to tell of an event. */
  readonly feedDelayMs: number
  /** Whether the order feed's events were kept as rows, and whether those found their execution. */
  readonly events: 'none' | 'linked' | 'unlinked'
}

/** Why a decision became no order: `at` is when its row says so. */
export interface Refusal {
  readonly status: 'rejected' | 'blocked'
  readonly at: EpochMs
  readonly reasons: readonly string[]
}

/** A decision with its fate. Neither an order nor a refusal: it stays planned for ever, as after a crash. */
export interface Intent {
  readonly decision: Decision
  readonly order: Order | undefined
  readonly refusal: Refusal | undefined
}
