import type { WindowMetric } from '../definition.js'
import { submitLatency } from '../execution-results.js'

/**
 * Half of the orders submitted in the window were with the broker this long after their decision, or sooner.
 *
 * Formula: the 50th percentile (type 7: linear between the two nearest ranks) of submit − decision.
 * Unit: milliseconds (the gauge: seconds); of one order it is its latency.
 * Undefined when: no order was submitted in the window (no_orders), or none has both times in their order (no_timestamps).
 * Convention: exact, from every order, never from buckets. An order without a decision, or submitted before it by another
 * clock, is left out and counted (meta: left_out, negative).
 * Source: METRICS section 4, rows 31 and 32.
 */
export const decisionToSubmitLatencyMsP50: WindowMetric = {
  name: 'decision_to_submit_latency_ms_p50',
  group: 'execution',
  unit: 'ms',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_decision_to_submit_latency_p50_seconds',
  prometheusScale: 0.001,
  sources: ['orders'],
  byAdapter: true,
  summary: 'Median of the time from decision to submit of the orders submitted in the window.',
  compute: (view) => submitLatency(view.execution(), 0.5),
}
