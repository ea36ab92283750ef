import { slippageBpsOf } from '../../formulas/execution.js'
import type { WindowMetric } from '../definition.js'
import { ofDollars } from '../execution-results.js'

/**
 * What the fills of the window cost more than the middle of the quote that their orders were sent into.
 *
 * Formula: Σ side × qty × (price − mid) / Σ qty × mid × 10⁴, over fills with a mid; side is +1 for a buy and −1 for a sale.
 * Unit: basis points of the mid; positive is a cost.
 * Undefined when: nothing was filled in the window (no_fills), no fill has a mid (no_mid), or one of a symbol that is not
 * quoted in USD was.
 * Convention: the mid is of the newest quote 2 to 15 seconds before the submit, if that is valid: bid above 0, ask at least
 * bid, spread at most 50 bps. meta: coverage, the share of notional with a mid, and mid_age_seconds, its mean age.
 * Source: METRICS section 4, row 29, and fine print 9; SOURCES section 2.
 */
export const slippageBpsVsMid: WindowMetric = {
  name: 'slippage_bps_vs_mid',
  group: 'execution',
  unit: 'bps',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_slippage_vs_mid_bps',
  sources: ['orders', 'signals'],
  needs: ['signals'],
  byAdapter: true,
  summary: 'What the fills of the window cost more than the middle of the quote at their submit.',
  compute: (view) => {
    const { fills } = view.execution()
    return ofDollars(fills.foreign, () => slippageBpsOf(fills))
  },
}
