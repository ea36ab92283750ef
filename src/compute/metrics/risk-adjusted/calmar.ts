import { annualizedReturn, calmar as calmarOf } from '../../formulas/risk.js'
import { insufficient, type WindowMetric } from '../definition.js'
import { ofReturns } from '../return-results.js'

/** How much of the window's session time its observations must span. */
const NEEDED_COVERAGE = 0.8

/**
 * Annual growth of the window over its deepest drawdown.
 *
 * Formula: ((E_last / E_first)^(1 / years) − 1) / max_drawdown, flows taken out.
 * Unit: ratio; higher is better; negative when the window lost.
 * Undefined when: the account has no snapshot (no_equity), too few returns (too_few_observations), the observations span
 * less than 80 % of the window's session time (window_not_covered), or nothing fell (no_drawdown), as where nothing
 * happened and nothing was held. Only of 5d and 20d (not_defined_for_window).
 * Convention: compound annual growth rate from the first to the last value of the window's series, over the session time
 * that its returns took, divided by max_drawdown of the same window. Everything lost is a rate of −1.
 * Source: METRICS section 4, row 12; T. W. Young, "Calmar Ratio: A Smoother Tool", Futures 20(1), 1991.
 */
export const calmar: WindowMetric = {
  name: 'calmar',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'medium',
  windows: ['5d', '20d'],
  formulaVersion: 'v1',
  prometheus: 'quant_calmar_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Compound annual growth rate of the window over its deepest drawdown.',
  compute: (view) =>
    ofReturns(
      view,
      ({ series, years }, book) => {
        const { growth, coverage = 0 } = series
        if (growth === undefined) return { outcome: 'too_few_observations' }
        if (coverage < NEEDED_COVERAGE)
          return { outcome: 'window_not_covered', meta: { needed_coverage: NEEDED_COVERAGE } }
        const drawdown = book.drawdown(view)
        if (!drawdown.known) return { outcome: drawdown.reason }
        const { deepest } = drawdown.value
        const annual = annualizedReturn(growth, years)
        return {
          outcome: calmarOf(growth, years, deepest),
          meta: { growth, years, annual_return: typeof annual === 'number' ? annual : null, max_drawdown: deepest },
        }
      },
      insufficient('no_drawdown'),
    ),
}
