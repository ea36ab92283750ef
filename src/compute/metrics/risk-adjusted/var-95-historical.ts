import { SECOND_MS } from '../../../domain/time.js'
import { TAIL, valueAtRisk } from '../../formulas/risk.js'
import type { WindowMetric } from '../definition.js'
import { type EnoughReturns, ofReturns } from '../return-results.js'

/** The time that one return of a window took on average: what a value at risk is about, in seconds of session time. */
export function horizonMeta({ totalMs, values }: EnoughReturns): { horizon_seconds: number; tail: number } {
  return { horizon_seconds: totalMs / values.length / SECOND_MS, tail: TAIL }
}

/**
 * The loss that one return in twenty of the window exceeds.
 *
 * Formula: −quantile(r, 0.05), linear interpolation between order statistics (type 7).
 * Unit: ratio of equity; positive hurts; negative where even the worst returns gained; 0 when nothing happened and
 * nothing was held.
 * Undefined when: the account has no snapshot (no_equity), or too few returns (too_few_observations).
 * Convention: historical: the 5th percentile of the returns, interpolated linearly (type 7), with its sign turned. Over
 * one sampling interval, not a day: meta and the gauge beside it tell the mean time of the returns.
 * Source: METRICS section 4, row 15; P. Jorion, "Value at Risk", 3rd edition, 2006.
 */
export const var95Historical: WindowMetric = {
  name: 'var_95_historical',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'heavy',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_var_95_historical_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  besides: [
    {
      prometheus: 'quant_var_horizon_seconds',
      summary: 'Mean time of the returns that the value at risk is about, in session time.',
      key: 'horizon_seconds',
    },
  ],
  summary: 'Loss over one sampling interval that one return in twenty of the window exceeds.',
  compute: (view) =>
    ofReturns(view, (returns) => ({ outcome: valueAtRisk(returns.values), meta: horizonMeta(returns) })),
}
