import { roundForOutput } from '../domain/exact.js'
import type { BookFrame } from '../domain/frame.js'
import type { ReadingClock } from '../domain/instants.js'
import { decimalsOf, type MetricDescription, type MetricResult, type Reason, UNIT_DECIMALS } from '../domain/metric.js'
import { isStale, resultIn } from '../domain/reading.js'
import { SECOND_MS } from '../domain/time.js'
import type { Policy } from './catalogue.js'

/**
 * What one frame says to one policy: a value on some side of the limit; that nothing happened which could be judged; that
 * it cannot be known; or that the market is closed for a policy that sleeps then.
 */
export type Judgement =
  | { readonly kind: 'value'; readonly observed: number; readonly breaches: boolean; readonly clears: boolean }
  | { readonly kind: 'nothing_happened' }
  | { readonly kind: 'unknown'; readonly hasValue: boolean }
  | { readonly kind: 'closed' }

/** A metric and its place in the dictionary. */
export interface PlacedMetric {
  readonly metric: MetricDescription
  readonly index: number
}

/** A policy with what it reads of a frame. */
export interface ReadPolicy {
  readonly policy: Policy
  /** Undefined where the age of the frame is judged. */
  readonly placed: PlacedMetric | undefined
  /** Of which the value is a share. */
  readonly equity: PlacedMetric
}

/** Nothing happened that could be judged: no fault of the data, and an episode ends with it. */
const NATURAL: ReadonlySet<Reason> = new Set<Reason>([
  'no_fills',
  'no_losses',
  'no_orders',
  'no_positions',
  'no_trades',
  'too_few_observations',
  // A book without positions has returns, all of them 0.
  'zero_variance',
])

const UNKNOWN: Judgement = { kind: 'unknown', hasValue: false }
const NOTHING_HAPPENED: Judgement = { kind: 'nothing_happened' }

/** Judges how old a frame is. */
export function judgeAge(policy: Policy, limit: number, ageMs: number): Judgement {
  return judgeValue(policy, limit, roundForOutput(Math.max(0, ageMs) / SECOND_MS, UNIT_DECIMALS.seconds))
}

/** Judges the metric of a policy in a frame; pure. The clock stands at the instant that is judged. */
export function judgeMetric(
  read: ReadPolicy,
  placed: PlacedMetric,
  limit: number,
  frame: BookFrame,
  clock: ReadingClock,
): Judgement {
  const { policy } = read
  if (policy.recentReviewSeconds !== undefined && !hasRecentReview(policy.recentReviewSeconds, frame, clock))
    return NOTHING_HAPPENED
  const result = resultOf(placed, policy, frame, clock)
  const isOfData = policy.category === 'data'
  // What rests on a source that is silent says nothing, also where a window has become empty meanwhile.
  if (!isOfData && isStale(frame, placed.metric)) return { kind: 'unknown', hasValue: result.status === 'ok' }
  if (result.status !== 'ok') return isNatural(result, policy) ? NOTHING_HAPPENED : UNKNOWN
  const value = policy.judged === 'share_of_equity' ? shareOfEquity(result.value, read, frame, clock) : result.value
  if (value === undefined) return UNKNOWN
  const observed = roundForOutput(value * policy.scale, decimalsOf(policy.unit, frame.moneyDecimals))
  return judgeValue(policy, limit, observed, result)
}

/** A value is judged as people see it: rounded for output. Without the evidence that the policy asks for it is no breach. */
function judgeValue(policy: Policy, limit: number, observed: number, result?: MetricResult): Judgement {
  const isProven = policy.evidence.every(({ meta, atLeast }) => Number(result?.meta?.[meta] ?? 0) >= atLeast)
  const isBreach = isProven && isBeyond(policy, limit, observed)
  return {
    kind: 'value',
    observed,
    breaches: isBreach,
    clears: !isBreach && (!isProven || isClear(policy, limit, observed)),
  }
}

/** Whether a value is on the wrong side of a limit; the limit itself is allowed. */
export function isBeyond({ breaches }: Policy, limit: number, observed: number): boolean {
  return breaches === 'above' ? observed > limit : observed < limit
}

/** Whether a value is so far on the right side that it counts towards the end of an episode. */
function isClear({ breaches, clearMargin }: Policy, limit: number, observed: number): boolean {
  if (clearMargin === 0) return true
  return breaches === 'above' ? observed < limit - clearMargin : observed > limit + clearMargin
}

function resultOf(
  { metric, index }: PlacedMetric,
  { window }: Policy,
  frame: BookFrame,
  clock: ReadingClock,
): MetricResult {
  // A level is the same in every window.
  return resultIn(frame, window === 'level' ? '1d' : window, metric, index, clock)
}

function isNatural({ status, ...result }: Exclude<MetricResult, { status: 'ok' }>, { judged }: Policy): boolean {
  if (status !== 'insufficient_data') return false
  // A book that shares its account has no equity of its own that could be reconciled.
  const source = result.meta?.equity_source
  if (judged === 'share_of_equity' && source !== undefined && source !== 'account') return true
  return NATURAL.has(result.reason)
}

/** Undefined where the equity is not known, or not above 0. */
function shareOfEquity(
  value: number,
  { policy, equity }: ReadPolicy,
  frame: BookFrame,
  clock: ReadingClock,
): number | undefined {
  const result = resultOf(equity, policy, frame, clock)
  return result.status === 'ok' && result.value > 0 ? Math.abs(value) / result.value : undefined
}

/** Whether the newest reviewed decision is younger than so much session time. */
function hasRecentReview(seconds: number, { instants }: BookFrame, { now, calendar }: ReadingClock): boolean {
  const { reviewedAt } = instants
  return reviewedAt !== undefined && calendar.sessionTimeBetween(reviewedAt, now) < seconds * SECOND_MS
}
