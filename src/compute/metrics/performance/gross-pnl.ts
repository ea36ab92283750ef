import type { MoneyE17 } from '../../../domain/exact.js'
import type { Valuation } from '../../valuation.js'
import type { Activity, WindowResult } from '../../view.js'
import type { WindowMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'

interface Earning {
  readonly activity: Activity
  readonly result: () => Pick<WindowResult, 'realized' | 'unrealizedChange'>
}

/** Realised plus change of unrealised result, exact; net_pnl is this less costs. */
export function grossPnlOf({ activity, result }: Earning): Valuation<MoneyE17> {
  const { realized, unrealizedChange } = result()
  if (!realized.known && realized.reason === 'currency') return realized
  if (!unrealizedChange.known && unrealizedChange.reason === 'currency') return unrealizedChange
  if (activity === 'flat') return { known: true, value: 0n }
  if (!unrealizedChange.known) return unrealizedChange
  return realized.known ? { known: true, value: realized.value + unrealizedChange.value } : realized
}

/**
 * What the window earned before costs: realised result plus the change of the unrealised one.
 *
 * Formula: realized_pnl + (unrealised at T − unrealised at the start, marked then).
 * Unit: USD; positive is a gain; 0 when nothing happened and nothing was held.
 * Undefined when: a symbol held at either end has no mark (missing_mark), or what was held cannot be known.
 * Convention: the start is marked with the start's own marks; a position taken over from a snapshot enters at the
 * snapshot's price, so a profit made elsewhere is not counted here. gross = realized + Δunrealized holds exactly.
 * Source: METRICS section 4, row 4.
 */
export const grossPnl: WindowMetric = {
  name: 'gross_pnl',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_gross_pnl_usd',
  sources: ['orders', 'prices'],
  summary: 'Realised plus change of unrealised profit or loss in the window, before costs.',
  compute: (view) => {
    const gross = grossPnlOf(view)
    return gross.known ? okMoney(gross.value) : unknown(gross)
  },
}
