import type { Reason } from '../../../src/domain/metric.js'
import { missing } from '../../support/frames.js'
import { ok, quiet, type Says, says, Told } from '../../support/policy.js'

const DEEP = says({ max_drawdown: ok(0.06) })

const stale =
  (what: Says): Says =>
  (now) => ({
    ...what(now),
    sources: { orders: { asOf: now - 60_000, stale: true }, snapshots: { asOf: now, stale: false } },
  })

describe('an open episode', () => {
  test('is latched: a breach of 3 seconds is there for 90', () => {
    const book = new Told().tick(quiet, 5).tick(says({ reject_rate: ok(0.5, { n: 10, rejected: 5 }) }), 3)
    expect(book.tick(quiet, 87).open).toEqual(['max_reject_rate_15m'])
    expect(book.tick(quiet).open).toEqual([])
    expect(book.reason).toBe('recovered')
    const [episode] = book.evaluator.board.resolved()
    expect((episode?.resolved?.at ?? 0) - (episode?.openedAt ?? 0)).toBe(90_000)
  })

  test('needs as many good frames in a row as it took to open', () => {
    const book = new Told().tick(DEEP, 100)
    for (let turn = 0; turn < 3; turn += 1) expect(book.tick(quiet).tick(DEEP).open).toEqual(['max_drawdown_1d'])
    expect(book.tick(quiet).open).toEqual(['max_drawdown_1d'])
    expect(book.tick(quiet).open).toEqual([])
  })

  test('of a Sharpe ratio ends above 0.1 only', () => {
    const book = new Told().tick(says({ sharpe_annualized: ok(-1) }), 120)
    expect(book.tick(says({ sharpe_annualized: ok(0.1) }), 60).open).toEqual(['min_sharpe_5d'])
    expect(book.tick(says({ sharpe_annualized: ok(0.100001) }), 10).open).toEqual(['min_sharpe_5d'])
    expect(book.tick(says({ sharpe_annualized: ok(0.100001) }), 1).open).toEqual([])
  })

  test('shows its newest value and how many frames breach', () => {
    const book = new Told().tick(DEEP, 4).tick(says({ max_drawdown: ok(0.07) }))
    expect(book.evaluator.board.open()[0]).toMatchObject({ observed: 0.07, consecutiveFrames: 5 })
    expect(book.tick(quiet).evaluator.board.open()[0]).toMatchObject({ observed: 0.01, consecutiveFrames: 0 })
    expect(book.tick(says({ max_drawdown: missing('no_equity') })).evaluator.board.open()[0]).toMatchObject({
      observed: null,
    })
  })

  test('that breaches again later is another one', () => {
    const book = new Told().tick(DEEP, 2).tick(quiet, 100).tick(DEEP, 2)
    const ids = [...book.evaluator.board.open(), ...book.evaluator.board.resolved()].map(({ alertId }) => alertId)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('frames of which nothing is known', () => {
  const unknown: readonly [string, Says][] = [
    ['stale', stale(says({ max_drawdown: ok(0.01) }))],
    ['in error', says({ max_drawdown: { status: 'error', reason: 'internal_error' } })],
    ['without equity', says({ max_drawdown: missing('no_equity') })],
    ['with an unknown opening position', says({ max_drawdown: missing('unknown_opening_position') })],
    ['empty because the source is silent', stale(says({ max_drawdown: missing('too_few_observations') }))],
  ]

  test.each(unknown)('neither clear nor open: %s', (_what, frame) => {
    const book = new Told().tick(DEEP, 100)
    expect(book.tick(frame, 1_000).open).toEqual(['max_drawdown_1d'])
    expect(book.reading('max_drawdown_1d')).toMatchObject({ isEvaluable: false, isOpen: true, observed: 0.06 })
    const other = new Told().tick(DEEP).tick(frame, 10)
    expect(other.open).toEqual([])
    expect(other.tick(DEEP).open).toEqual(['max_drawdown_1d'])
  })

  test('count for policies of data, which judge staleness', () => {
    const book = new Told().tick(stale(says({ context_freshness_seconds: ok(400) })))
    expect(book.open).toEqual(['max_context_freshness_seconds'])
    expect(book.reading('max_context_freshness_seconds')?.isEvaluable).toBe(true)
  })

  test('say so of a feed that never had an event', () => {
    const none = { bars: undefined, signals: undefined, reviewedAt: undefined }
    const book = new Told().tick(() => ({ instants: none }), 400)
    expect(book.reading('max_ta_freshness_seconds')).toMatchObject({ isEvaluable: false, observed: undefined })
  })
})

describe('values that are missing because nothing happened', () => {
  const NATURAL: readonly [string, string, Reason][] = [
    ['max_reject_rate_15m', 'reject_rate', 'no_orders'],
    ['max_slippage_bps_15m', 'slippage_bps_vs_mid', 'no_fills'],
    ['max_drawdown_1d', 'max_drawdown', 'too_few_observations'],
    ['max_concentration_top1', 'position_concentration_top1_pct', 'no_positions'],
    ['min_sharpe_5d', 'sharpe_annualized', 'zero_variance'],
  ]
  const BREACH: Readonly<Record<string, ReturnType<typeof ok>>> = {
    reject_rate: ok(0.5, { n: 10, rejected: 5 }),
    slippage_bps_vs_mid: ok(99, { n: 10, coverage: 1 }),
    max_drawdown: ok(0.06),
    position_concentration_top1_pct: ok(90),
    sharpe_annualized: ok(-1),
  }

  test.each(NATURAL)('end %s after 5 minutes: %s is %s', (policy, metric, reason) => {
    const book = new Told({ settings: { defaults: { max_concentration_top1: 0.25 } } })
    const breach = BREACH[metric]
    expect(book.tick(says(breach === undefined ? {} : { [metric]: breach }), 16).open).toEqual([policy])
    const empty = says({ [metric]: missing(reason) })
    expect(book.tick(empty, 300).open).toEqual([policy])
    expect(book.reading(policy)?.isEvaluable).toBe(true)
    book.tick(empty, 5)
    expect([book.open, book.reason]).toEqual([[], 'no_data'])
    expect(book.reading(policy)).toMatchObject({ observed: undefined, breachFrames: 0, isEvaluable: true })
  })

  test('end nothing when a value comes back in between', () => {
    const empty = says({ max_drawdown: missing('too_few_observations') })
    const book = new Told().tick(DEEP, 2).tick(empty, 299).tick(DEEP).tick(empty, 299)
    expect(book.open).toEqual(['max_drawdown_1d'])
  })

  test('are nothing of the machinery: a decision of long ago is not judged', () => {
    const old: Says = (now) => ({
      results: { context_freshness_seconds: ok(900) },
      instants: { reviewedAt: now - 15 * 60_000 },
    })
    const book = new Told().tick(old, 5)
    expect([book.open, book.reading('max_context_freshness_seconds')?.isEvaluable]).toEqual([[], true])
    const recent: Says = (now) => ({
      results: { context_freshness_seconds: ok(900) },
      instants: { reviewedAt: now - 15 * 60_000 + 1 },
    })
    expect(book.tick(recent).open).toEqual(['max_context_freshness_seconds'])
    expect([book.tick(old, 301).open, book.reason]).toEqual([[], 'no_data'])
  })

  test('are so in a shared account, which has no equity of its own to reconcile', () => {
    const shared = { ...missing('no_equity'), meta: { equity_source: 'equal_share_assumed' } }
    const alone = { ...missing('no_equity'), meta: { equity_source: 'account' } }
    const evaluable = (result: typeof shared) =>
      new Told().tick(says({ pnl_reconciliation_gap: result })).reading('pnl_reconciliation')?.isEvaluable
    expect([evaluable(shared), evaluable(alone)]).toEqual([true, false])
  })
})
