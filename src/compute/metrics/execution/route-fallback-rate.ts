import type { WindowMetric } from '../definition.js'
import { insufficient, ok } from '../definition.js'

/**
 * Share of the orders submitted in the window that another adapter took than the one that was meant to.
 *
 * Formula: orders whose actual adapter is not the expected one / orders that name both.
 * Unit: ratio, 0 to 1; higher is worse.
 * Undefined when: no order submitted in the window names both adapters (no_orders).
 * Convention: orders that name one of the two or none are in neither number. Names are compared as they stand.
 * Source: METRICS section 4, "Ours beyond the pack", and fine print 13.
 */
export const routeFallbackRate: WindowMetric = {
  name: 'route_fallback_rate',
  group: 'execution',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_route_fallback_ratio',
  sources: ['orders'],
  needs: ['adapters'],
  extended: true,
  summary: 'Share of the orders submitted in the window that took another adapter than expected.',
  compute: ({ routed: { named, fallbacks } }) =>
    named === 0 ? insufficient('no_orders') : ok(fallbacks / named, { n: named, fallbacks }),
}
