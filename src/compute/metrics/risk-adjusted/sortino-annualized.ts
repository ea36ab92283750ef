import { downsideVolatility, sortino } from '../../formulas/risk.js'
import { insufficient, type WindowMetric } from '../definition.js'
import { ofReturns } from '../return-results.js'

/**
 * Sortino ratio of the returns of the window, annualised.
 *
 * Formula: mean(r − MAR) × periods_per_year / downside_volatility_annualized.
 * Unit: ratio; higher is better; negative when returns are below the minimum acceptable one on average.
 * Undefined when: the account has no snapshot (no_equity), too few returns (too_few_observations), or none of them falls
 * short (no_downside), as where nothing happened and nothing was held.
 * Convention: mean of returns less the minimum acceptable one, times periods_per_year, over the downside volatility of
 * the same window.
 * Source: METRICS section 4, row 11; F. A. Sortino and L. N. Price, "Performance Measurement in a Downside Risk
 * Framework", Journal of Investing 3(3), 1994.
 */
export const sortinoAnnualized: WindowMetric = {
  name: 'sortino_annualized',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'medium',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_sortino_annualized_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Mean return of the window above the minimum acceptable one over the downside volatility, annualised.',
  compute: (view) =>
    ofReturns(
      view,
      ({ values, sample, periodsPerYear, rules }) => {
        const downside = downsideVolatility(values, periodsPerYear, rules.marPerPeriod)
        return {
          outcome: sortino(sample, periodsPerYear, rules.marPerPeriod),
          meta: {
            minimum_acceptable_return: rules.marPerPeriod,
            mean_return: sample.mean,
            downside_volatility: typeof downside === 'number' ? downside : null,
          },
        }
      },
      insufficient('no_downside'),
    ),
}
