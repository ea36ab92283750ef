import { downsideVolatility } from '../../formulas/risk.js'
import type { WindowMetric } from '../definition.js'
import { ofReturns } from '../return-results.js'

/**
 * How far the returns of the window fall short of the minimum acceptable one, scaled to a year.
 *
 * Formula: √(Σ min(r − MAR, 0)² / n) × √periods_per_year.
 * Unit: ratio; at least 0; 0 when no return falls short, and when nothing happened and nothing was held.
 * Undefined when: the account has no snapshot (no_equity), or too few returns (too_few_observations).
 * Convention: root of the mean of squared shortfalls over all returns, those that do not fall short included as 0, times
 * √periods_per_year. The minimum acceptable return is one of a sampling interval, 0 unless configured.
 * Source: METRICS section 4, row 9; F. A. Sortino and L. N. Price, "Performance Measurement in a Downside Risk
 * Framework", Journal of Investing 3(3), 1994.
 */
export const downsideVolatilityAnnualized: WindowMetric = {
  name: 'downside_volatility_annualized',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'medium',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_downside_volatility_annualized_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Root mean square of what the returns of the window fall short of the minimum acceptable one, annualised.',
  compute: (view) =>
    ofReturns(view, ({ values, periodsPerYear, rules }) => ({
      outcome: downsideVolatility(values, periodsPerYear, rules.marPerPeriod),
      meta: {
        minimum_acceptable_return: rules.marPerPeriod,
        below: values.filter((value) => value < rules.marPerPeriod).length,
      },
    })),
}
