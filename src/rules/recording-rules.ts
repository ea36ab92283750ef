import type { MetricDescription } from '../domain/metric.js'
import { acrossProcesses } from './promql.js'
import type { RecordingRule } from './rule.js'

/** Of which metrics others write queries of their own. */
const RECORDED = [
  ...['net_pnl', 'gross_pnl', 'cost_total', 'cumulative_return', 'equity', 'max_drawdown', 'current_drawdown'],
  ...['sharpe_annualized', 'sortino_annualized', 'profit_factor', 'win_rate'],
  ...['gross_exposure', 'net_exposure', 'leverage_gross_over_equity', 'position_concentration_top1_pct'],
  ...['var_95_historical', 'slippage_bps_vs_mid', 'reject_rate', 'fill_ratio'],
]

/**
 * Gauges without the labels that come and go: of their freshness, of the formula's version, of the process. A range over
 * them is one series, whatever was restarted meanwhile.
 */
export function recordingRules(dictionary: readonly MetricDescription[]): readonly RecordingRule[] {
  return RECORDED.map((name) => {
    const metric = dictionary.find((one) => one.name === name)
    if (metric === undefined) throw new Error(`no metric is called ${name}`)
    return { record: `strategy:${metric.prometheus}:latest`, expr: acrossProcesses(metric.prometheus) }
  })
}
