import { returnTimeMs, yearMs } from '../../../src/compute/equity/session-time.js'
import type { Fact } from '../../../src/domain/facts.js'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import { bookOf, briefsAt, CALENDARS, framesAt, type NamedResults, resultsOf } from '../../support/engine.js'
import { bar, decision, fact, filled, instant, snapshot, strategy } from '../../support/facts.js'

/** METRICS section 2, "Cells", "Equity", "Flows", "Returns", worked out by hand. */

const newYork = (day: string, time: string) => instant(`${day}T${time}-04:00`)
const at = (time: string) => newYork('2026-07-15', time)
const BOOK = strategy({ accounts: ['PA1'], benchmark: 'SPY' })
/** Something was decided, so the window is not flat; nothing is held. */
const DECIDED = decision({ at: at('09:46:00') })

const RETURNS = Array.from({ length: 40 }, (_, index) => (((index * 7) % 11) - 5) / 10_000)

/** Equities that have these returns, rounded to the cent, beginning with 100 000. */
const EQUITIES = chained(100_000, RETURNS)

function chained(first: number, returns: readonly number[]): number[] {
  const equities = [first]
  for (const value of returns) equities.push(cents((equities.at(-1) ?? 0) * (1 + value)))
  return equities
}

function cents(value: number): number {
  return Math.round(value * 100) / 100
}

