import { MONEY_DIGITS, toNumber } from '../../../domain/exact.js'
import type { WindowMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'

/**
 * Realised profit or loss of the fills in the window, before costs.
 *
 * Formula: Σ over the fills of the window of what each closed: side · (price − average cost) · quantity closed ·
 * multiplier, before costs.
 * Unit: USD; positive is a gain.
 * Undefined when: what was held before the first snapshot cannot be known (unknown_opening_position), or a symbol is not
 * quoted in USD.
 * Convention: average cost per symbol and book, carried through the whole history and never restarted at a window's
 * edge; a fill through zero closes the old position first. Not FIFO. What snapshots show and no fill explains is realised at
 * the mark (meta: rebased_usd).
 * Source: METRICS section 1, "Ledger"; IRS Publication 550, average basis, for the method's name.
 */
export const realizedPnl: WindowMetric = {
  name: 'realized_pnl',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_realized_pnl_usd',
  sources: ['orders'],
  summary: 'Realised profit or loss of the fills in the window by average cost, before costs.',
  compute: ({ activity, result }) => {
    const { realized, rebased, fillCount } = result()
    if (!realized.known && (realized.reason === 'currency' || activity === 'active')) return unknown(realized)
    return okMoney(realized.known ? realized.value : 0n, {
      fill_count: fillCount,
      ...(rebased === 0n ? {} : { rebased_usd: toNumber(rebased, MONEY_DIGITS) }),
    })
  },
}
