import type { AlertWindow, Severity } from '../domain/alerts.js'
import type { Unit } from '../domain/metric.js'

export const POLICY_KEYS = [
  'max_drawdown_1d',
  'min_sharpe_5d',
  'max_slippage_bps_15m',
  'max_reject_rate_15m',
  'max_pipeline_lag_seconds',
  'max_ta_freshness_seconds',
  'missing_update_seconds',
  'max_leverage',
  'max_gross_exposure_usd',
  'max_concentration_top1',
  'max_var_95',
  'max_context_freshness_seconds',
  'max_route_fallback_15m',
  'pnl_reconciliation',
] as const
export type PolicyKey = (typeof POLICY_KEYS)[number]

export const POLICY_CATEGORIES = ['strategy', 'execution', 'risk_limit', 'data'] as const
export type PolicyCategory = (typeof POLICY_CATEGORIES)[number]

/** An episode lasts at least this long: a breach of a second is still there when somebody scrapes. */
export const MIN_OPEN_SECONDS = 90
/** A value that is missing because nothing happened ends an episode after so long. */
export const NATURAL_CLEAR_SECONDS = 300

/**
 * What of a metric is held against the limit: its value; its size as a share of the book's equity; or, of no metric at
 * all, the age of the book's frame.
 */
export type Judged = 'value' | 'share_of_equity' | 'frame_age'

/** A number of a result's meta that has to be reached before the value can breach: few observations prove nothing. */
export interface Evidence {
  readonly meta: string
  readonly atLeast: number
  /** As people are told: "at least 5 fills with a mid". */
  readonly text: string
}

/** One policy: limits, gauges, rules, messages and documents are made from it. */
export interface Policy {
  readonly key: PolicyKey
  /** Also the name of its runbook. */
  readonly alert: string
  readonly judged: Judged
  /** A name of the dictionary; `frame_age_seconds` where the frame itself is judged. */
  readonly metric: string
  readonly window: AlertWindow
  /** On which side of the limit a value breaches. The limit itself is allowed. */
  readonly breaches: 'above' | 'below'
  /** In `unit`; undefined: off until configuration gives one. */
  readonly limit: number | undefined
  /** How far a value must be on the right side of the limit to count towards the end of an episode. */
  readonly clearMargin: number
  /** So many frames in a row open an episode, and so many good ones close it. */
  readonly frames: number
  readonly evidence: readonly Evidence[]
  /** Judged only while the newest reviewed decision is younger than this, in session time. */
  readonly recentReviewSeconds: number | undefined
  readonly severity: Severity
  readonly category: PolicyCategory
  /** Judged in session only; its alert is silent, and inhibited, while the market is closed. */
  readonly isSessionAware: boolean
  /** Of limit and observed value; what is in percent elsewhere is a ratio here, like the gauge. */
  readonly unit: Unit
  /** The observed value per unit of the metric's. */
  readonly scale: number
  /** What configuration may set. */
  readonly range: { readonly min: number; readonly max: number }
  /** The environment variable that sets it for all books, where there is one. */
  readonly variable: string | undefined
  /** Begins sentences: "Drawdown is 6.2 %, over the limit of 5 %." */
  readonly subject: string
  /** What the alert says in a sentence, without numbers. */
  readonly summary: string
  /** What the limit is about, for documents. */
  readonly description: string
}

const VARIABLE_PREFIX = 'JANGAR_TORGHUT_QUANT_POLICY_'

/** The parts that most policies share. */
const COMMON = {
  judged: 'value',
  breaches: 'above',
  clearMargin: 0,
  frames: 1,
  evidence: [],
  recentReviewSeconds: undefined,
  isSessionAware: false,
  scale: 1,
  variable: undefined,
} as const satisfies Partial<Policy>

const RATIO = { unit: 'ratio', range: { min: 0, max: 1 } } as const satisfies Partial<Policy>
const SECONDS = { unit: 'seconds', range: { min: 0, max: 86_400 } } as const satisfies Partial<Policy>

/** Of a machine: judged whatever the quality of the values, since what they measure is staleness. */
const DATA = { ...COMMON, category: 'data', isSessionAware: true } as const satisfies Partial<Policy>
/** Without a limit until somebody sets one. */
const RISK_LIMIT = { ...COMMON, category: 'risk_limit', limit: undefined, frames: 2 } as const satisfies Partial<Policy>

