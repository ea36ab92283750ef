import { ratePerPeriod, sharpe } from '../../formulas/risk.js'
import { insufficient, type WindowMetric } from '../definition.js'
import { ofReturns } from '../return-results.js'

/**
 * Sharpe ratio of the returns of the window, annualised.
 *
 * Formula: mean(r − rf) / s(r − rf) × √periods_per_year; s with n − 1.
 * Unit: ratio; higher is better; negative when the mean excess return is. Never 0 for want of data, never infinite.
 * Undefined when: the account has no snapshot (no_equity), too few returns (too_few_observations), or all of them are
 * equal (zero_variance), as where nothing happened and nothing was held.
 * Convention: mean over sample deviation (n − 1) of returns less the risk-free rate of a period, times
 * √periods_per_year. The rate is annual and compounds: (1 + rate)^(1/periods_per_year) − 1. Below an hour it is noise.
 * Source: METRICS section 4, row 10; W. F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21(1), 1994.
 */
export const sharpeAnnualized: WindowMetric = {
  name: 'sharpe_annualized',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'medium',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_sharpe_annualized_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Mean excess return of the window over its standard deviation, annualised.',
  compute: (view) =>
    ofReturns(
      view,
      ({ sample, periodsPerYear, rules }) => {
        const riskFree = ratePerPeriod(rules.riskFreeAnnual, periodsPerYear)
        return {
          outcome: sharpe(sample, periodsPerYear, riskFree),
          meta: {
            risk_free_annual: rules.riskFreeAnnual,
            risk_free_per_period: riskFree,
            mean_return: sample.mean,
            deviation: sample.values.length < 2 ? null : sample.deviation,
          },
        }
      },
      insufficient('zero_variance'),
    ),
}
