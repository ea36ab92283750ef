import { ACCOUNT_DICTIONARY } from '../../../src/compute/account-dictionary.js'
import type { Fact } from '../../../src/domain/facts.js'
import type { AccountFrame } from '../../../src/domain/frame.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import {
  accountBriefs,
  answered,
  applyAll,
  bookOf,
  briefs,
  createEngine,
  type EngineParts,
  framesAt,
  withoutFeeds,
} from '../../support/engine.js'
import { newYork, observed } from '../../support/equity-scenario.js'
import {
  ACCOUNT,
  bar,
  decision,
  fact,
  filled,
  instant,
  instrument,
  order,
  snapshot,
  strategy,
} from '../../support/facts.js'

const [TUE, WED] = ['2026-07-14', '2026-07-15']
const at = (time: string) => newYork(WED, time)
const T = at('12:00:00')

function accountAt(facts: readonly Fact[], now: EpochMs = T, parts: EngineParts = {}): AccountFrame {
  const frame = framesAt(now, facts, parts).accounts.get(ACCOUNT)
  if (frame === undefined) throw new Error('the account has no frame')
  return frame
}

const answersAt = (facts: readonly Fact[], window: Window = '1d', now = T) =>
  accountBriefs(accountAt(facts, now), window)

const evening = observed(newYork(TUE, '15:59:00'), 100_000)
const both = [
  strategy({ strategy_id: 's1', accounts: [ACCOUNT] }),
  strategy({ strategy_id: 's2', accounts: [ACCOUNT] }),
]
const ofSecond = { strategy_id: 's2' }

describe('an account with one book', () => {
  const facts = [
    evening,
    filled({ at: at('10:00:00'), side: 'buy', qty: 100, price: 50, costs: 3 }),
    observed(at('10:00:20'), 95_000, { qty: 100, mark: 50 }),
    observed(at('11:00:00'), 95_000, { qty: 100, mark: 30 }),
    observed(at('11:58:00'), 95_000, { qty: 100, mark: 40 }),
    bar('AAA', at('11:59:30'), 41),
  ]

  test('says what its book says', () => {
    const frames = framesAt(T, facts)
    for (const window of ['15m', '1d', '20d'] as const) {
      const book = briefs(bookOf(frames), window)
      expect(answersAt(facts, window)).toEqual({
        account_equity: book.equity,
        account_gross_exposure: book.gross_exposure,
        account_net_pnl: book.net_pnl,
        account_max_drawdown: book.max_drawdown,
      })
    }
    expect(answersAt(facts)).toEqual({
      // The snapshot's 99 000 and one dollar a share since.
      account_equity: 99_100,
      account_gross_exposure: 4_100,
      account_net_pnl: -903,
      account_max_drawdown: 0.02,
    })
  })

  test('is worth what its last snapshot says and its prices made of it for five minutes', () => {
    const later = [...facts, bar('AAA', at('12:03:00'), 42), bar('AAA', at('12:03:01'), 45)]
    expect(answersAt(later, '1d', at('12:10:00')).account_equity).toBe(99_200)
  })
})

