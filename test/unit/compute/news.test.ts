import { DAY_MS } from '../../../src/domain/time.js'
import { answered, applyAll, bookOf, briefs, createEngine, resultsOf } from '../../support/engine.js'
import { bar, brokerFill, filled, instant, instrument, order, signal, snapshot, strategy } from '../../support/facts.js'
import { follow } from '../../support/follow.js'

/**
 * A book is computed again when something touched it. Each case is a fact that touches a book by a detour: it belongs to
 * somebody else, it comes late, or it says that what was known belongs elsewhere.
 */

const newYork = (day: string, time: string) => instant(`${day}T${time}-04:00`)
const DAY = '2026-07-15'
const at = (time: string) => newYork(DAY, time)

describe('a fact of somebody else changes', () => {
  test('the cost source of every book of the account', () => {
    const { last } = follow([
      [
        [
          filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 }),
          filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100, strategy_id: 's2' }),
        ],
        at('10:00:30'),
      ],
      [
        [filled({ at: at('10:00:31'), side: 'buy', qty: 1, price: 50, symbol: 'BBB', strategy_id: 's2', costs: 1 })],
        at('10:00:40'),
      ],
    ])
    expect(resultsOf(bookOf(last)).cost_bps).toEqual({ status: 'ok', value: 0, meta: { cost_source: 'order_records' } })
  })

  test('the cost source of every book of the account, by a fill that is still to come', () => {
    follow([
      [[filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 })], at('10:00:30')],
      [
        [
          order({
            execution_id: 'later',
            submitted_at: at('10:00:31'),
            filled_at: at('10:00:50'),
            filled_qty: 1,
            avg_fill_price: 50,
            strategy_id: 's2',
            costs: 1,
          }),
        ],
        at('10:00:40'),
      ],
      [[], at('10:00:49')],
      [[], at('10:00:50')],
    ])
  })

  test('the mark at the start of a window, by a late bar of a symbol that is no longer held', () => {
    follow([
      [
        [
          filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 }),
          bar('AAA', at('10:00:10'), 100),
          filled({ at: at('10:05:00'), side: 'sell', qty: 10, price: 110 }),
        ],
        at('10:05:30'),
      ],
      [[bar('AAA', at('10:04:20'), 105)], at('10:05:31')],
    ])
  })

  test('what is said about a price that did not move: its source and its age', () => {
    const { last } = follow([
      [
        [filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 }), bar('AAA', at('10:00:10'), 100)],
        at('10:00:30'),
      ],
      [[bar('AAA', at('10:00:31'), 100)], at('10:00:32')],
    ])
    expect(resultsOf(bookOf(last)).gross_exposure?.meta).toEqual({
      mark_source: { bar: 1 },
      oldest_mark_at: new Date(at('10:00:31')).toISOString(),
    })
  })
})

describe('a quote', () => {
  const held = filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 })
  const quote = (time: string, mid: number) => signal('AAA', at(time), { bid: mid - 0.1, ask: mid + 0.1 })

  test('marks a position where no bar is fresh, and leaves it with the bar where one is', () => {
    const { last } = follow([
      [[held, bar('AAA', at('10:00:01'), 101)], at('10:00:02')],
      [[quote('10:00:03', 110)], at('10:00:04')],
      [[], at('10:02:01')],
      [[], at('10:02:02')],
      [[quote('10:02:03', 120)], at('10:02:04')],
    ])
    expect(briefs(bookOf(last)).gross_exposure).toBe(1_200)
  })

  test('that comes late changes the mark at the start of a window', () => {
    const { last } = follow([
      [[held], at('10:30:00')],
      [[quote('10:10:00', 110)], at('10:30:01')],
    ])
    expect(briefs(bookOf(last), '15m').gross_pnl).toBe(0)
    expect(briefs(bookOf(last), '1h').gross_pnl).toBe(100)
  })

  test('of another source marks nothing, and an invalid one takes the mark away', () => {
    const { last } = follow([
      [[held, quote('10:10:00', 110)], at('10:30:00')],
      [[{ ...quote('10:11:00', 130), source: 'ws' }], at('10:30:01')],
    ])
    expect(briefs(bookOf(last)).gross_exposure).toBe(1_100)
    const { last: invalid } = follow([
      [[held, quote('10:10:00', 110)], at('10:30:00')],
      [[signal('AAA', at('10:11:00'))], at('10:30:01')],
    ])
    expect(briefs(bookOf(invalid)).gross_exposure).toBe(1_000)
  })

  test('is gone after twelve days, when the source has deleted it', () => {
    const { last } = follow([
      [[held, quote('10:10:00', 110)], at('10:30:00')],
      [[], at('10:10:00') + 12 * DAY_MS],
      [[], at('10:10:00') + 12 * DAY_MS + 1_000],
    ])
    expect(briefs(bookOf(last)).gross_exposure).toBe(1_000)
  })

  test('does not have a book computed that a fresh bar marks', () => {
    const engine = createEngine({ startAt: at('10:00:02') })
    applyAll(engine, [held, bar('AAA', at('10:00:01'), 101)])
    const before = bookOf(engine.tick(at('10:00:02'), answered(at('10:00:02'))))
    engine.apply([quote('10:00:03', 110)])
    const after = bookOf(engine.tick(at('10:00:03'), answered(at('10:00:03'))))
    expect(after.windows).toBe(before.windows)
  })
})

