import type { MetricDefinition } from './metrics/definition.js'
import { cancelRate } from './metrics/execution/cancel-rate.js'
import { decisionToSubmitLatencyMsP50 } from './metrics/execution/decision-to-submit-latency-ms-p50.js'
import { decisionToSubmitLatencyMsP95 } from './metrics/execution/decision-to-submit-latency-ms-p95.js'
import { decisionVetoRate } from './metrics/execution/decision-veto-rate.js'
import { fillRatio } from './metrics/execution/fill-ratio.js'
import { implementationShortfallBps } from './metrics/execution/implementation-shortfall-bps.js'
import { rejectRate } from './metrics/execution/reject-rate.js'
import { routeFallbackRate } from './metrics/execution/route-fallback-rate.js'
import { slippageBpsVsMid } from './metrics/execution/slippage-bps-vs-mid.js'
import { submitToFillLatencyMsP50 } from './metrics/execution/submit-to-fill-latency-ms-p50.js'
import { submitToFillLatencyMsP95 } from './metrics/execution/submit-to-fill-latency-ms-p95.js'
import { betaVsBenchmark } from './metrics/exposure/beta-vs-benchmark.js'
import { grossExposure } from './metrics/exposure/gross-exposure.js'
import { leverageGrossOverEquity } from './metrics/exposure/leverage-gross-over-equity.js'
import { netExposure } from './metrics/exposure/net-exposure.js'
import { openPositions } from './metrics/exposure/open-positions.js'
import { positionConcentrationTop1Pct } from './metrics/exposure/position-concentration-top1-pct.js'
import { positionConcentrationTop5Pct } from './metrics/exposure/position-concentration-top5-pct.js'
import { positionHhi } from './metrics/exposure/position-hhi.js'
import { costBps } from './metrics/performance/cost-bps.js'
import { costTotal } from './metrics/performance/cost-total.js'
import { cumulativeReturn } from './metrics/performance/cumulative-return.js'
import { equity } from './metrics/performance/equity.js'
import { grossPnl } from './metrics/performance/gross-pnl.js'
import { intradayReturn } from './metrics/performance/intraday-return.js'
import { netPnl } from './metrics/performance/net-pnl.js'
import { pnlReconciliationGap } from './metrics/performance/pnl-reconciliation-gap.js'
import { realizedPnl } from './metrics/performance/realized-pnl.js'
import { tradedNotional } from './metrics/performance/traded-notional.js'
import { unrealizedPnl } from './metrics/performance/unrealized-pnl.js'
import { contextFreshnessSeconds } from './metrics/pipeline/context-freshness-seconds.js'
import { metricsPipelineLagSeconds } from './metrics/pipeline/metrics-pipeline-lag-seconds.js'
import { missingPriceRate } from './metrics/pipeline/missing-price-rate.js'
import { missingSignalRate } from './metrics/pipeline/missing-signal-rate.js'
import { taFreshnessSeconds } from './metrics/pipeline/ta-freshness-seconds.js'
import { calmar } from './metrics/risk-adjusted/calmar.js'
import { currentDrawdown } from './metrics/risk-adjusted/current-drawdown.js'
import { cvar95Historical } from './metrics/risk-adjusted/cvar-95-historical.js'
import { downsideVolatilityAnnualized } from './metrics/risk-adjusted/downside-volatility-annualized.js'
import { drawdownDurationMinutes } from './metrics/risk-adjusted/drawdown-duration-minutes.js'
import { maxDrawdown } from './metrics/risk-adjusted/max-drawdown.js'

import { sharpeAnnualized } from './metrics/risk-adjusted/sharpe-annualized.js'
import { sortinoAnnualized } from './metrics/risk-adjusted/sortino-annualized.js'
import { var95Historical } from './metrics/risk-adjusted/var-95-historical.js'
import { volatilityAnnualized } from './metrics/risk-adjusted/volatility-annualized.js'

import { avgHoldingMinutes } from './metrics/trades/avg-holding-minutes.js'
import { avgLoss } from './metrics/trades/avg-loss.js'
import { avgWin } from './metrics/trades/avg-win.js'
import { expectancyPerTrade } from './metrics/trades/expectancy-per-trade.js'
import { payoffRatio } from './metrics/trades/payoff-ratio.js'
import { profitFactor } from './metrics/trades/profit-factor.js'
import { tradeCount } from './metrics/trades/trade-count.js'
import { turnoverRatio } from './metrics/trades/turnover-ratio.js'
import { winRate } from './metrics/trades/win-rate.js'

/** Every metric there is, in the order in which frames, documents and dashboards show them. */
export const DICTIONARY: readonly MetricDefinition[] = [
  realizedPnl,
  unrealizedPnl,
  netPnl,
  grossPnl,
  cumulativeReturn,
  intradayReturn,
  costBps,
  equity,
  costTotal,
  tradedNotional,
  pnlReconciliationGap,
  volatilityAnnualized,
  downsideVolatilityAnnualized,
  sharpeAnnualized,
  sortinoAnnualized,
  calmar,
  maxDrawdown,
  drawdownDurationMinutes,
  currentDrawdown,
  var95Historical,
  cvar95Historical,
  tradeCount,
  winRate,
  profitFactor,
  avgWin,
  avgLoss,
  payoffRatio,
  expectancyPerTrade,
  turnoverRatio,
  avgHoldingMinutes,
  fillRatio,
  rejectRate,
  cancelRate,
  slippageBpsVsMid,
  implementationShortfallBps,
  decisionToSubmitLatencyMsP50,
  decisionToSubmitLatencyMsP95,
  submitToFillLatencyMsP50,
  submitToFillLatencyMsP95,
  routeFallbackRate,
  decisionVetoRate,
  grossExposure,
  netExposure,
  leverageGrossOverEquity,
  positionConcentrationTop1Pct,
  positionConcentrationTop5Pct,
  positionHhi,
  betaVsBenchmark,
  openPositions,
  taFreshnessSeconds,
  contextFreshnessSeconds,
  metricsPipelineLagSeconds,
  missingPriceRate,
  missingSignalRate,
]
