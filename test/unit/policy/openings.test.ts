import type { PolicyKey } from '../../../src/policy/catalogue.js'
import type { LimitSettings } from '../../../src/policy/limits.js'
import { ok, quiet, type Says, says, Told } from '../../support/policy.js'

const LIMITS: LimitSettings = {
  max_leverage: 2,
  max_gross_exposure_usd: 250_000,
  max_concentration_top1: 0.25,
  max_var_95: 0.02,
}

const lag =
  (ms: number): Says =>
  (now) => ({ stamp: { ordersAsOf: now - ms } })
const feedAge =
  (ms: number): Says =>
  (now) => {
    const feed = { newestAt: now - ms, ingestedAt: undefined }
    return { instants: { bars: feed, signals: feed } }
  }

/** [policy, a frame that breaches, a frame at the limit, frames in a row, the period of its tier in seconds] */
const CASES: readonly [PolicyKey, Says, Says, number, number][] = [
  ['max_drawdown_1d', says({ max_drawdown: ok(0.050001) }), says({ max_drawdown: ok(0.05) }), 2, 1],
  ['min_sharpe_5d', says({ sharpe_annualized: ok(-0.000001) }), says({ sharpe_annualized: ok(0) }), 3, 5],
  [
    'max_slippage_bps_15m',
    says({ slippage_bps_vs_mid: ok(50.01, { n: 5, coverage: 0.5 }) }),
    says({ slippage_bps_vs_mid: ok(50, { n: 5, coverage: 0.5 }) }),
    ...([1, 1] as const),
  ],
  [
    'max_reject_rate_15m',
    says({ reject_rate: ok(0.020001, { n: 5, rejected: 2 }) }),
    says({ reject_rate: ok(0.02, { n: 100, rejected: 2 }) }),
    ...([1, 1] as const),
  ],
  ['max_pipeline_lag_seconds', lag(15_100), lag(15_000), 1, 1],
  ['max_ta_freshness_seconds', feedAge(120_100), feedAge(120_000), 1, 1],
  [
    'max_leverage',
    says({ leverage_gross_over_equity: ok(2.000001) }),
    says({ leverage_gross_over_equity: ok(2) }),
    ...([2, 1] as const),
  ],
  ['max_gross_exposure_usd', says({ gross_exposure: ok(250_000.01) }), says({ gross_exposure: ok(250_000) }), 2, 1],
  [
    'max_concentration_top1',
    says({ position_concentration_top1_pct: ok(25.0001) }),
    says({ position_concentration_top1_pct: ok(25) }),
    ...([2, 1] as const),
  ],
  ['max_var_95', says({ var_95_historical: ok(0.020001) }), says({ var_95_historical: ok(0.02) }), 1, 30],
  [
    'max_context_freshness_seconds',
    says({ context_freshness_seconds: ok(300.1) }),
    says({ context_freshness_seconds: ok(300) }),
    ...([1, 1] as const),
  ],
  [
    'max_route_fallback_15m',
    says({ route_fallback_rate: ok(0.020001, { n: 5 }) }),
    says({ route_fallback_rate: ok(0.02, { n: 50 }) }),
    ...([2, 1] as const),
  ],
  [
    'pnl_reconciliation',
    says({ pnl_reconciliation_gap: ok(-100.1) }),
    says({ pnl_reconciliation_gap: ok(-100) }),
    ...([3, 1] as const),
  ],
]

const told = () => new Told({ settings: { defaults: LIMITS } })

