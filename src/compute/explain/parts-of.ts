/** What a metric can rest on; each has a file here that shows it. */
export const PART_NAMES = [
  'result',
  'fills by realized',
  'fills by notional',
  'fills by costs',
  'positions',
  'positions at start',
  'costs',
  'equity',
  'growth',
  'growth since open',
  'reconciliation',
  'series',
  'benchmark',
  'drawdown',
  'trades',
  'counts',
  'coverage',
  'review',
  'instants',
] as const
export type PartName = (typeof PART_NAMES)[number]

const POSITIONS: readonly PartName[] = ['positions']
const SERIES: readonly PartName[] = ['growth', 'series']
const DRAWDOWN: readonly PartName[] = ['drawdown', 'growth']
const TRADES: readonly PartName[] = ['trades']

/**
 * What each metric rests on, in the order in which one redoes it. In a table beside the metrics and not in their
 * definitions, since it says nothing of the number: a metric without an entry is explained by its formula, its meta and the
 * counts of its window.
 */
const PARTS_OF: Readonly<Record<string, readonly PartName[]>> = {
  realized_pnl: ['fills by realized'],
  unrealized_pnl: POSITIONS,
  net_pnl: ['result', 'costs', 'fills by realized', 'positions', 'positions at start'],
  gross_pnl: ['result', 'fills by realized', 'positions', 'positions at start'],
  cumulative_return: ['growth'],
  intraday_return: ['growth since open'],
  cost_bps: ['costs', 'fills by costs'],
  equity: ['equity'],
  cost_total: ['costs', 'fills by costs'],
  traded_notional: ['fills by notional'],
  pnl_reconciliation_gap: ['reconciliation', 'fills by realized'],

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
  turnover_ratio: ['fills by notional', 'series'],
  avg_holding_minutes: TRADES,

  gross_exposure: POSITIONS,
  net_exposure: POSITIONS,
  leverage_gross_over_equity: ['positions', 'equity'],
  position_concentration_top1_pct: POSITIONS,
  position_concentration_top5_pct: POSITIONS,
  position_hhi: POSITIONS,
  beta_vs_benchmark: ['benchmark'],
  open_positions: POSITIONS,

  ta_freshness_seconds: ['instants'],
  context_freshness_seconds: ['review'],
  metrics_pipeline_lag_seconds: ['instants'],
  missing_price_rate: ['coverage'],
  missing_signal_rate: ['coverage'],
}

const BY_DEFAULT: readonly PartName[] = ['counts']

/** The parts of a metric's explanation. */
export function partsOf(metric: string): readonly PartName[] {
  return PARTS_OF[metric] ?? BY_DEFAULT
}
