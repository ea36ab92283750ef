import type { Engine } from '../../../src/compute/engine.js'
import type { Fact } from '../../../src/domain/facts.js'
import { DAY_MS, type EpochMs, MINUTE_MS } from '../../../src/domain/time.js'
import {
  answered,
  applyAll,
  bookOf,
  briefs,
  createEngine,
  type EngineParts,
  expectSameFrames,
  framesAt,
  resultsOf,
} from '../../support/engine.js'
import { bar, brokerFill, filled, instant, instrument, order, snapshot, strategy } from '../../support/facts.js'
import { identityOf } from '../../support/reference/knowledge.js'

/**
 * A book that nothing touches is not computed again. Each case is a change that comes by time alone, or from a fact
 * that belongs to somebody else, and would be missed by a process that only watches its own facts.
 */

const newYork = (day: string, time: string) => instant(`${day}T${time}-04:00`)
const DAY = '2026-07-15'
const at = (time: string) => newYork(DAY, time)

/** Facts come, T passes; each T is looked at as a process does that has been there, and compared with one that starts. */
function follow(
  steps: readonly (readonly [facts: readonly Fact[], at: EpochMs])[],
  parts: EngineParts = {},
): { engine: Engine; last: ReturnType<Engine['tick']> } {
  const known = new Map<string, Fact>()
  const first = steps[0]?.[1] ?? 0
  const engine = createEngine({ startAt: first, ...parts })
  let last = engine.tick(first, answered(first))
  for (const [facts, now] of steps) {
    for (const fact of facts) known.set(identityOf(fact), fact)
    applyAll(engine, facts)
    last = engine.tick(now, answered(now))
    expectSameFrames(last, framesAt(now, [...known.values()], parts))
  }
  return { engine, last }
}

describe('time alone changes', () => {
  test('a bar that turns 120 s old exactly at the close: it is stale from the next open on', () => {
    const { last } = follow([
      [
        [
          filled({ at: newYork('2026-07-16', '15:57:00'), side: 'buy', qty: 10, price: 100 }),
          bar('AAA', newYork('2026-07-16', '15:58:00'), 101),
          snapshot(newYork('2026-07-16', '16:30:00'), [{ symbol: 'AAA', qty: 10, mark: 105 }]),
        ],
        newYork('2026-07-16', '17:00:00'),
      ],
      [[], newYork('2026-07-17', '09:29:59')],
      [[], newYork('2026-07-17', '09:30:00')],
      [[], newYork('2026-07-17', '09:30:01')],
    ])
    expect(briefs(bookOf(last)).unrealized_pnl).toBe(50)
  })

  test('the five session minutes of the snapshot at the start of a window, ending at a close', () => {
    follow([
      [
        [
          filled({ at: newYork('2026-07-16', '15:50:00'), side: 'buy', qty: 10, price: 100 }),
          snapshot(newYork('2026-07-16', '15:55:00'), [{ symbol: 'AAA', qty: 10, mark: 105 }]),
          bar('AAA', newYork('2026-07-16', '15:59:59'), 101),
        ],
        newYork('2026-07-16', '20:00:00'),
      ],
      [[], newYork('2026-07-17', '10:30:00')],
      [[], newYork('2026-07-17', '10:30:01')],
      [[], newYork('2026-07-17', '10:31:00')],
    ])
  })

  test('an outlier at the end of a session, once only the last bar of its cell is kept', () => {
    follow([
      [
        [
          filled({ at: at('15:57:00'), side: 'buy', qty: 10, price: 100 }),
          bar('AAA', at('15:59:00'), 100),
          bar('AAA', at('15:59:30'), 150),
        ],
        at('16:10:00'),
      ],
      [[], at('17:09:59')],
      [[], at('17:10:00')],
      [[], at('17:11:00')],
    ])
  })

  test('a price that is 28 days old and goes', () => {
    const bought = newYork('2026-06-01', '10:00:00')
    follow([
      [
        [strategy(), filled({ at: bought, side: 'buy', qty: 10, price: 100 }), bar('AAA', bought + 1_000, 101)],
        bought + 60_000,
      ],
      [[], bought + 27 * DAY_MS],
      [[], bought + 28 * DAY_MS + 1_000],
      [[], bought + 28 * DAY_MS + 1_001],
    ])
  })

  test('an opening that a fill stamped after T decides, once T gets there', () => {
    const second = { strategy_id: 's2' }
    follow([
      [
        [
          snapshot(at('10:00:00'), [{ symbol: 'AAA', qty: 5, avg_entry_price: 99 }]),
          filled({ at: at('10:01:00'), side: 'buy', qty: 1, price: 100, ...second }),
          order({
            execution_id: 'b',
            submitted_at: at('10:01:00'),
            filled_at: at('10:04:00'),
            filled_qty: 1,
            avg_fill_price: 100,
          }),
          order({
            execution_id: 'a',
            submitted_at: at('10:01:00'),
            filled_at: at('10:03:00'),
            filled_qty: 1,
            avg_fill_price: 100,
          }),
        ],
        at('10:02:00'),
      ],
      [[], at('10:03:30')],
      [[], at('10:05:00')],
    ])
  })

  test('an order submitted after T, read in two revisions', () => {
    const row = (submittedAt: EpochMs, price: number) =>
      order({
        execution_id: 'e',
        submitted_at: submittedAt,
        filled_at: submittedAt,
        filled_qty: 1,
        avg_fill_price: price,
      })
    const { last } = follow([
      [[row(at('10:05:00'), 100)], at('10:00:00')],
      [[row(at('10:00:30'), 200)], at('10:01:00')],
      [[], at('10:06:00')],
    ])
    expect(briefs(bookOf(last)).traded_notional).toBe(200)
  })

  test('an order whose newer revision says that it was submitted later', () => {
    const row = (submittedAt: EpochMs, price: number) =>
      order({
        execution_id: 'e',
        submitted_at: submittedAt,
        filled_at: submittedAt,
        filled_qty: 1,
        avg_fill_price: price,
      })
    follow([
      [[strategy({ accounts: ['PA1'] }), row(at('10:00:00'), 100)], at('10:01:00')],
      [[row(at('10:05:00'), 200)], at('10:02:00')],
      [[], at('10:06:00')],
    ])
  })
})

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
    const { last } = follow([
      [[...described, row({}), evidence], at('10:01:00')],
      [[row({ strategy_id: 's2' })], at('10:01:01')],
    ])
    expect(briefs(bookOf(last, { strategyId: 's2' })).traded_notional).toBe(303)
    expect(briefs(bookOf(last)).traded_notional).toBe(0)
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

describe('a snapshot price at the start of the longest window', () => {
  test('is used also when holidays put it more than 28 days back', () => {
    // From 2025-12-03 to 2026-01-02 there are two holidays: the roll before twenty sessions is 29.8 days old.
    const start = instant('2025-12-03T16:05:00-05:00')
    const now = instant('2026-01-02T12:00:00-05:00')
    const facts = [
      filled({ at: start - 60 * MINUTE_MS, side: 'buy', qty: 10, price: 100 }),
      snapshot(start - 6 * MINUTE_MS, [{ symbol: 'AAA', qty: 10, mark: 120 }]),
      snapshot(now - 60_000, [{ symbol: 'AAA', qty: 10, mark: 125 }]),
    ]
    expect(briefs(bookOf(framesAt(now, facts)), '20d').gross_pnl).toBe(50)
  })
})
