import type { LevelMetric } from '../../../src/compute/metrics/definition.js'
import type { LevelView } from '../../../src/compute/view.js'
import type { BookFrame } from '../../../src/domain/frame.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { WINDOWS } from '../../../src/domain/window.js'
import { answered, applyAll, bookOf, briefs, createEngine, framesAt } from '../../support/engine.js'
import {
  bar,
  brokerFill,
  decision,
  filled,
  instant,
  instrument,
  order,
  snapshot,
  strategy,
} from '../../support/facts.js'

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const BOOK = strategy({ accounts: ['PA1'] })
const bought = filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 })

describe('a tick', () => {
  test('gives the frames of all live books, by book', () => {
    const facts = [
      strategy({ strategy_id: 'b', accounts: ['PA2', 'PA1'] }),
      strategy({ strategy_id: 'a', accounts: ['PA1'] }),
      decision({ at: at('09:59:00'), strategy_id: 'c' }),
    ]
    const { books, stamp } = framesAt(at('10:00:00'), facts)
    expect([...books.values()].map(({ book }) => `${book.strategyId} ${book.account}`)).toEqual([
      'a PA1',
      'b PA1',
      'b PA2',
      'c PA1',
    ])
    expect(stamp).toEqual({ at: at('10:00:00'), ordersAsOf: at('10:00:00'), epoch: 'test' })
  })

  test('shares the values of a book that nothing touched, and counts material changes only', () => {
    const engine = createEngine({ startAt: at('10:00:00') })
    applyAll(engine, [BOOK, bought, bar('AAA', at('10:00:01'), 101)])
    const tick = (time: string): BookFrame => bookOf(engine.tick(at(time), answered(at(time))))
    const first = tick('10:00:02')
    const second = tick('10:00:03')
    expect(second.windows).toBe(first.windows)
    expect(second.seq).toBe(first.seq)

    engine.apply([bar('AAA', at('10:00:04'), 101)])
    const samePrice = tick('10:00:05')
    expect(samePrice.seq).toBe(first.seq)

    engine.apply([bar('AAA', at('10:00:06'), 102)])
    const newPrice = tick('10:00:07')
    expect(newPrice.seq).toBe(first.seq + 1)
    expect(briefs(newPrice).gross_exposure).toBe(1_020)
    expect(briefs(first).gross_exposure).toBe(1_010)
  })

  test('does not mind facts that it has seen', () => {
    const facts = [
      BOOK,
      bought,
      decision({ at: at('09:59:00') }),
      snapshot(at('10:00:10'), [{ symbol: 'AAA', qty: 10, mark: 101 }]),
    ]
    const engine = createEngine({ startAt: at('10:01:00') })
    engine.apply(facts)
    const before = bookOf(engine.tick(at('10:01:00'), answered(at('10:01:00'))))
    engine.apply(facts)
    const after = bookOf(engine.tick(at('10:01:01'), answered(at('10:01:01'))))
    expect(after.windows).toBe(before.windows)
  })

  test('of an extra frame judges no quality', () => {
    const engine = createEngine({ startAt: at('10:00:00') })
    engine.apply([BOOK])
    const stale = (time: string, judges: boolean) =>
      bookOf(engine.tick(at(time), { ordersAsOf: at('10:00:00'), barsAnswered: true }, judges)).sources.orders.stale
    expect(stale('10:00:16', true)).toBe(false)
    expect(stale('10:00:16.001', false)).toBe(false)
    expect(stale('10:00:16.002', false)).toBe(false)
    expect(stale('10:00:16.003', true)).toBe(false)
    expect(stale('10:00:17', true)).toBe(true)
  })
})

