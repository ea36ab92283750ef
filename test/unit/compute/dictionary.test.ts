import { DICTIONARY } from '../../../src/compute/dictionary.js'
import type { Tier } from '../../../src/domain/metric.js'

type Contract = [name: string, unit: string, group: string, prometheus: string, windows: string | string[], tier?: Tier]

/** Names, units and Prometheus names of METRICS section 4: a contract with whoever reads them. */
const CONTRACT: readonly Contract[] = [
  ['realized_pnl', 'USD', 'performance', 'quant_realized_pnl_usd', 'all'],
  ['unrealized_pnl', 'USD', 'performance', 'quant_unrealized_pnl_usd', 'level'],
  ['net_pnl', 'USD', 'performance', 'quant_net_pnl_usd', 'all'],
  ['gross_pnl', 'USD', 'performance', 'quant_gross_pnl_usd', 'all'],
  ['cost_bps', 'bps', 'performance', 'quant_cost_bps', 'all'],
  ['gross_exposure', 'USD', 'exposure', 'quant_gross_exposure_usd', 'level'],
  ['net_exposure', 'USD', 'exposure', 'quant_net_exposure_usd', 'level'],
  ['position_concentration_top1_pct', 'percent', 'exposure', 'quant_position_concentration_top1_ratio', 'level'],
  ['position_concentration_top5_pct', 'percent', 'exposure', 'quant_position_concentration_top5_ratio', 'level'],
  ['position_hhi', 'ratio', 'exposure', 'quant_position_hhi_ratio', 'level'],
  ['volatility_annualized', 'ratio', 'risk_adjusted', 'quant_volatility_annualized_ratio', 'all', 'medium'],
  [
    'downside_volatility_annualized',
    'ratio',
    'risk_adjusted',
    'quant_downside_volatility_annualized_ratio',
    'all',
    'medium',
  ],
  ['sharpe_annualized', 'ratio', 'risk_adjusted', 'quant_sharpe_annualized_ratio', 'all', 'medium'],
  ['sortino_annualized', 'ratio', 'risk_adjusted', 'quant_sortino_annualized_ratio', 'all', 'medium'],
  ['calmar', 'ratio', 'risk_adjusted', 'quant_calmar_ratio', ['5d', '20d'], 'medium'],
  ['var_95_historical', 'ratio', 'risk_adjusted', 'quant_var_95_historical_ratio', 'all', 'heavy'],
  ['cvar_95_historical', 'ratio', 'risk_adjusted', 'quant_cvar_95_historical_ratio', 'all', 'heavy'],
  ['beta_vs_benchmark', 'ratio', 'exposure', 'quant_beta_vs_benchmark_ratio', ['1h', '1d', '5d', '20d'], 'heavy'],
]

test.each(CONTRACT)(
  '%s keeps its unit, group, Prometheus name and windows',
  (name, unit, group, prometheus, windows, tier: Tier = 'light') => {
    const definition = DICTIONARY.find((candidate) => candidate.name === name)
    expect(definition).toMatchObject({ unit, group, prometheus, windows, tier })
    expect(definition?.extended).toBeUndefined()
  },
)

test.each([
  ['traded_notional', 'quant_traded_notional_usd'],
  ['cost_total', 'quant_cost_usd'],
  ['open_positions', 'quant_open_positions'],
])('%s is ours beyond the pack', (name, prometheus) => {
  expect(DICTIONARY.find((candidate) => candidate.name === name)).toMatchObject({ prometheus, extended: true })
})

test('percent become ratios in the gauge, minutes and milliseconds seconds, and nothing else is scaled', () => {
  const scales: Record<string, number> = { percent: 0.01, minutes: 60, ms: 0.001 }
  for (const { unit, prometheusScale } of DICTIONARY) expect(prometheusScale).toBe(scales[unit])
})

test('no name occurs twice', () => {
  expect(new Set(DICTIONARY.map(({ name }) => name)).size).toBe(DICTIONARY.length)
  expect(new Set(DICTIONARY.map(({ prometheus }) => prometheus)).size).toBe(DICTIONARY.length)
})
