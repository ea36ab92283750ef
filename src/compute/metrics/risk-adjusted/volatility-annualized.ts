import { volatility } from '../../formulas/risk.js'
import type { WindowMetric } from '../definition.js'
import { ofReturns } from '../return-results.js'

/**
 * How much the returns of the window vary, scaled to a year.
 *
 * Formula: s × √periods_per_year; s = √(Σ (r − r̄)² / (n − 1)).
 * Unit: ratio; 0.2 is 20 % a year; at least 0; 0 when nothing happened and nothing was held.
 * Undefined when: the account has no snapshot (no_equity), or there are fewer returns than configured
 * (too_few_observations; 20 by default, and never fewer than two).
 * Convention: sample standard deviation (n − 1) of simple returns between the cells of the window, deposits and
 * withdrawals taken out, times √periods_per_year, which follows from how much session time the returns took.
 * Source: METRICS section 4, row 8.
 */
export const volatilityAnnualized: WindowMetric = {
  name: 'volatility_annualized',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'medium',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_volatility_annualized_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Standard deviation of the returns of the window, annualised.',
  compute: (view) =>
    ofReturns(view, ({ sample, periodsPerYear }) => ({
      outcome: volatility(sample, periodsPerYear),
      meta: { mean_return: sample.mean, deviation: sample.values.length < 2 ? null : sample.deviation },
    })),
}