/** Every policy there is, with its default limit. */
export const POLICIES: Readonly<Record<PolicyKey, Policy>> = {
  max_drawdown_1d: {
    ...COMMON,
    ...RATIO,
    key: 'max_drawdown_1d',
    alert: 'QuantDrawdownOverLimit',
    metric: 'max_drawdown',
    window: '1d',
    limit: 0.05,
    frames: 2,
    severity: 'critical',
    category: 'strategy',
    variable: `${VARIABLE_PREFIX}MAX_DRAWDOWN_1D`,
    subject: 'Drawdown',
    summary: 'Drawdown is over its limit.',
    description: 'The deepest fall of equity from a peak within the trading day, as a ratio: 0.05 is 5 %.',
  },
  min_sharpe_5d: {
    ...COMMON,
    key: 'min_sharpe_5d',
    alert: 'QuantSharpeUnderLimit',
    metric: 'sharpe_annualized',
    window: '5d',
    breaches: 'below',
    limit: 0,
    clearMargin: 0.1,
    frames: 3,
    severity: 'warning',
    category: 'strategy',
    unit: 'ratio',
    range: { min: -100, max: 100 },
    variable: `${VARIABLE_PREFIX}MIN_SHARPE_5D`,
    subject: 'Sharpe ratio',
    summary: 'Sharpe ratio is under its limit.',
    description: 'The least annualised Sharpe ratio of five trading days; an alert clears 0.1 above it.',
  },
  max_slippage_bps_15m: {
    ...COMMON,
    key: 'max_slippage_bps_15m',
    alert: 'QuantSlippageOverLimit',
    metric: 'slippage_bps_vs_mid',
    window: '15m',
    limit: 50,
    evidence: [
      { meta: 'n', atLeast: 5, text: 'at least 5 fills with a mid' },
      { meta: 'coverage', atLeast: 0.5, text: 'a mid for at least half of the notional' },
    ],
    severity: 'warning',
    category: 'execution',
    unit: 'bps',
    range: { min: 0, max: 10_000 },
    variable: `${VARIABLE_PREFIX}MAX_SLIPPAGE_BPS_15M`,
    subject: 'Slippage against mid',
    summary: 'Slippage against mid is over its limit.',
    description: 'What the fills of a quarter of an hour may cost more than the mid at their submit.',
  },
  max_reject_rate_15m: {
    ...COMMON,
    ...RATIO,
    key: 'max_reject_rate_15m',
    alert: 'QuantRejectRateOverLimit',
    metric: 'reject_rate',
    window: '15m',
    limit: 0.02,
    evidence: [
      { meta: 'n', atLeast: 5, text: 'at least 5 orders' },
      { meta: 'rejected', atLeast: 2, text: 'at least 2 rejects' },
    ],
    severity: 'warning',
    category: 'execution',
    variable: `${VARIABLE_PREFIX}MAX_REJECT_RATE_15M`,
    subject: 'Reject rate',
    summary: 'The broker rejects more orders than allowed.',
    description: 'The share of the orders of a quarter of an hour that the broker may reject.',
  },
  max_pipeline_lag_seconds: {
    ...DATA,
    ...SECONDS,
    key: 'max_pipeline_lag_seconds',
    alert: 'QuantPipelineLagHigh',
    metric: 'metrics_pipeline_lag_seconds',
    window: 'level',
    limit: 15,
    severity: 'critical',
    variable: `${VARIABLE_PREFIX}MAX_PIPELINE_LAG_SECONDS`,
    subject: 'Pipeline lag',
    summary: 'Metrics lag behind their sources.',
    description: 'How far the last complete read of a required source may be behind.',
  },
  max_ta_freshness_seconds: {
    ...DATA,
    ...SECONDS,
    key: 'max_ta_freshness_seconds',
    alert: 'QuantTaSignalsStale',
    metric: 'ta_freshness_seconds',
    window: 'level',
    limit: 120,
    severity: 'warning',
    variable: `${VARIABLE_PREFIX}MAX_TA_FRESHNESS_SECONDS`,
    subject: 'Age of the technical analysis',
    summary: 'TA signals have stopped.',
    description: 'How long bars and signals of the whole universe may be silent, in session time.',
  },
  missing_update_seconds: {
    ...DATA,
    ...SECONDS,
    key: 'missing_update_seconds',
    alert: 'QuantFramesMissing',
    judged: 'frame_age',
    metric: 'frame_age_seconds',
    window: 'level',
    limit: 15,
    severity: 'critical',
    subject: 'Age of the newest frame',
    summary: 'Metric frames are missing.',
    description: 'How old the newest frame of a book may be in session; the rule judges the oldest of a calendar.',
  },
  max_leverage: {
    ...RISK_LIMIT,
    key: 'max_leverage',
    alert: 'QuantLeverageOverLimit',
    metric: 'leverage_gross_over_equity',
    window: 'level',
    severity: 'critical',
    unit: 'ratio',
    range: { min: 0, max: 1000 },
    subject: 'Leverage',
    summary: 'Leverage is over its limit.',
    description: 'Gross exposure over equity: 2 is twice the equity.',
  },
  max_gross_exposure_usd: {
    ...RISK_LIMIT,
    key: 'max_gross_exposure_usd',
    alert: 'QuantExposureOverLimit',
    metric: 'gross_exposure',
    window: 'level',
    severity: 'warning',
    unit: 'USD',
    range: { min: 0, max: 1e12 },
    subject: 'Gross exposure',
    summary: 'Gross exposure is over its limit.',
    description: 'What all positions together may be worth, longs and shorts added.',
  },
  max_concentration_top1: {
    ...RISK_LIMIT,
    ...RATIO,
    key: 'max_concentration_top1',
    alert: 'QuantConcentrationOverLimit',
    metric: 'position_concentration_top1_pct',
    window: 'level',
    severity: 'warning',
    scale: 0.01,
    subject: 'Share of the largest position',
    summary: 'One position is over its share limit.',
    description: 'The part of gross exposure that one position may be, as a ratio: 0.25 is 25 %.',
  },
  max_var_95: {
    ...RISK_LIMIT,
    ...RATIO,
    key: 'max_var_95',
    alert: 'QuantVarOverLimit',
    metric: 'var_95_historical',
    window: '1d',
    frames: 1,
    severity: 'warning',
    subject: 'Value at risk',
    summary: 'Value at risk is over its limit.',
    description: 'The 95 % value at risk of one sampling interval of the trading day, as a ratio of equity.',
  },
  max_context_freshness_seconds: {
    ...DATA,
    ...SECONDS,
    key: 'max_context_freshness_seconds',
    alert: 'QuantMarketContextStale',
    metric: 'context_freshness_seconds',
    window: 'level',
    limit: 300,
    recentReviewSeconds: 900,
    severity: 'warning',
    subject: 'Age of the market context',
    summary: 'Market context is old.',
    description: 'How old the market context of the newest reviewed decision may be, while that decision is recent.',
  },
  max_route_fallback_15m: {
    ...COMMON,
    ...RATIO,
    key: 'max_route_fallback_15m',
    alert: 'QuantRouteFallbackHigh',
    metric: 'route_fallback_rate',
    window: '15m',
    limit: 0.02,
    frames: 2,
    evidence: [{ meta: 'n', atLeast: 5, text: 'at least 5 orders' }],
    severity: 'warning',
    category: 'execution',
    subject: 'Share of orders by the fallback route',
    summary: 'Orders leave by the fallback route.',
    description: 'The share of the orders of a quarter of an hour that may take another adapter than expected.',
  },
  pnl_reconciliation: {
    ...DATA,
    ...RATIO,
    key: 'pnl_reconciliation',
    alert: 'QuantPnlNotReconciled',
    judged: 'share_of_equity',
    metric: 'pnl_reconciliation_gap',
    window: '1d',
    limit: 0.001,
    frames: 3,
    severity: 'warning',
    subject: 'Gap between PnL and equity',
    summary: 'PnL and equity disagree.',
    description: 'The part of equity that a day’s change of the account may differ by from the result of the book.',
  },
}

/** In the order in which gauges, rules and documents show them. */
export const ALL_POLICIES: readonly Policy[] = POLICY_KEYS.map((key) => POLICIES[key])

/** Books of enabled strategies only; all others judge every live book. */
export function isOfEnabledOnly({ category }: Policy): boolean {
  return category === 'data'
}

/** Off in accounts whose orders all came from a simulation, until configuration names such an account or book. */
export function isOffInSimulation({ category }: Policy): boolean {
  return category !== 'data'
}
