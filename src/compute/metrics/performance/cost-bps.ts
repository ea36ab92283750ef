import { costBpsOf } from '../../formulas/performance.js'
import type { WindowMetric } from '../definition.js'
import { insufficient, unknown } from '../definition.js'

/**
 * Explicit costs of orders per traded notional.
 *
 * Formula: order costs / traded_notional × 10⁴.
 * Unit: basis points; positive is a cost.
 * Undefined when: nothing was filled in the window (no_fills), or the account has no cost record at all (no_cost_source).
 * Convention: two-sided notional; broker fees that name no order, and fees in kind, are not in it.
 * Source: METRICS section 4, row 7.
 */
export const costBps: WindowMetric = {
  name: 'cost_bps',
  group: 'performance',
  unit: 'bps',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_cost_bps',
  sources: ['orders'],
  summary: 'Explicit order costs per traded notional of the window.',
  compute: ({ result, costSource }) => {
    const { tradedNotional, orderCosts } = result()
    if (!tradedNotional.known) return unknown(tradedNotional)
    if (tradedNotional.value === 0n) return insufficient('no_fills')
    if (costSource === 'none') return insufficient('no_cost_source')
    return { ...costBpsOf(orderCosts, tradedNotional.value), meta: { cost_source: costSource } }
  },
}