describe('the order in which facts come does not matter', () => {
  const bought = filled({ at: at('10:00:00'), side: 'buy', qty: 2, price: 100, symbol: 'FUT' })

  test('for the calendar of a strategy', () => {
    const weekend = instant('2026-07-18T15:00:00Z')
    const trade = filled({ at: instant('2026-07-17T14:00:00Z'), side: 'buy', qty: 2, price: 100 })
    const { last } = follow([
      [[trade], weekend],
      [[strategy({ calendar: '24x7' })], weekend + 1_000],
    ])
    expect(bookOf(last).book.calendar).toBe('24x7')
    expect(bookOf(last).moneyDecimals).toBe(6)
    expect(briefs(bookOf(last), '1d').traded_notional).toBe(0)
  })

  test('for the multiplier of an instrument', () => {
    const { last } = follow([
      [[bought], at('10:01:00')],
      [[instrument({ symbol: 'FUT', multiplier: 50 })], at('10:01:01')],
    ])
    expect(briefs(bookOf(last)).gross_exposure).toBe(10_000)
  })

  test('for two snapshots of one instant, the later read of which leaves a symbol out', () => {
    follow([
      [
        [
          filled({ at: at('10:00:00'), side: 'sell', qty: 1, price: 90 }),
          snapshot(at('10:02:50'), [{ symbol: 'AAA', qty: -1, mark: 80 }]),
        ],
        at('10:03:00'),
      ],
      [[snapshot(at('10:02:50'), [{ symbol: 'AAA', qty: -1 }])], at('10:07:00')],
    ])
  })

  test('for an order that moves to another book with its broker fills', () => {
    const row = (raw: object) =>
      order({
        execution_id: 'e',
        submitted_at: at('10:00:00'),
        submitted_qty: 4,
        filled_qty: 2,
        avg_fill_price: 100,
        ...raw,
      })
    const evidence = brokerFill({ execution_id: 'e', fill_id: 'f', at: at('10:00:01'), qty: 3, price: 101 })
    const described = [strategy({ accounts: ['PA1'] }), strategy({ strategy_id: 's2', accounts: ['PA1'] })]
    const { engine, last } = follow([
      [[...described, row({}), evidence], at('10:01:00')],
      [[row({ strategy_id: 's2' })], at('10:01:01')],
    ])
    expect(briefs(bookOf(last, { strategyId: 's2' })).traded_notional).toBe(303)
    expect(briefs(bookOf(last)).traded_notional).toBe(0)
    expect(engine.strategies().map(({ strategyId, firstFactAt }) => [strategyId, firstFactAt])).toEqual([
      ['s1', null],
      ['s2', at('10:00:00')],
    ])
  })

  test('for an order whose symbol is corrected', () => {
    const row = (symbol: string) =>
      order({ execution_id: 'e', submitted_at: at('10:00:00'), filled_qty: 2, avg_fill_price: 100, symbol })
    const { last } = follow([
      [[row('AAA')], at('10:01:00')],
      [[row('AAB')], at('10:01:01')],
    ])
    expect(briefs(bookOf(last))).toMatchObject({ open_positions: 1, traded_notional: 200 })
  })

  test('for an order that loses its strategy and finds one again', () => {
    const row = (raw: object) =>
      order({
        execution_id: 'e',
        submitted_at: at('10:00:00'),
        submitted_qty: 4,
        filled_qty: 2,
        avg_fill_price: 100,
        ...raw,
      })
    const evidence = brokerFill({ execution_id: 'e', fill_id: 'f', at: at('10:00:01'), qty: 3, price: 101 })
    const { engine, last } = follow([
      [[strategy({ accounts: ['PA1'] }), row({}), evidence], at('10:01:00')],
      [[row({ strategy_id: null })], at('10:01:01')],
    ])
    expect(briefs(bookOf(last)).traded_notional).toBe(0)
    expect(engine.factCounts.orphans).toBe(1)
    engine.apply([row({})])
    const found = engine.tick(at('10:01:02'), answered(at('10:01:02')))
    expect(briefs(bookOf(found)).traded_notional).toBe(303)
    expect(engine.factCounts.orphans).toBe(0)
  })
})
