import type { BookFrame } from '../../../src/domain/frame.js'
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
    expect(stamp).toEqual({
      at: at('10:00:00'),
      ordersAsOf: at('10:00:00'),
      feedsAsOf: at('10:00:00'),
      areFeedsRequired: true,
      startedAt: at('10:00:00'),
      epoch: 'test',
    })
  })

  test('in steps has one for each book at least, and ends with the same frames', () => {
    const facts = [strategy({ strategy_id: 'b', accounts: ['PA2', 'PA1'] }), decision({ at: at('09:59:00') })]
    const engine = createEngine({ startAt: at('10:00:00') })
    applyAll(engine, facts)
    const steps = engine.ticking(at('10:00:00'), answered(at('10:00:00')))
    let count = 0
    let next = steps.next()
    for (; next.done !== true; next = steps.next()) count += 1
    expect(count).toBeGreaterThanOrEqual(next.value.books.size)
    expect(next.value).toEqual(framesAt(at('10:00:00'), facts))
  })

  test('is told nothing amid a tick, and goes on where one is given up', () => {
    const engine = createEngine({ startAt: at('10:00:00') })
    applyAll(engine, [BOOK, bought])
    const steps = engine.ticking(at('10:00:01'), answered(at('10:00:01')))
    steps.next()
    expect(() => engine.apply([bar('AAA', at('10:00:01'), 101)])).toThrow('a tick is under way')
    expect(() => engine.demand()).toThrow('a tick is under way')
    expect(() => engine.tick(at('10:00:02'), answered(at('10:00:02')))).toThrow('a tick is under way')
    steps.return(undefined as never)
    engine.apply([bar('AAA', at('10:00:01'), 101)])
    expect(engine.tick(at('10:00:02'), answered(at('10:00:02'))).books.size).toBe(1)
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
      bookOf(engine.tick(at(time), answered(at('10:00:00')), judges)).sources.light.orders.stale
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
    expect(engine.factCounts).toEqual({
      rejected: 0,
      orphans: 1,
      waitingForPrice: 0,
      snapshotsRefused: 0,
      inferredFlows: 0,
      rebases: 0,
    })
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
