import type { WindowMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'

/**
 * Value of everything bought and sold in the window.
 *
 * Formula: Σ abs(quantity × price × multiplier) over the fills of the window.
 * Unit: USD; never negative; two-sided.
 * Undefined when: a traded symbol is not quoted in USD (currency).
 * Convention: Σ abs(fill notional), contract multipliers included.
 * Source: METRICS section 4, "Ours beyond the pack".
 */
export const tradedNotional: WindowMetric = {
  name: 'traded_notional',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_traded_notional_usd',
  sources: ['orders'],
  extended: true,
  summary: 'Absolute notional of the fills in the window, buys and sells together.',
  compute: ({ result }) => {
    const { tradedNotional: traded, fillCount } = result()
    return traded.known ? okMoney(traded.value, { fill_count: fillCount }) : unknown(traded)
  },
}