describe('an event after T', () => {
  test('of an order: its submit, its fills and its end each wait for their time', () => {
    const row = order({
      execution_id: 'e',
      submitted_at: at('10:00:00'),
      filled_at: at('10:01:00'),
      ended_at: at('10:02:00'),
      filled_qty: 3,
      avg_fill_price: 100,
      status: 'canceled',
    })
    const engine = createEngine({ startAt: at('09:59:00') })
    engine.apply([BOOK, row])
    const values = (time: string) => briefs(bookOf(engine.tick(at(time), answered(at(time)))), '5m')
    expect(values('09:59:59.999')).toMatchObject({ traded_notional: 0, open_positions: 0 })
    expect(values('10:00:59.999')).toMatchObject({ traded_notional: 0, open_positions: 0 })
    expect(values('10:01:00')).toMatchObject({ traded_notional: 300, open_positions: 1 })
  })

  test('of prices and snapshots waits too', () => {
    const facts = [
      BOOK,
      bought,
      bar('AAA', at('10:00:30'), 110),
      snapshot(at('10:00:20'), [{ symbol: 'AAA', qty: 10, mark: 105 }]),
    ]
    const engine = createEngine({ startAt: at('10:00:00') })
    applyAll(engine, facts)
    const exposure = (time: string) => briefs(bookOf(engine.tick(at(time), answered(at(time))))).gross_exposure
    expect(exposure('10:00:19')).toBe(1_000)
    expect(exposure('10:00:20')).toBe(1_050)
    expect(exposure('10:00:29.999')).toBe(1_050)
    expect(exposure('10:00:30')).toBe(1_100)
  })

  test('a broker fill waits for its time, not for its order', () => {
    const engine = createEngine({ startAt: at('10:00:00') })
    engine.apply([
      brokerFill({ execution_id: 'e', fill_id: 'f', at: at('10:00:10'), qty: 2, price: 100 }),
      BOOK,
      order({ execution_id: 'e', submitted_at: at('10:00:00') }),
    ])
    const traded = (time: string) => briefs(bookOf(engine.tick(at(time), answered(at(time))))).traded_notional
    expect(traded('10:00:09')).toBe(0)
    expect(traded('10:00:10')).toBe(200)
  })
})

describe('facts that belong nowhere', () => {
  test('an order without a strategy is counted once, and belongs to no book', () => {
    const engine = createEngine({ startAt: at('10:00:00') })
    const orphan = { ...bought, strategyId: undefined }
    engine.apply([BOOK, orphan as never, orphan as never])
    expect(engine.factCounts).toEqual({ rejected: 0, orphans: 1, waitingForPrice: 0 })
    expect(briefs(bookOf(engine.tick(at('10:00:00'), answered(at('10:00:00'))))).traded_notional).toBe(0)
    engine.apply([bought])
    expect(engine.factCounts.orphans).toBe(0)
  })

  test('a quantity without a price is counted until the price comes', () => {
    const engine = createEngine({ startAt: at('10:00:00') })
    const row = (price: number | null) =>
      order({ execution_id: 'e', submitted_at: at('10:00:00'), filled_qty: 1, avg_fill_price: price })
    engine.apply([row(null)])
    expect(engine.factCounts.waitingForPrice).toBe(1)
    engine.apply([row(100)])
    expect(engine.factCounts.waitingForPrice).toBe(0)
  })

  test('what a source could not read is counted', () => {
    const engine = createEngine()
    engine.reject([{ kind: 'bar', id: 'x', reason: 'malformed', detail: '' }])
    engine.reject([])
    expect(engine.factCounts.rejected).toBe(1)
  })
})

describe('a book is live', () => {
  const twentySessionsOn = instant('2026-08-12T09:30:00-04:00')
  const ids = (now: EpochMs, facts: Parameters<typeof framesAt>[1]) =>
    [...framesAt(now, facts).books.values()].map(({ book }) => book.strategyId)
  const roundTrip = [bought, filled({ at: at('10:00:01'), side: 'sell', qty: 10, price: 100 })]

  test('while its strategy is enabled, whatever it does', () => {
    expect(ids(instant('2027-07-15T12:00:00Z'), [BOOK])).toEqual(['s1'])
  })

  test('while it holds something', () => {
    expect(ids(instant('2027-07-15T12:00:00Z'), [strategy({ enabled: false }), bought])).toEqual(['s1'])
  })

  test('while it had a fact in the last twenty sessions', () => {
    const facts = [strategy({ enabled: false }), ...roundTrip]
    expect(ids(twentySessionsOn, facts)).toEqual(['s1'])
    expect(ids(twentySessionsOn + 86_400_000, facts)).toEqual([])
  })
})

