import type { PolicyKey } from '../../../src/policy/catalogue.js'
import { effectiveLimit, type PolicySettings, unmatchedOverrides } from '../../../src/policy/limits.js'

const KEY = 'max_drawdown_1d'
const BOOK = { strategyId: 'momentum', account: 'PA-1' }

function settings(parts: Partial<PolicySettings> = {}): PolicySettings {
  return { defaults: {}, environment: {}, accounts: new Map(), strategies: new Map(), ...parts }
}

/** Each layer says its own limit, from the general to the specific. */
const LAYERS: readonly [Partial<PolicySettings>, string, number][] = [
  [{}, 'code', 0.05],
  [{ defaults: { [KEY]: 0.1 } }, 'file', 0.1],
  [{ environment: { [KEY]: 0.2 } }, 'environment', 0.2],
  [{ accounts: new Map([['PA-1', { [KEY]: 0.3 }]]) }, 'account', 0.3],
  [{ strategies: new Map([['momentum', { everywhere: { [KEY]: 0.4 }, accounts: new Map() }]]) }, 'strategy', 0.4],
  [
    {
      strategies: new Map([
        ['momentum', { everywhere: { [KEY]: 0.4 }, accounts: new Map([['PA-1', { [KEY]: 0.5 }]]) }],
      ]),
    },
    'strategy_and_account',
    0.5,
  ],
]

/** What is said up to a layer. */
const upTo = (last: number) => settings(Object.assign({}, ...LAYERS.slice(0, last + 1).map(([parts]) => parts)))

const limitOf = (given: PolicySettings, key: PolicyKey = KEY, isSimulated = false, book = BOOK) => {
  const { limit, source } = effectiveLimit(given, key, book, isSimulated)
  return [limit, source]
}

describe('the limit of a policy in a book', () => {
  test.each(LAYERS.map((layer, index) => [layer[1], index] as const))('is that of: %s', (source, index) => {
    expect(limitOf(upTo(index))).toEqual([LAYERS[index]?.[2], source])
  })

  test('is that of another book where nothing is said of this one', () => {
    const all = upTo(LAYERS.length - 1)
    expect(limitOf(all, KEY, false, { strategyId: 'momentum', account: 'PA-2' })).toEqual([0.4, 'strategy'])
    expect(limitOf(all, KEY, false, { strategyId: 'other', account: 'PA-1' })).toEqual([0.3, 'account'])
    expect(limitOf(all, KEY, false, { strategyId: 'other', account: 'PA-2' })).toEqual([0.2, 'environment'])
    expect(limitOf(all, 'min_sharpe_5d')).toEqual([0, 'code'])
  })

  const OFF_BY: readonly [string, Partial<PolicySettings>, string][] = [
    ['the file', { defaults: { [KEY]: 'off' } }, 'file'],
    [
      'a variable, although the file has a limit',
      { defaults: { [KEY]: 1 }, environment: { [KEY]: 'off' } },
      'environment',
    ],
    [
      'an account, although all others have a limit',
      { environment: { [KEY]: 1 }, accounts: new Map([['PA-1', { [KEY]: 'off' }]]) },
      'account',
    ],
  ]
  test.each(OFF_BY)('can be switched off by %s', (_by, parts, source) => {
    expect(limitOf(settings(parts))).toEqual([undefined, source])
  })

  test('is off for what has no limit until somebody sets one', () => {
    expect(limitOf(settings(), 'max_leverage')).toEqual([undefined, 'code'])
    expect(limitOf(settings({ defaults: { max_leverage: 3 } }), 'max_leverage')).toEqual([3, 'file'])
  })

  test('may be 0, which is a limit', () => {
    expect(limitOf(settings({ environment: { max_reject_rate_15m: 0 } }), 'max_reject_rate_15m')).toEqual([
      0,
      'environment',
    ])
  })
})

describe('the limit in an account whose orders all came from a simulation', () => {
  test('is off for what judges trading, whatever is said of all books', () => {
    const general = settings({ defaults: { max_leverage: 3 }, environment: { [KEY]: 0.2 } })
    for (const key of [KEY, 'min_sharpe_5d', 'max_slippage_bps_15m', 'max_leverage', 'max_route_fallback_15m'] as const)
      expect([key, ...limitOf(general, key, true)]).toEqual([key, undefined, 'simulation'])
    for (const key of ['max_pipeline_lag_seconds', 'max_ta_freshness_seconds', 'missing_update_seconds'] as const)
      expect([key, limitOf(general, key, true)[1]]).toEqual([key, 'code'])
  })

  test('is what is said of the account, the strategy or both', () => {
    for (const [parts, source, limit] of LAYERS.slice(3))
      expect(limitOf(settings(parts), KEY, true)).toEqual([limit, source])
  })

  test('is what would hold anyway where it is switched on', () => {
    const on = new Map([['PA-1', { [KEY]: 'on', max_leverage: 'on' }]] as const)
    expect(limitOf(settings({ accounts: on }), KEY, true)).toEqual([0.05, 'code'])
    expect(limitOf(settings({ accounts: on, environment: { [KEY]: 0.2 } }), KEY, true)).toEqual([0.2, 'environment'])
    expect(limitOf(settings({ accounts: on, environment: { [KEY]: 'off' } }), KEY, true)).toEqual([0.05, 'code'])
    expect(limitOf(settings({ accounts: on, defaults: { max_leverage: 3 } }), 'max_leverage', true)).toEqual([
      3,
      'file',
    ])
  })
})

describe('overrides that match nothing', () => {
  const given = settings({
    accounts: new Map([
      ['PA-1', { [KEY]: 0.3 }],
      ['PA-9', { [KEY]: 0.3 }],
      ['PA-8', {}],
    ]),
    strategies: new Map([
      [
        'momentum',
        {
          everywhere: { [KEY]: 0.4 },
          accounts: new Map([
            ['PA-1', { [KEY]: 1 }],
            ['PA-2', { [KEY]: 1 }],
          ]),
        },
      ],
      ['gone', { everywhere: { [KEY]: 0.4 }, accounts: new Map([['PA-1', { [KEY]: 1 }]]) }],
    ]),
  })

  test('are told by their place; an account of another strategy is no match for a book', () => {
    const known = [
      { strategyId: 'momentum', accounts: ['PA-1'] },
      { strategyId: 'other', accounts: ['PA-2'] },
    ]
    expect(unmatchedOverrides(given, known)).toEqual([
      'accounts.PA-9.policy',
      'strategies.momentum.accounts.PA-2.policy',
      'strategies.gone.policy',
      'strategies.gone.accounts.PA-1.policy',
    ])
  })
})
