import type { EpochMs } from '../../../src/domain/time.js'
import { answered, applyAll, bookOf, createEngine, framesAt } from '../../support/engine.js'
import { bar, decision, filled, instant, snapshot, strategy } from '../../support/facts.js'

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const BOOK = strategy({ accounts: ['PA1'] })
const bought = filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 })

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
      filled({ at: recent, side: 'buy', qty: 1, price: 1, symbol: 'BTC/USD', strategy_id: 'crypto', account: 'PA3' }),
      filled({ at: recent, side: 'buy', qty: 1, price: 1, symbol: 'NEW', strategy_id: 'crypto', account: 'PA2' }),
    ])
    const { kept, watched } = engine.demand()
    expect(Object.fromEntries(kept)).toEqual({ AAA: 300_000, NEW: 60_000, BTCUSD: 60_000 })
    expect([...watched]).toEqual(['AAA', 'ZZZ'])
  })

  test('is by the minute in an account that several books share', () => {
    const engine = createEngine({ startAt: instant('2026-09-15T12:00:00-04:00') })
    engine.apply([bought, { ...bought, executionId: 'other', strategyId: 's2' }])
    expect(Object.fromEntries(engine.demand().kept)).toEqual({ AAA: 60_000 })
  })

  test('is also what an account holds that no book traded', () => {
    const engine = createEngine({ startAt: at('12:00:00') })
    engine.apply([bought, snapshot(at('11:59:45'), [{ symbol: 'ZZZ', qty: 30, mark: 95 }])])
    expect([...engine.demand().kept.keys()].sort()).toEqual(['AAA', 'ZZZ'])
  })

  test('is exact at the last snapshot of each session and five minutes later, or at its close', () => {
    const engine = createEngine({ startAt: at('12:00:00') })
    const [midday, nearClose, evening] = ['2026-07-13T15:00:20', '2026-07-14T15:59:50', '2026-07-10T16:59:45']
    engine.apply([midday, nearClose, evening].map((time) => snapshot(instant(`${time}-04:00`), [])))
    engine.apply([snapshot(at('11:58:00'), [])])
    const pins = engine.demand().pins.map((pin) => new Date(pin).toISOString().slice(5, 19))
    expect(pins).toEqual([
      '07-13T19:00:20',
      '07-13T19:05:20',
      '07-14T19:59:50',
      '07-14T20:00:00',
      '07-15T15:58:00',
      '07-15T16:03:00',
    ])
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

describe('the newest bar that a book rests on', () => {
  const universe = strategy({ accounts: ['PA1'], universe: ['ZZZ'] })
  const newest = (facts: Parameters<typeof applyAll>[1], now = at('10:01:00')) => {
    const engine = createEngine({ startAt: now })
    applyAll(engine, facts)
    return bookOf(engine.tick(now, answered(now))).sources.light.prices.asOf
  }

  test('is of any symbol of its universe or that it holds', () => {
    const bars = [bar('AAA', at('10:00:10'), 100), bar('ZZZ', at('10:00:20'), 5)]
    expect(newest([universe, bought, ...bars])).toBe(at('10:00:20'))
    expect(newest([BOOK, bought, ...bars])).toBe(at('10:00:10'))
    expect(newest([universe, ...bars])).toBe(at('10:00:20'))
  })

  test('is never one of later', () => {
    const bars = [bar('AAA', at('10:00:10'), 100), bar('AAA', at('10:02:00'), 100)]
    expect(newest([BOOK, bought, ...bars])).toBe(at('10:00:10'))
  })

  test('is the newest mark where there is no bar, and nothing where there is none', () => {
    expect(newest([BOOK, bought])).toBe(at('10:00:00'))
    expect(newest([BOOK])).toBeUndefined()
  })
})