describe('the demand for prices', () => {
  test('is what books hold or traded within the longest window, at the finer grid of their calendars', () => {
    const engine = createEngine({ startAt: instant('2026-09-15T12:00:00-04:00'), calendars: { crypto: '24x7' } })
    const recent = instant('2026-09-10T12:00:00-04:00')
    engine.apply([
      strategy({ accounts: ['PA1'], universe: ['AAA', 'ZZZ'] }),
      bought,
      filled({ at: recent, side: 'buy', qty: 1, price: 1, symbol: 'NEW' }),
      filled({ at: at('10:00:00'), side: 'buy', qty: 1, price: 1, symbol: 'OLD' }),
      filled({ at: at('10:00:01'), side: 'sell', qty: 1, price: 1, symbol: 'OLD' }),
      filled({ at: recent, side: 'buy', qty: 1, price: 1, symbol: 'BTC/USD', strategy_id: 'crypto' }),
      filled({ at: recent, side: 'buy', qty: 1, price: 1, symbol: 'NEW', strategy_id: 'crypto', account: 'PA2' }),
    ])
    const { kept, watched } = engine.demand()
    expect(Object.fromEntries(kept)).toEqual({ AAA: 300_000, NEW: 60_000, BTCUSD: 60_000 })
    expect([...watched]).toEqual(['AAA', 'ZZZ'])
  })

  test('is also what only an unknown beginning keeps alive', () => {
    const engine = createEngine({ startAt: instant('2026-09-15T12:00:00-04:00') })
    engine.apply([
      snapshot(at('09:40:00'), [{ symbol: 'AAA', qty: 30, mark: 95 }]),
      bought,
      { ...bought, executionId: 'other', strategyId: 's2' },
    ])
    engine.tick(instant('2026-09-15T12:00:00-04:00'), answered(0))
    expect([...engine.demand().kept.keys()]).toEqual(['AAA'])
  })
})

describe('strategies', () => {
  test('tell their accounts, their calendar and their first and last fact', () => {
    const engine = createEngine({ startAt: at('12:00:00'), calendars: { configured: '24x7' } })
    engine.apply([
      strategy({ strategy_id: 'b', name: 'second', enabled: false, calendar: '24x7' }),
      strategy({ strategy_id: 'a', name: 'first', accounts: ['PA2', 'PA1'] }),
      strategy({ strategy_id: 'configured', name: 'third', calendar: 'XNYS' }),
      filled({ at: at('10:00:00'), side: 'buy', qty: 1, price: 1, strategy_id: 'a' }),
      decision({ at: at('11:00:00'), strategy_id: 'a', account: 'PA2' }),
    ])
    expect(engine.strategies()).toEqual([
      {
        strategyId: 'a',
        name: 'first',
        enabled: true,
        calendar: 'XNYS',
        accounts: ['PA1', 'PA2'],
        firstFactAt: at('10:00:00'),
        lastFactAt: at('11:00:00'),
      },
      {
        strategyId: 'b',
        name: 'second',
        enabled: false,
        calendar: '24x7',
        accounts: [],
        firstFactAt: null,
        lastFactAt: null,
      },
      {
        strategyId: 'configured',
        name: 'third',
        enabled: true,
        calendar: '24x7',
        accounts: [],
        firstFactAt: null,
        lastFactAt: null,
      },
    ])
  })

  test('that are renamed rename their books', () => {
    const engine = createEngine({ startAt: at('10:00:00') })
    engine.apply([BOOK])
    engine.apply([strategy({ name: 'renamed', accounts: ['PA1'] })])
    expect(bookOf(engine.tick(at('10:00:00'), answered(0))).book.strategyName).toBe('renamed')
  })
})

