import fc from 'fast-check'
import { barRunSpec, decisionSpec } from './history-specs.js'

/** What is drawn of signals, decisions and routes, besides what moves positions and prices. */

/** Like a run of bars, with quotes that are wide, crossed or missing here and there. */
export const signalRunSpec = fc.record({
  run: barRunSpec,
  /** Hundredths of a basis point between bid and ask; 5 000 is the widest that can be believed. */
  spreads: fc.array(fc.constantFrom(0, 100, 4_999, 5_000, 5_100, -100, null), { minLength: 12, maxLength: 12 }),
  source: fc.constantFrom('ta', 'ta', 'ta', 'ws'),
})

export const reviewedDecisionSpec = fc.record({
  decision: decisionSpec,
  symbol: fc.constantFrom(0, 0, 0, 1, 1, 2),
  status: fc.constantFrom('planned', 'submitted', 'rejected', 'blocked', 'filled'),
  vetoes: fc.constantFrom([], [], ['max_notional']),
  refusals: fc.constantFrom([], [], ['alpaca_order_rejected: no']),
  reviewedAfterMs: fc.constantFrom(undefined, 0, 400, 61_000, 90 * 60_000),
  freshnessSeconds: fc.constantFrom(undefined, 0, 12.5, 301),
})

export type SignalRunSpec = typeof signalRunSpec extends fc.Arbitrary<infer Spec> ? Spec : never
export type ReviewedDecisionSpec = typeof reviewedDecisionSpec extends fc.Arbitrary<infer Spec> ? Spec : never