describe('an account with two books', () => {
  const sharedFacts = [
    ...both,
    evening,
    filled({ at: at('10:00:00'), side: 'buy', qty: 100, price: 50 }),
    filled({ at: at('10:01:00'), side: 'sell', qty: 60, price: 50, ...ofSecond }),
    observed(at('10:01:20'), 98_000, { qty: 40, mark: 50 }),
    observed(at('10:30:00'), 98_000, { qty: 40, mark: 25 }),
    bar('AAA', at('11:59:30'), 52),
  ]

  test('earned what they earned together, and holds what they do not set off', () => {
    const frames = framesAt(T, sharedFacts)
    const [first, second] = [bookOf(frames), bookOf(frames, { strategyId: 's2' })].map((frame) => briefs(frame))
    expect([first?.net_pnl, second?.net_pnl]).toEqual([200, -120])
    expect([first?.gross_exposure, second?.gross_exposure]).toEqual([5_200, 3_120])
    expect(answersAt(sharedFacts)).toMatchObject({ account_net_pnl: 80, account_gross_exposure: 2_080 })
  })

  test('fell as its equity did, whatever part of it is whose', () => {
    expect(answersAt(sharedFacts)).toMatchObject({ account_equity: 99_000, account_max_drawdown: 0.01 })
    expect(answersAt(sharedFacts, '15m')).toMatchObject({ account_max_drawdown: 'too_few_observations' })
  })

  test('takes deposits and withdrawals out of its drawdown', () => {
    const withdrawn = [
      ...sharedFacts,
      fact('cash_flow', { account: ACCOUNT, flow_id: 'f', at: at('11:00:00'), amount: -50_000, kind: 'withdrawal' }),
      observed(at('11:00:10'), 48_000, { qty: 40, mark: 25 }),
    ]
    expect(answersAt(withdrawn)).toMatchObject({ account_equity: 49_000, account_max_drawdown: 0.01 })
  })

  test('pays a fee that names no order once and whole, though each book counts a part of its own', () => {
    const third = strategy({ strategy_id: 's3', accounts: [ACCOUNT] })
    const fee = fact('cash_flow', { account: ACCOUNT, flow_id: 'fee', at: at('11:00:00'), amount: -12, kind: 'fee' })
    const facts = [...sharedFacts, third, fee]
    const frames = framesAt(T, facts)
    const books = ['s1', 's2', 's3'].map((strategyId) => briefs(bookOf(frames, { strategyId })).net_pnl)
    expect(books).toEqual([194, -126, -4])
    expect(answersAt(facts).account_net_pnl).toBe(68)
    expect(answersAt(facts, '15m').account_net_pnl).toBe(1_080)
  })

  test('has no sum where one of them has none', () => {
    const dark = filled({ at: at('10:02:00'), side: 'buy', qty: 1, price: 9, symbol: 'EURX', ...ofSecond })
    const euro = instrument({ symbol: 'EURX', currency: 'EUR' })
    expect(answersAt([...sharedFacts, dark, euro])).toEqual({
      account_equity: 'currency',
      account_gross_exposure: 'currency',
      account_net_pnl: 'currency',
      account_max_drawdown: 'currency',
    })
  })

  test('holds what a snapshot shows where nobody can tell whose it is', () => {
    const unexplained = [
      ...both,
      snapshot(at('09:40:00'), [{ symbol: 'AAA', qty: 500, mark: 20, avg_entry_price: 20 }]),
      filled({ at: at('10:00:00'), side: 'buy', qty: 1, price: 20 }),
      filled({ at: at('10:00:01'), side: 'buy', qty: 1, price: 20, ...ofSecond }),
      snapshot(at('10:00:20'), [{ symbol: 'AAA', qty: 502, mark: 20, avg_entry_price: 20 }]),
    ]
    expect(briefs(bookOf(framesAt(T, unexplained))).gross_exposure).toBe('unknown_opening_position')
    expect(answersAt(unexplained)).toMatchObject({
      account_gross_exposure: 10_040,
      account_net_pnl: 'unknown_opening_position',
    })
  })
})

describe('what belongs to no book', () => {
  const nobodys = [
    ...both,
    evening,
    filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 50 }),
    snapshot(at('11:58:00'), [
      { symbol: 'AAA', qty: 10, mark: 50 },
      { symbol: 'ZZZ', qty: -30, mark: 7 },
    ]),
  ]

  test('is held by the account, and marked as everything is', () => {
    expect(answersAt(nobodys).account_gross_exposure).toBe(500 + 210)
    expect(answersAt([...nobodys, bar('ZZZ', at('11:59:30'), 7.5)]).account_gross_exposure).toBe(500 + 225)
  })

  test('is no result of the account, and moves its equity', () => {
    const moved = answersAt([...nobodys, bar('ZZZ', at('11:59:30'), 7.5)])
    expect(moved).toMatchObject({ account_net_pnl: 0, account_equity: 99_985 })
  })

  test('keeps an account from being flat', () => {
    const idle = [both[0], ...[10, 11].map((hour) => snapshot(at(`${hour}:00:00`), [ZZZ]))].filter(
      (one) => one !== undefined,
    )
    expect(answersAt(idle, '15m').account_max_drawdown).toBe('too_few_observations')
    expect(answersAt(idle, '1d').account_max_drawdown).toBe(0)
  })

  test('is not counted where it has no price at all: no partial sums', () => {
    const dark = snapshot(at('11:59:00'), [
      { symbol: 'AAA', qty: 10, mark: 50 },
      { symbol: 'QQQ', qty: 1 },
    ])
    expect(answersAt([...nobodys, dark]).account_gross_exposure).toBe('missing_mark')
  })
})

