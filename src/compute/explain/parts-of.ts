/** What a metric can rest on; each has a file here that shows it. */
export const PART_NAMES = [
  'result',
  'fills by realized',
  'fills by notional',
  'fills by costs',
  'positions',
  'positions at start',
  'held',
  'activity',
  'costs',
  'equity',
  'account equity',
  'account equity at start',
  'account equity at T of its own',
  'earned',
  'earned since open',
  'growth',
  'growth since open',
  'reconciliation',
  'series',
  'flows',
  'equities',
  'benchmark',
  'drawdown',
  'trades',
  'ended orders',
  'sent orders',
  'fills against mid',
  'shortfall',
  'submit latencies p50',
  'submit latencies p95',
  'fill latencies p50',
  'fill latencies p95',
  'routed orders',
  'decisions',
  'coverage',
  'review',
  'instants',
] as const
export type PartName = (typeof PART_NAMES)[number]

const POSITIONS: readonly PartName[] = ['positions']
const EQUITY: readonly PartName[] = ['equity', 'account equity', 'earned since open']
const SERIES: readonly PartName[] = ['series', 'flows']
const DRAWDOWN: readonly PartName[] = ['drawdown', 'growth']
const TRADES: readonly PartName[] = ['trades']

/**
 * What each metric rests on, in the order in which one redoes it. In a table beside the metrics and not in their
 * definitions, since it says nothing of the number. What says that a book was idle stands before all of them.
 */
const PARTS_OF: Readonly<Record<string, readonly PartName[]>> = {
  realized_pnl: ['fills by realized'],
  unrealized_pnl: POSITIONS,
  net_pnl: ['result', 'costs', 'fills by realized', 'positions', 'positions at start'],
  gross_pnl: ['result', 'fills by realized', 'positions', 'positions at start'],
  cumulative_return: ['growth', 'account equity at start', 'account equity at T of its own', 'earned'],
  intraday_return: ['growth since open', 'account equity', 'earned since open'],
  cost_bps: ['costs', 'fills by costs'],
  equity: EQUITY,
  cost_total: ['costs', 'fills by costs'],
  traded_notional: ['fills by notional'],
  pnl_reconciliation_gap: ['reconciliation'],

  volatility_annualized: SERIES,
  downside_volatility_annualized: SERIES,
  sharpe_annualized: SERIES,
  sortino_annualized: SERIES,
  calmar: ['drawdown', ...SERIES],
  max_drawdown: DRAWDOWN,
  drawdown_duration_minutes: DRAWDOWN,
  current_drawdown: DRAWDOWN,
  var_95_historical: SERIES,
  cvar_95_historical: SERIES,

  trade_count: TRADES,
  win_rate: TRADES,
  profit_factor: TRADES,
  avg_win: TRADES,
  avg_loss: TRADES,
  payoff_ratio: TRADES,
  expectancy_per_trade: TRADES,
  turnover_ratio: ['fills by notional', 'equities'],
  avg_holding_minutes: TRADES,

  fill_ratio: ['ended orders'],
  reject_rate: ['sent orders'],
  cancel_rate: ['ended orders'],
  slippage_bps_vs_mid: ['fills against mid'],
  implementation_shortfall_bps: ['shortfall'],
  decision_to_submit_latency_ms_p50: ['submit latencies p50'],
  decision_to_submit_latency_ms_p95: ['submit latencies p95'],
  submit_to_fill_latency_ms_p50: ['fill latencies p50'],
  submit_to_fill_latency_ms_p95: ['fill latencies p95'],
  route_fallback_rate: ['routed orders'],
  decision_veto_rate: ['decisions'],

  gross_exposure: POSITIONS,
  net_exposure: POSITIONS,
  leverage_gross_over_equity: ['positions', ...EQUITY],
  position_concentration_top1_pct: POSITIONS,
  position_concentration_top5_pct: POSITIONS,
  position_hhi: POSITIONS,
  beta_vs_benchmark: ['benchmark', 'flows'],
  open_positions: ['held'],

  ta_freshness_seconds: ['instants'],
  context_freshness_seconds: ['review'],
  metrics_pipeline_lag_seconds: ['instants'],
  missing_price_rate: ['coverage'],
  missing_signal_rate: ['coverage'],
}

/** The parts of a metric's explanation. */
export function partsOf(metric: string): readonly PartName[] {
  return ['activity', ...(PARTS_OF[metric] ?? [])]
}