describe('configuration goes before facts', () => {
  test('for an instrument', () => {
    const configured = instrument({ symbol: 'AAA', multiplier: 5 })
    const told = instrument({ symbol: 'AAA', multiplier: 7, currency: 'EUR' })
    const frames = framesAt(at('10:01:00'), [told, bought], { instruments: [configured] })
    expect(briefs(bookOf(frames)).gross_exposure).toBe(5_000)
  })

  test('for a calendar', () => {
    const frames = framesAt(at('10:01:00'), [strategy({ calendar: 'XNYS', accounts: ['PA1'] })], {
      calendars: { s1: '24x7' },
    })
    expect(bookOf(frames)).toMatchObject({ book: { calendar: '24x7' }, moneyDecimals: 6 })
  })
})

describe('tiers', () => {
  const base = {
    group: 'pipeline',
    unit: 'ms',
    formulaVersion: 'v1',
    windows: 'level',
    sources: ['orders'],
    summary: '',
  } as const
  const metric = (name: string, tier: LevelMetric['tier'], value: (level: LevelView) => number): LevelMetric => ({
    ...base,
    name,
    tier,
    prometheus: name,
    compute: (level) => ({ status: 'ok', value: value(level) }),
  })
  const held = (level: LevelView) => (level.positions.known ? level.positions.value.length : -1)
  const price = (level: LevelView) =>
    level.positions.known ? Number(level.positions.value[0]?.mark.priceE8 ?? 0n) / 1e8 : -1

  test('are computed at their own instants', () => {
    const dictionary = (['light', 'medium', 'heavy'] as const).map((tier) => metric(tier, tier, (level) => level.at))
    const engine = createEngine({ startAt: at('10:00:00'), dictionary })
    engine.apply([BOOK])
    const instants = (time: string) =>
      bookOf(engine.tick(at(time), answered(0))).windows['1m'].results.map((result) =>
        result.status === 'ok' ? (at(time) - result.value) / 1_000 : result.reason,
      )
    expect(instants('10:00:07')).toEqual([0, 2, 7])
    engine.apply([decision({ at: at('10:00:08') })])
    expect(instants('10:00:34')).toEqual([0, 4, 4])
  })

  test('take a fact in at their next instant', () => {
    const dictionary = [metric('light', 'light', held), metric('medium', 'medium', held)]
    const engine = createEngine({ startAt: at('10:00:00'), dictionary })
    engine.apply([BOOK, filled({ at: at('10:00:06'), side: 'buy', qty: 1, price: 100 })])
    const counts = (time: string) =>
      bookOf(engine.tick(at(time), answered(0))).windows['1m'].results.map(
        (result) => result.status === 'ok' && result.value,
      )
    expect(counts('10:00:05')).toEqual([0, 0])
    expect(counts('10:00:07')).toEqual([1, 0])
    expect(counts('10:00:09.999')).toEqual([1, 0])
    expect(counts('10:00:10')).toEqual([1, 1])
  })

  test('a slow one that does not see a position yet does not hide its prices from a fast one', () => {
    const dictionary = [metric('light', 'light', price), metric('heavy', 'heavy', price)]
    const engine = createEngine({ startAt: at('10:00:01'), dictionary })
    applyAll(engine, [BOOK, filled({ at: at('10:00:01'), side: 'buy', qty: 1, price: 100 })])
    const light = (time: string) => bookOf(engine.tick(at(time), answered(0))).windows['1m'].results[0]
    expect(light('10:00:02')).toMatchObject({ value: 100 })
    engine.apply([bar('AAA', at('10:00:03'), 101)])
    expect(light('10:00:04')).toMatchObject({ value: 101 })
  })
})

test('formulas have one hash, whatever was read', () => {
  const [engine, other] = [createEngine(), createEngine({ dictionary: [] })]
  expect(engine.formulaSet).toMatch(/^[0-9a-f]{16}$/)
  expect(createEngine({ startAt: 5 }).formulaSet).toBe(engine.formulaSet)
  expect(other.formulaSet).not.toBe(engine.formulaSet)
})

test('an engine without facts has frames of nothing', () => {
  const { books } = framesAt(at('10:00:00'), [])
  expect(books.size).toBe(0)
  expect(WINDOWS.length).toBe(7)
})
