import { explainLimits } from '../../../src/app/policy-explain.js'
import { ALL_POLICIES } from '../../../src/policy/catalogue.js'
import { configOf, problemsOf } from './reading.js'

const VARIABLE = 'JANGAR_TORGHUT_QUANT_POLICY_MAX_DRAWDOWN_1D'

function withFile(text: string, environment: Record<string, string> = {}) {
  return [{ QUANT_CONFIG: 'quant.yaml', ...environment }, { files: { 'quant.yaml': text } }] as const
}

describe('limits of alerts in the configuration', () => {
  test('come from the file and the environment, each with its place', () => {
    const config = configOf(
      ...withFile(
        `
policy: { max_drawdown_1d: 0.07, max_leverage: 4, min_sharpe_5d: -0.5, max_slippage_bps_15m: off }
accounts: { PA-1: { policy: { max_var_95: 0.02 } } }
strategies:
  momentum:
    policy: { max_gross_exposure_usd: 250000 }
    accounts: { PA-1: { policy: { pnl_reconciliation: off } } }
`,
        { [VARIABLE]: '0.04', JANGAR_TORGHUT_QUANT_POLICY_MAX_REJECT_RATE_15M: 'off' },
      ),
    )
    const explained = explainLimits(config.policy, { strategyId: 'momentum', account: 'PA-1' })
    expect(explained.map(({ policy, limit, from }) => [policy, limit, from])).toEqual([
      ['max_drawdown_1d', 0.04, VARIABLE],
      ['min_sharpe_5d', -0.5, 'policy.min_sharpe_5d'],
      ['max_slippage_bps_15m', undefined, 'policy.max_slippage_bps_15m'],
      ['max_reject_rate_15m', undefined, 'JANGAR_TORGHUT_QUANT_POLICY_MAX_REJECT_RATE_15M'],
      ['max_pipeline_lag_seconds', 15, 'default'],
      ['max_ta_freshness_seconds', 120, 'default'],
      ['missing_update_seconds', 15, 'default'],
      ['max_leverage', 4, 'policy.max_leverage'],
      ['max_gross_exposure_usd', 250_000, 'strategies.momentum.policy.max_gross_exposure_usd'],
      ['max_concentration_top1', undefined, 'default'],
      ['max_var_95', 0.02, 'accounts.PA-1.policy.max_var_95'],
      ['max_context_freshness_seconds', 300, 'default'],
      ['max_route_fallback_15m', 0.02, 'default'],
      ['pnl_reconciliation', undefined, 'strategies.momentum.accounts.PA-1.policy.pnl_reconciliation'],
    ])
    expect(explained.filter(({ simulatedLimit }) => simulatedLimit !== undefined).map(({ policy }) => policy)).toEqual([
      ...['max_pipeline_lag_seconds', 'max_ta_freshness_seconds', 'missing_update_seconds', 'max_gross_exposure_usd'],
      ...['max_var_95', 'max_context_freshness_seconds'],
    ])
  })

  test('are the defaults of the catalogue where nobody says anything, and alerts are in shadow', () => {
    const { policy, areAlertsEnabled } = configOf({})
    expect(explainLimits(policy, {}).map(({ limit }) => limit)).toEqual(ALL_POLICIES.map(({ limit }) => limit))
    expect(areAlertsEnabled).toBe(false)
    expect(configOf({ JANGAR_TORGHUT_QUANT_ALERTS_ENABLED: 'true' }).areAlertsEnabled).toBe(true)
  })

  test.each([
    ['policy: { max_drawdwn_1d: 0.1 }', 'policy.max_drawdwn_1d is not a known key; did you mean max_drawdown_1d?'],
    ['policy: { max_drawdown_1d: -0.1 }', 'policy.max_drawdown_1d is -0.1; it must be a number from 0 to 1, or off'],
    ['policy: { max_drawdown_1d: 5 }', 'policy.max_drawdown_1d is 5; it must be a number from 0 to 1, or off'],
    ['policy: { max_drawdown_1d: on }', "policy.max_drawdown_1d is 'on'; it must be a number from 0 to 1, or off"],
    ['policy: { max_leverage: "4" }', "policy.max_leverage is '4'; it must be a number from 0 to 1000, or off"],
    ['policy: { max_leverage: }', 'policy.max_leverage is empty; it must be a number from 0 to 1000, or off'],
    ['policy: 0.1', 'policy is 0.1; it must be a map of limits'],
    [
      'strategies: { one: { policy: { min_sharp_5d: 1 } } }',
      'strategies.one.policy.min_sharp_5d is not a known key; did you mean min_sharpe_5d?',
    ],
    [
      'strategies: { one: { accounts: { PA-1: { policy: { max_leverage: -1 } } } } }',
      'strategies.one.accounts.PA-1.policy.max_leverage is -1; it must be a number from 0 to 1000, on or off',
    ],
    [
      'accounts: { PA-1: { policy: { max_leverage: on } } }',
      'accounts.PA-1.policy.max_leverage: there is no limit to switch on; write the limit, here or at policy.max_leverage',
    ],
  ])('refuses %s and says where and why', (text, problem) => {
    expect(problemsOf(...withFile(text))).toEqual([`QUANT_CONFIG (quant.yaml): ${problem}`])
  })

  test('has no override of what is judged by calendar', () => {
    expect(problemsOf(...withFile('accounts: { PA-1: { policy: { missing_update_seconds: 9 } } }'))).toEqual([
      expect.stringContaining('accounts.PA-1.policy.missing_update_seconds is not a known key'),
    ])
  })

  test('takes a limit to switch on from the file', () => {
    const text = 'policy: { max_leverage: 4 }\naccounts: { SIM: { policy: { max_leverage: on, max_drawdown_1d: on } } }'
    const explained = explainLimits(configOf(...withFile(text)).policy, { strategyId: 'one', account: 'SIM' })
    const on = explained.filter(
      ({ simulatedLimit, policy }) => simulatedLimit !== undefined && /leverage|drawdown/.test(policy),
    )
    expect(on.map(({ policy, simulatedLimit }) => [policy, simulatedLimit])).toEqual([
      ['max_drawdown_1d', 0.05],
      ['max_leverage', 4],
    ])
  })

  test.each(['-0.1', '1.5', 'five', '5%', 'on'])('does not take %s for the limit of a variable', (text) => {
    expect(problemsOf({ [VARIABLE]: text })).toEqual([
      `${VARIABLE} is '${text}'; it must be a number from 0 to 1, or off, such as ${VARIABLE}=0.05`,
    ])
  })
})