const ZZZ = { symbol: 'ZZZ', qty: 1, mark: 1 }

describe('0 or absent', () => {
  test('nothing happened and nothing is held: 0, but for what it is worth', () => {
    expect(answersAt([...both, evening])).toEqual({
      account_equity: 100_000,
      account_gross_exposure: 0,
      account_net_pnl: 0,
      account_max_drawdown: 0,
    })
  })

  test('without a snapshot there is no equity', () => {
    expect(answersAt([...both, decision({ at: at('11:00:00') })])).toEqual({
      account_equity: 'no_equity',
      account_gross_exposure: 0,
      account_net_pnl: 0,
      account_max_drawdown: 'no_equity',
    })
  })

  test('what an installation does not have makes unavailable what needs it', () => {
    const engine = createEngine({ startAt: T })
    applyAll(engine, [...both, evening])
    const account = engine.tick(T, withoutFeeds(T)).accounts.get(ACCOUNT)
    expect(account?.windows['1d'].map((result) => (result.status === 'ok' ? result.value : result.reason))).toEqual([
      'source_unavailable',
      'source_unavailable',
      'source_unavailable',
      0,
    ])
  })

  test('past the end of its calendar all is in error', () => {
    const beyond = instant('2035-01-01T00:00:00Z')
    expect(new Set(Object.values(answersAt(both, '1d', beyond)))).toEqual(new Set(['calendar_out_of_range']))
  })
})

describe('an account is there', () => {
  test('while one of its books is live', () => {
    const engine = createEngine({ startAt: T })
    const orphan = order({ execution_id: 'o', strategy_id: undefined, account: 'PA9', submitted_at: at('11:00:00') })
    applyAll(engine, [...both, evening, orphan])
    const labels = (now: EpochMs) => [...engine.tick(now, answered(now)).accounts.keys()]
    expect(labels(T)).toEqual([ACCOUNT])
    engine.apply([strategy({ strategy_id: 's1', accounts: [ACCOUNT], enabled: false })])
    expect(labels(T + 1_000)).toEqual([ACCOUNT])
    engine.apply([strategy({ strategy_id: 's2', accounts: [ACCOUNT], enabled: false })])
    expect(labels(T + 2_000)).toEqual([])
  })

  test('with the calendar and the decimals that its books call for', () => {
    const coin = strategy({ strategy_id: 's2', accounts: [ACCOUNT], calendar: '24x7' })
    const [stocks = coin] = both
    expect(accountAt([coin])).toMatchObject({ calendar: '24x7', moneyDecimals: 6 })
    expect(accountAt([stocks])).toMatchObject({ calendar: 'XNYS', moneyDecimals: 2 })
    expect(accountAt([stocks, coin])).toMatchObject({ calendar: 'XNYS', moneyDecimals: 6 })
  })

  test('as the same frame until something changes it', () => {
    const engine = createEngine({ startAt: T })
    applyAll(engine, [...both, evening, filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 50 })])
    const frameAt = (now: EpochMs) => engine.tick(now, answered(now)).accounts.get(ACCOUNT)
    const first = frameAt(T)
    expect(frameAt(T + 1_000)).toBe(first)
    engine.apply([bar('AAA', T + 1_500, 51)])
    expect(accountBriefs(frameAt(T + 2_000) ?? accountAt([])).account_gross_exposure).toBe(510)
  })
})

test('accounts have names of their own, and are ours beyond the pack', () => {
  expect(
    ACCOUNT_DICTIONARY.map(({ prometheus, windows, unit, extended }) => [prometheus, windows, unit, extended]),
  ).toEqual([
    ['quant_account_equity_usd', 'level', 'USD', true],
    ['quant_account_gross_exposure_usd', 'level', 'USD', true],
    ['quant_account_net_pnl_usd', 'all', 'USD', true],
    ['quant_account_max_drawdown_ratio', 'all', 'ratio', true],
  ])
})
