import type { MetricDescription, Unit } from '../domain/metric.js'

/** Ratios that are no share of anything: shown as they are. All others are shown in percent. */
const PLAIN_RATIOS: readonly string[] = [
  ...['sharpe_annualized', 'sortino_annualized', 'calmar', 'profit_factor', 'payoff_ratio', 'turnover_ratio'],
  ...['leverage_gross_over_equity', 'position_hhi', 'beta_vs_benchmark'],
]

/** As Grafana calls the units of gauges: percent are exported as ratios, minutes and milliseconds as seconds. */
const GRAFANA_UNITS = {
  USD: 'currencyUSD',
  ratio: 'percentunit',
  percent: 'percentunit',
  bps: 'suffix: bps',
  minutes: 's',
  ms: 's',
  seconds: 's',
  count: 'short',
} as const satisfies Record<Unit, string>

export type GrafanaUnit = (typeof GRAFANA_UNITS)[Unit] | 'none' | 'bytes' | 'ops' | 'dthms'

export function unitOf({ name, unit }: Pick<MetricDescription, 'name' | 'unit'>): GrafanaUnit {
  return PLAIN_RATIOS.includes(name) ? 'none' : GRAFANA_UNITS[unit]
}
