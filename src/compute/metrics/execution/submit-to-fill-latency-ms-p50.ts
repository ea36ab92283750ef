import type { WindowMetric } from '../definition.js'
import { fillLatency } from '../execution-results.js'

/**
 * Half of the orders filled completely in the window took this long from submit to last fill, or less.
 *
 * Formula: the 50th percentile (type 7: linear between the two nearest ranks) of last fill − submit.
 * Unit: milliseconds (the gauge: seconds); of one order it is its latency.
 * Undefined when: no order was filled completely in the window (no_fills, or no_orders without any), or none has both times
 * in their order (no_timestamps).
 * Convention: exact, from every order, never from buckets. An order whose fill nobody dated, or dated before its submit, is
 * left out and counted (meta: left_out, negative).
 * Source: METRICS section 4, rows 33 and 34, and fine print 8.
 */
export const submitToFillLatencyMsP50: WindowMetric = {
  name: 'submit_to_fill_latency_ms_p50',
  group: 'execution',
  unit: 'ms',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_submit_to_fill_latency_p50_seconds',
  prometheusScale: 0.001,
  sources: ['orders'],
  byAdapter: true,
  summary: 'Median of the time from submit to last fill of the orders filled completely in the window.',
  compute: (view) => fillLatency(view.execution(), 0.5),
}
