import { type EpochMs, MINUTE_MS, SECOND_MS } from '../../domain/time.js'
import type { Random } from '../random.js'
import type { Decision, EndStatus } from './order.js'

export interface Submission {
  readonly decision: Decision
  readonly submittedAt: EpochMs
  /** When the running session ends; Infinity where it never does. */
  readonly closesAt: EpochMs
  /** When its strategy wants no order of this session to be open any more; the close where it does not mind. */
  readonly withdrawnAt: EpochMs
  readonly orderType: 'market' | 'limit'
  /** True where the broker rejects it whatever it is. */
  readonly isDoomed?: boolean
  /** True where the adapter that is meant to take it cannot. */
  readonly isRerouted?: boolean
  /** What its fills cost beyond the quote, as a ratio of the price; 0 on ordinary days. */
  readonly excessCost?: number
}

/** What becomes of an order: how it ends, after how long, what share of it fills, and in how many parts. */
export interface Fate {
  readonly status: EndStatus
  readonly endsAfterMs: number
  readonly filledShare: number
  readonly parts: number
}

const SHORTEST_PATIENCE_MS = SECOND_MS

/**
 * Market orders fill within seconds. Limit orders fill within minutes, are cancelled when their strategy has waited long
 * enough, or expire with their session; unfinished ones are often half done. A few orders are rejected.
 */
export function drawFate(submission: Submission, random: Random): Fate {
  const { orderType, submittedAt, closesAt, withdrawnAt, isDoomed = false } = submission
  if (random.chance(0.015) || isDoomed) {
    return { status: 'rejected', endsAfterMs: random.integer(30, 120), filledShare: 0, parts: 0 }
  }
  const parts = random.weighted([
    [1, 55],
    [2, 25],
    [3, 13],
    [4, 7],
  ])
  if (orderType === 'market') {
    return { status: 'filled', endsAfterMs: random.integer(300, 2_500) * parts, filledShare: 1, parts }
  }
  const longestMs = Math.max(SHORTEST_PATIENCE_MS, withdrawnAt - submittedAt - SECOND_MS)
  const patienceMs = Math.min(random.integer(45 * SECOND_MS, 9 * MINUTE_MS), longestMs)
  const filledShare = random.chance(0.4) ? random.between(0.15, 0.85) : 0
  const unfinished = { filledShare, parts: filledShare > 0 ? parts : 0 }
  const status = random.weighted<EndStatus>([
    ['filled', 64],
    ['canceled', 24],
    ['expired', 12],
  ])
  if (status === 'filled') {
    const endsAfterMs = Math.min(patienceMs, random.integer(2 * SECOND_MS, 4 * MINUTE_MS))
    return { status, endsAfterMs, filledShare: 1, parts }
  }
  const mayExpire = closesAt < Infinity && withdrawnAt >= closesAt
  if (status === 'expired' && mayExpire) return { status, endsAfterMs: closesAt - submittedAt, ...unfinished }
  return { status: 'canceled', endsAfterMs: patienceMs, ...unfinished }
}
