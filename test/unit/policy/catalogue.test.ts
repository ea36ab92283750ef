import { DICTIONARY } from '../../../src/compute/dictionary.js'
import {
  ALL_POLICIES,
  isOfEnabledOnly,
  isOffInSimulation,
  MIN_OPEN_SECONDS,
  NATURAL_CLEAR_SECONDS,
  POLICIES,
  POLICY_KEYS,
} from '../../../src/policy/catalogue.js'

const [ABOVE, BELOW] = ['above', 'below'] as const
const [YES, NO] = [true, false]

/** ALERTS section 1, row by row. */
const TABLE = [
  ['max_drawdown_1d', 'QuantDrawdownOverLimit', 'max_drawdown', '1d', ABOVE, 0.05, 2, 'critical', 'strategy', NO],
  ['min_sharpe_5d', 'QuantSharpeUnderLimit', 'sharpe_annualized', '5d', BELOW, 0, 3, 'warning', 'strategy', NO],
  [
    'max_slippage_bps_15m',
    'QuantSlippageOverLimit',
    'slippage_bps_vs_mid',
    '15m',
    ABOVE,
    50,
    1,
    'warning',
    'execution',
    NO,
  ],
  ['max_reject_rate_15m', 'QuantRejectRateOverLimit', 'reject_rate', '15m', ABOVE, 0.02, 1, 'warning', 'execution', NO],
  [
    'max_pipeline_lag_seconds',
    'QuantPipelineLagHigh',
    'metrics_pipeline_lag_seconds',
    'level',
    ABOVE,
    15,
    1,
    'critical',
    'data',
    YES,
  ],
  [
    'max_ta_freshness_seconds',
    'QuantTaSignalsStale',
    'ta_freshness_seconds',
    'level',
    ABOVE,
    120,
    1,
    'warning',
    'data',
    YES,
  ],
  ['missing_update_seconds', 'QuantFramesMissing', 'frame_age_seconds', 'level', ABOVE, 15, 1, 'critical', 'data', YES],
  [
    'max_leverage',
    'QuantLeverageOverLimit',
    'leverage_gross_over_equity',
    'level',
    ABOVE,
    undefined,
    2,
    'critical',
    'risk_limit',
    NO,
  ],
  [
    'max_gross_exposure_usd',
    'QuantExposureOverLimit',
    'gross_exposure',
    'level',
    ABOVE,
    undefined,
    2,
    'warning',
    'risk_limit',
    NO,
  ],
  [
    'max_concentration_top1',
    'QuantConcentrationOverLimit',
    'position_concentration_top1_pct',
    'level',
    ABOVE,
    undefined,
    2,
    'warning',
    'risk_limit',
    NO,
  ],
  ['max_var_95', 'QuantVarOverLimit', 'var_95_historical', '1d', ABOVE, undefined, 1, 'warning', 'risk_limit', NO],
  [
    'max_context_freshness_seconds',
    'QuantMarketContextStale',
    'context_freshness_seconds',
    'level',
    ABOVE,
    300,
    1,
    'warning',
    'data',
    YES,
  ],
  [
    'max_route_fallback_15m',
    'QuantRouteFallbackHigh',
    'route_fallback_rate',
    '15m',
    ABOVE,
    0.02,
    2,
    'warning',
    'execution',
    NO,
  ],
  [
    'pnl_reconciliation',
    'QuantPnlNotReconciled',
    'pnl_reconciliation_gap',
    '1d',
    ABOVE,
    0.001,
    3,
    'warning',
    'data',
    YES,
  ],
]

describe('the catalogue of policies', () => {
  test('is the table of the alert policy', () => {
    expect(
      ALL_POLICIES.map((policy) => [
        ...[policy.key, policy.alert, policy.metric, policy.window, policy.breaches, policy.limit, policy.frames],
        ...[policy.severity, policy.category, policy.isSessionAware],
      ]),
    ).toEqual(TABLE)
  })

  test('asks for evidence where few observations prove nothing, and for a margin where a ratio wavers', () => {
    const evidence = ALL_POLICIES.flatMap(({ key, evidence: needs }) =>
      needs.map(({ meta, atLeast }) => [key, meta, atLeast]),
    )
    expect(evidence).toEqual([
      ['max_slippage_bps_15m', 'n', 5],
      ['max_slippage_bps_15m', 'coverage', 0.5],
      ['max_reject_rate_15m', 'n', 5],
      ['max_reject_rate_15m', 'rejected', 2],
      ['max_route_fallback_15m', 'n', 5],
    ])
    expect(ALL_POLICIES.filter(({ clearMargin }) => clearMargin !== 0).map(({ key }) => key)).toEqual(['min_sharpe_5d'])
  })

  test('judges a machine where a strategy is enabled, and a simulation when told to', () => {
    const ofData = ['max_pipeline_lag_seconds', 'max_ta_freshness_seconds', 'missing_update_seconds']
    ofData.push('max_context_freshness_seconds', 'pnl_reconciliation')
    expect(ALL_POLICIES.filter(isOfEnabledOnly).map(({ key }) => key)).toEqual(ofData)
    expect(ALL_POLICIES.filter((policy) => !isOffInSimulation(policy)).map(({ key }) => key)).toEqual(ofData)
    expect([MIN_OPEN_SECONDS, NATURAL_CLEAR_SECONDS]).toEqual([90, 300])
  })

  test('names metrics of the dictionary, in windows that they have, in the unit of their gauge', () => {
    for (const { key, judged, metric, window, unit, scale } of ALL_POLICIES) {
      const found = DICTIONARY.find(({ name }) => name === metric)
      if (judged === 'frame_age') {
        expect([key, found]).toEqual([key, undefined])
        continue
      }
      const windows = found?.windows === 'all' ? [window] : found?.windows
      expect([key, found?.windows === 'level' ? ['level'] : windows]).toEqual([key, expect.arrayContaining([window])])
      const isRatioOfOther = judged === 'share_of_equity' || found?.unit === 'percent'
      expect([key, unit]).toEqual([key, isRatioOfOther ? 'ratio' : found?.unit])
      expect([key, scale]).toEqual([key, found?.prometheusScale ?? 1])
    }
  })

  test('has defaults that configuration may set, keys that are their own and alerts of one name each', () => {
    expect(Object.keys(POLICIES)).toEqual([...POLICY_KEYS])
    for (const key of POLICY_KEYS) expect(POLICIES[key].key).toBe(key)
    expect(new Set(ALL_POLICIES.map(({ alert }) => alert)).size).toBe(POLICY_KEYS.length)
    for (const { limit, range, summary, description } of ALL_POLICIES) {
      if (limit !== undefined) expect(limit >= range.min && limit <= range.max).toBe(true)
      for (const sentence of [summary, description]) expect(sentence).toMatch(/^[A-Z].*\.$/)
    }
  })

  test('has a variable for each limit that operators set from outside the file', () => {
    expect(ALL_POLICIES.flatMap(({ variable }) => variable ?? [])).toEqual([
      'JANGAR_TORGHUT_QUANT_POLICY_MAX_DRAWDOWN_1D',
      'JANGAR_TORGHUT_QUANT_POLICY_MIN_SHARPE_5D',
      'JANGAR_TORGHUT_QUANT_POLICY_MAX_SLIPPAGE_BPS_15M',
      'JANGAR_TORGHUT_QUANT_POLICY_MAX_REJECT_RATE_15M',
      'JANGAR_TORGHUT_QUANT_POLICY_MAX_PIPELINE_LAG_SECONDS',
      'JANGAR_TORGHUT_QUANT_POLICY_MAX_TA_FRESHNESS_SECONDS',
    ])
  })
})