function returnsOf(equities: readonly number[]): number[] {
  return equities.slice(1).map((value, index) => value / (equities[index] ?? 0) - 1)
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

/** Snapshots a step apart, the last one at `to`. */
function series(equities: readonly number[], to: number, stepMs: number): Fact[] {
  return equities.map((equity, index) =>
    snapshot(to - (equities.length - 1 - index) * stepMs, [], { equity, cash: equity }),
  )
}

function valueIn(results: NamedResults, name: string): number {
  const result = results[name]
  if (result?.status !== 'ok') throw new Error(`${name}: ${JSON.stringify(result)}`)
  return result.value
}

describe('returns of a window of the clock', () => {
  const facts = [BOOK, DECIDED, ...series(EQUITIES.slice(0, 31), at('10:00:00'), 30 * SECOND_MS)]
  const results = resultsOf(bookOf(framesAt(at('10:00:00'), facts)), '15m')
  const values = returnsOf(EQUITIES.slice(0, 31))
  const periodsPerYear = (252 * 23_400) / 30

  test('lie between the start and the ends of its cells, and a year has 252 times six and a half hours', () => {
    const { meta } = results.volatility_annualized ?? {}
    expect(meta).toMatchObject({ n: 30, cell_seconds: 30, coverage: 1, equity_source: 'account' })
    expect(meta?.periods_per_year).toBeCloseTo(periodsPerYear, 6)
  })

  test('give what the definitions say', () => {
    const mean = values.reduce((sum, value) => sum + value, 0) / 30
    const downside = Math.sqrt(values.reduce((sum, value) => sum + Math.min(value, 0) ** 2, 0) / 30)
    const sorted = values.toSorted((a, b) => a - b)
    const expected = {
      volatility_annualized: deviation(values) * Math.sqrt(periodsPerYear),
      downside_volatility_annualized: downside * Math.sqrt(periodsPerYear),
      sharpe_annualized: (mean / deviation(values)) * Math.sqrt(periodsPerYear),
      sortino_annualized: (mean * Math.sqrt(periodsPerYear)) / downside,
      // (30 − 1) · 0.05 = 1.45
      var_95_historical: -((sorted[1] ?? 0) + 0.45 * ((sorted[2] ?? 0) - (sorted[1] ?? 0))),
      cvar_95_historical: -((sorted[0] ?? 0) + (sorted[1] ?? 0)) / 2,
    }
    for (const [name, value] of Object.entries(expected)) expect(valueIn(results, name) / value).toBeCloseTo(1, 9)
    expect(results.var_95_historical?.meta).toMatchObject({ horizon_seconds: 30, tail: 0.05 })
  })

  test('take rates of a year and of a period from configuration', () => {
    const returnRules = { riskFreeAnnual: 0.05, marPerPeriod: 0.0001, minimumObservations: 31 }
    expect(briefsAt(at('10:00:00'), facts, { window: '15m', settings: { returnRules } })).toMatchObject({
      sharpe_annualized: 'too_few_observations',
    })
    const enough = { settings: { returnRules: { ...returnRules, minimumObservations: 30 } } }
    const configured = resultsOf(bookOf(framesAt(at('10:00:00'), facts, enough)), '15m')
    const perPeriod = 1.05 ** (1 / periodsPerYear) - 1
    const excess = values.map((value) => value - perPeriod)
    const meanExcess = excess.reduce((sum, value) => sum + value, 0) / 30
    expect(valueIn(configured, 'sharpe_annualized')).toBeCloseTo(
      (meanExcess / deviation(excess)) * Math.sqrt(periodsPerYear),
      6,
    )
    expect(configured.downside_volatility_annualized?.meta).toMatchObject({
      minimum_acceptable_return: 0.0001,
      below: values.filter((value) => value < 0.0001).length,
    })
  })

  test('are too few with nineteen; meta says how many there are and how many are needed', () => {
    const few = [BOOK, DECIDED, ...series(EQUITIES.slice(0, 20), at('10:00:00'), 30 * SECOND_MS)]
    const { volatility_annualized } = resultsOf(bookOf(framesAt(at('10:00:00'), few)), '15m')
    expect(volatility_annualized).toMatchObject({
      status: 'insufficient_data',
      reason: 'too_few_observations',
      meta: { n: 19, needed: 20, coverage: 19 / 30 },
    })
  })

  test('do not see a deposit', () => {
    const deposited = EQUITIES.slice(0, 31).map((equity, index) => (index < 12 ? equity : cents(equity + 50_000)))
    const flow = fact('cash_flow', {
      ...{ account: 'PA1', flow_id: 'f', amount: 50_000, kind: 'deposit', at: at('09:50:45') },
    })
    const withFlow = [BOOK, DECIDED, flow, ...series(deposited, at('10:00:00'), 30 * SECOND_MS)]
    const before = resultsOf(bookOf(framesAt(at('10:00:00'), withFlow)), '15m')
    // The return in which it came in is measured without it, those after it on the larger equity.
    const expected = returnsOf(deposited).map((value, index) =>
      index === 11 ? ((deposited[12] ?? 0) - 50_000) / (deposited[11] ?? 0) - 1 : value,
    )
    expect(valueIn(before, 'volatility_annualized')).toBeCloseTo(deviation(expected) * Math.sqrt(periodsPerYear), 9)
  })

  test('end with an equity of nothing', () => {
    const ruined = EQUITIES.slice(0, 31).map((equity, index) => (index === 25 ? 0 : equity))
    const { var_95_historical } = resultsOf(
      bookOf(framesAt(at('10:00:00'), [BOOK, DECIDED, ...series(ruined, at('10:00:00'), 30 * SECOND_MS)])),
      '15m',
    )
    expect(var_95_historical?.meta).toMatchObject({ n: 25 })
  })
})

describe('returns of a window of sessions', () => {
  const yesterday = snapshot(newYork('2026-07-14', '15:59:30'), [], { equity: 99_000, cash: 99_000 })
  const night = snapshot(at('08:00:00'), [], { equity: 99_500, cash: 99_500 })

  test('begin with the equity at the roll, have one cell for the closed hours and none for their time', () => {
    const equities = EQUITIES.slice(0, 20)
    const facts = [BOOK, DECIDED, yesterday, night, ...series(equities, at('11:10:00'), 5 * MINUTE_MS)]
    const results = resultsOf(bookOf(framesAt(at('11:10:00'), facts)), '1d')
    const values = returnsOf([99_000, 99_500, ...equities])
    expect(results.volatility_annualized?.meta).toMatchObject({ n: 21, cell_seconds: 300, coverage: 1 })
    const periodsPerYear = 21 / ((20 * 300) / (252 * 23_700))
    expect(results.volatility_annualized?.meta?.periods_per_year).toBeCloseTo(periodsPerYear, 6)
    expect(valueIn(results, 'volatility_annualized')).toBeCloseTo(deviation(values) * Math.sqrt(periodsPerYear), 9)
  })

  test('read the last snapshot of a cell; a cell without one stays empty', () => {
    const facts = [
      ...[BOOK, DECIDED, yesterday],
      snapshot(at('09:31:00'), [], { equity: 99_500, cash: 99_500 }),
      snapshot(at('09:34:59'), [], { equity: 99_900, cash: 99_900 }),
      snapshot(at('09:45:00'), [], { equity: 100_800, cash: 100_800 }),
    ]
    const settings = { returnRules: { riskFreeAnnual: 0, marPerPeriod: 0, minimumObservations: 1 } }
    const results = resultsOf(bookOf(framesAt(at('10:00:00'), facts, { settings })), '1d')
    expect(results.volatility_annualized?.meta).toMatchObject({ n: 2, coverage: 0.5 })
    expect(valueIn(results, 'volatility_annualized')).toBeGreaterThan(0)
    expect(valueIn(results, 'var_95_historical')).toBeCloseTo(-(9 / 999 + 0.05 * (9 / 990 - 9 / 999)), 12)
  })

  test.each([
    ['within a session', '10:00:00', '10:05:00', 5 * MINUTE_MS],
    ['to the close', '15:55:00', '16:00:00', 5 * MINUTE_MS],
    ['out of it', '15:58:00', '17:00:00', 7 * MINUTE_MS],
    ['within closed hours', '16:05:00', '17:00:00', 0],
    ['into it', '08:00:00', '09:35:00', 5 * MINUTE_MS],
    ['from the open, which lies before it', '09:30:00', '09:35:00', 5 * MINUTE_MS],
  ])('a return %s takes session time, and a cell more where it leaves a session', (_, from, to, expected) => {
    expect(returnTimeMs('1d', CALENDARS.XNYS, at(from), at(to))).toBe(expected)
  })

  test('over the night it takes what is left of one session, a cell, and what has gone of the next', () => {
    const [from, to] = [newYork('2026-07-14', '15:58:00'), at('09:33:00')]
    expect(returnTimeMs('1d', CALENDARS.XNYS, from, to)).toBe((2 + 3 + 5) * MINUTE_MS)
    expect(returnTimeMs('20d', CALENDARS.XNYS, from, to)).toBe((2 + 3 + 60) * MINUTE_MS)
    expect(returnTimeMs('1h', CALENDARS.XNYS, from, to)).toBeUndefined()
    expect(returnTimeMs('1d', CALENDARS['24x7'], from, to)).toBe(to - from)
  })

  test.each<[Window, number]>([
    ['1h', 252 * 23_400_000],
    ['1d', 252 * 23_700_000],
    ['20d', 252 * (23_400_000 + HOUR_MS)],
  ])('a year of %s has the closed hours that its series has', (window, expected) => {
    expect(yearMs(window, CALENDARS.XNYS)).toBe(expected)
    expect(yearMs(window, CALENDARS['24x7'])).toBe(365 * 86_400_000)
  })
})

describe('a gap over the weekend (scenario 15)', () => {
  const friday = (time: string) => newYork('2026-07-17', time)
  const monday = (time: string) => newYork('2026-07-20', time)
  const held = (mark: number) => [{ symbol: 'AAA', qty: 1_000, avg_entry_price: 100, mark }]
  const facts = [
    filled({ at: friday('10:00:00'), side: 'buy', qty: 1_000, price: 100 }),
    snapshot(friday('15:59:50'), held(100), { equity: 100_000, cash: 0 }),
    snapshot(monday('09:30:15'), held(97), { equity: 97_000, cash: 0 }),
  ]
  const results = (window: Window) => resultsOf(bookOf(framesAt(monday('09:30:30'), facts)), window)

  test('is in the return of every window, and in the returns of windows of sessions only', () => {
    expect(valueIn(results('1m'), 'cumulative_return')).toBeCloseTo(-0.03, 12)
    expect(results('1m').volatility_annualized).toMatchObject({ reason: 'too_few_observations', meta: { n: 0 } })
    expect(valueIn(results('1d'), 'max_drawdown')).toBeCloseTo(0.03, 12)
    expect(results('1d').volatility_annualized).toMatchObject({ reason: 'too_few_observations', meta: { n: 1 } })
  })
})

describe('calmar', () => {
  const T = newYork('2026-07-15', '15:30:00')
  const facts = (days: readonly string[]) => [
    BOOK,
    DECIDED,
    ...days.flatMap((day, index) =>
      EQUITIES.slice(0, 13).map((equity, step) => {
        const worth = cents(equity * (1 + index / 1_000))
        return snapshot(newYork(day, '09:30:00') + step * 30 * MINUTE_MS, [], { equity: worth, cash: worth })
      }),
    ),
  ]
  const WEEK = ['2026-07-08', '2026-07-09', '2026-07-10', '2026-07-13', '2026-07-14', '2026-07-15']

  test('is annual growth over the deepest drawdown', () => {
    const results = resultsOf(bookOf(framesAt(T, facts(WEEK))), '5d')
    const { meta } = results.calmar ?? {}
    expect(valueIn(results, 'calmar')).toBeCloseTo(
      (Number(meta?.growth) ** (1 / Number(meta?.years)) - 1) / valueIn(results, 'max_drawdown'),
      9,
    )
    expect(meta?.growth).toBeCloseTo(1.005, 6)
  })

  test('wants four fifths of the session time of its window observed, and a fall', () => {
    expect(briefsAt(T, facts(WEEK.slice(2)), { window: '5d' }).calmar).toBe('window_not_covered')
    const rising = facts(WEEK).map((one, index) =>
      one.fact === 'position_snapshot' ? snapshot(one.at, [], { equity: 100_000 + index, cash: 100_000 + index }) : one,
    )
    expect(briefsAt(T, rising, { window: '5d' })).toMatchObject({
      calmar: 'no_drawdown',
      sortino_annualized: 'no_downside',
      max_drawdown: 0,
    })
  })

  test('equal returns have no variance', () => {
    const still = facts(WEEK).map((one) =>
      one.fact === 'position_snapshot' ? snapshot(one.at, [], { equity: 100_000, cash: 100_000 }) : one,
    )
    expect(briefsAt(T, still, { window: '5d' })).toMatchObject({
      volatility_annualized: 0,
      downside_volatility_annualized: 0,
      sharpe_annualized: 'zero_variance',
      sortino_annualized: 'no_downside',
      calmar: 'no_drawdown',
      var_95_historical: 0,
      cvar_95_historical: 0,
    })
  })
})

describe('beta', () => {
  const closes = EQUITIES.slice(0, 31).map((equity, index) => cents(400 + (equity - 100_000) / 500 + (index % 3)))
  const bars = closes.map((close, index) => bar('SPY', at('09:30:00') + index * MINUTE_MS, close))
  const facts = [BOOK, DECIDED, ...series(EQUITIES.slice(0, 31), at('10:00:00'), MINUTE_MS)]

  test('joins both on cells in which both have a value, and takes returns then', () => {
    const missing = [3, 4, 17]
    const kept = bars.filter((_, index) => !missing.includes(index))
    const results = resultsOf(bookOf(framesAt(at('10:00:00'), [...facts, ...kept])), '1h')
    const joined = <Value>(values: readonly Value[]) => values.filter((_, index) => !missing.includes(index))
    // The first value is that of the open, which lies in a closed cell with a snapshot.
    const [own, other] = [returnsOf(joined(EQUITIES.slice(0, 31))), returnsOf(joined(closes))]
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const products = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, index) => sum + (value - mean(a)) * ((b[index] ?? 0) - mean(b)), 0)
    expect(results.beta_vs_benchmark?.meta).toMatchObject({ benchmark: 'SPY', n: 27, cell_seconds: 60 })
    expect(valueIn(results, 'beta_vs_benchmark')).toBeCloseTo(products(own, other) / products(other, other), 9)
  })

  test('needs a benchmark that moves', () => {
    const still = closes.map((_, index) => bar('SPY', at('09:30:00') + index * MINUTE_MS, 400))
    expect(briefsAt(at('10:00:00'), [...facts, ...still], { window: '1h' }).beta_vs_benchmark).toBe('zero_variance')
    expect(briefsAt(at('10:00:00'), facts, { window: '1h' }).beta_vs_benchmark).toBe('too_few_observations')
    const nobodys = [strategy({ accounts: ['PA1'] }), ...facts.slice(1)]
    expect(briefsAt(at('10:00:00'), nobodys, { window: '1h' }).beta_vs_benchmark).toBe('no_benchmark')
    expect(briefsAt(at('10:00:00'), [BOOK], { window: '1h' }).beta_vs_benchmark).toBe(0)
  })

  test('of the start of a window of sessions has the last bar since the start of the cell before', () => {
    const yesterday = [
      snapshot(newYork('2026-07-14', '15:59:30'), [], { equity: 99_000, cash: 99_000 }),
      bar('SPY', newYork('2026-07-14', '15:57:00'), 390),
      bar('SPY', newYork('2026-07-14', '16:02:00'), 395),
    ]
    const settings = { returnRules: { riskFreeAnnual: 0, marPerPeriod: 0, minimumObservations: 2 } }
    const today = [
      snapshot(at('09:35:00'), [], { equity: 99_495, cash: 99_495 }),
      snapshot(at('09:40:00'), [], { equity: 99_992.475, cash: 99_992.475 }),
      bar('SPY', at('09:34:00'), 402.9),
      bar('SPY', at('09:39:00'), 419.016),
    ]
    const results = resultsOf(
      bookOf(framesAt(at('09:50:00'), [BOOK, DECIDED, ...yesterday, ...today], { settings })),
      '1d',
    )
    // Returns of 0.5 % and 0.5 % against 2 % and 4 %: no slope.
    expect(results.beta_vs_benchmark?.meta).toMatchObject({ n: 2 })
    expect(valueIn(results, 'beta_vs_benchmark')).toBeCloseTo(0, 9)
    expect(results.beta_vs_benchmark?.meta?.benchmark_variance).toBeCloseTo(0.0002, 12)
  })
})