describe('a policy', () => {
  test.each(CASES)(
    '%s opens at the last of its frames in a row, and not before',
    (policy, breach, _allowed, frames, period) => {
      const book = told().tick(quiet)
      if (frames > 1) book.tick(breach, frames - 1, period * 1_000)
      expect(book.open).toEqual([])
      expect(book.reading(policy)).toMatchObject({ breachFrames: frames - 1, isOpen: false })
      book.tick(breach, 1, period * 1_000)
      expect(book.open).toEqual([policy])
      expect(book.reading(policy)).toMatchObject({ breachFrames: frames, isOpen: true, isEvaluable: true })
      const [episode] = book.evaluator.board.open()
      expect(episode?.openedAt).toBe(Math.floor(book.now / (period * 1_000)) * period * 1_000)
    },
  )

  test.each(CASES)('%s is silent at its limit, however long', (policy, _breach, allowed, _frames, period) => {
    const book = told().tick(allowed, 5, period * 1_000)
    expect(book.open).toEqual([])
    expect(book.reading(policy)).toMatchObject({ breachFrames: 0, isOpen: false })
  })

  test.each(CASES.filter(([, , , frames]) => frames > 1))(
    '%s counts anew after a good frame',
    (policy, breach, allowed, frames, period) => {
      const book = told()
        .tick(breach, frames - 1, period * 1_000)
        .tick(allowed, 1, period * 1_000)
      book.tick(breach, frames - 1, period * 1_000)
      expect(book.open).toEqual([])
      expect(book.tick(breach, 1, period * 1_000).open).toEqual([policy])
    },
  )

  test('counts a frame of a slower tier once, however many ticks carry it', () => {
    const book = told().tick(says({ sharpe_annualized: ok(-1) }), 10)
    expect(book.reading('min_sharpe_5d')?.breachFrames).toBe(2)
    expect(book.open).toEqual([])
    book.tick(says({ sharpe_annualized: ok(-1) }))
    expect(book.open).toEqual(['min_sharpe_5d'])
  })
})

describe('few observations', () => {
  const few: readonly [string, Says][] = [
    ['4 fills with a mid', says({ slippage_bps_vs_mid: ok(900, { n: 4, coverage: 1 }) })],
    ['a mid for less than half', says({ slippage_bps_vs_mid: ok(900, { n: 50, coverage: 0.499 }) })],
    ['a reject alone', says({ reject_rate: ok(1, { n: 1, rejected: 1 }) })],
    ['4 orders, all rejected', says({ reject_rate: ok(1, { n: 4, rejected: 4 }) })],
    ['1 reject of 5', says({ reject_rate: ok(0.2, { n: 5, rejected: 1 }) })],
    ['4 orders by the fallback', says({ route_fallback_rate: ok(1, { n: 4 }) })],
  ]
  test.each(few)('prove nothing: %s', (_what, frame) => {
    expect(told().tick(frame, 5).open).toEqual([])
  })

  test('are shown all the same', () => {
    expect(
      told()
        .tick(says({ reject_rate: ok(1, { n: 1, rejected: 1 }) }))
        .reading('max_reject_rate_15m'),
    ).toMatchObject({
      observed: 1,
      breachFrames: 0,
      isEvaluable: true,
    })
  })
})

describe('an episode', () => {
  test('says what, how bad, since when and which limit', () => {
    const book = told().tick(says({ max_drawdown: ok(0.0612) }), 2)
    expect(book.evaluator.board.open()).toEqual([
      {
        alertId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        ...{ policy: 'max_drawdown_1d', strategyId: 'momentum-1', account: 'PA-1', severity: 'critical' },
        ...{ category: 'strategy', metricName: 'max_drawdown', window: '1d', threshold: 0.05, observed: 0.0612 },
        ...{ unit: 'ratio', consecutiveFrames: 2, openedAt: book.now, resolved: undefined, frameSeq: 7 },
        summary: 'Drawdown of Momentum in PA-1 is 6.12 %; it went over its limit of 5 %.',
        runbookUrl: 'docs/runbooks/QuantDrawdownOverLimit.md',
        meta: undefined,
      },
    ])
  })

  test('of a share tells the ratio that the gauge shows', () => {
    const book = told().tick(says({ position_concentration_top1_pct: ok(33.3) }), 2)
    expect(book.evaluator.board.open()[0]).toMatchObject({
      observed: 0.333,
      threshold: 0.25,
      unit: 'ratio',
      window: 'level',
    })
  })
})
