import { DAY_MS, type EpochMs, MINUTE_MS } from '../../../src/domain/time.js'
import { bookOf, briefs, framesAt, resultsOf } from '../../support/engine.js'
import { bar, filled, instant, order, snapshot, strategy } from '../../support/facts.js'
import { follow } from '../../support/follow.js'

/**
 * A book that nothing touches is not computed again. Each case is a change that comes by time alone, and would be missed
 * by a process that only watches its facts.
 */

const newYork = (day: string, time: string) => instant(`${day}T${time}-04:00`)
const DAY = '2026-07-15'
const at = (time: string) => newYork(DAY, time)

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
      [[row(at('09:59:30'), 200)], at('10:01:00')],
      [[], at('10:06:00')],
    ])
    expect(briefs(bookOf(last)).traded_notional).toBe(200)
  })

  test('a snapshot that is not the last of its minute and goes with its price', () => {
    follow([
      [
        [
          filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 }),
          snapshot(at('10:00:20'), [{ symbol: 'AAA', qty: 10, mark: 90 }]),
          snapshot(at('10:00:40'), [{ symbol: 'AAA', qty: 10 }]),
        ],
        at('10:05:00'),
      ],
      [[], at('11:10:59')],
      [[], at('11:11:00')],
    ])
  })

  test('a snapshot that comes late for a minute of which the last one is kept', () => {
    follow([
      [
        [
          filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 }),
          snapshot(at('10:00:40'), [{ symbol: 'AAA', qty: 10 }]),
        ],
        at('12:00:01'),
      ],
      [[snapshot(at('10:00:20'), [{ symbol: 'AAA', qty: 10, mark: 90 }])], at('12:00:02')],
    ])
  })

  test('a takeover that leaves a window', () => {
    const { last } = follow([
      [
        [
          snapshot(at('09:40:00'), [{ symbol: 'AAA', qty: 30, avg_entry_price: 90 }]),
          filled({ at: at('10:20:00'), side: 'sell', qty: 10, price: 100 }),
        ],
        at('10:30:00'),
      ],
      [[], at('10:39:59')],
      [[], at('10:40:00')],
    ])
    expect(briefs(bookOf(last), '1h').gross_pnl).toBe('missing_mark')
  })

  test('the peak of a book that shares, where it is the start of a window that moves', () => {
    const { last } = follow([
      [
        [
          snapshot(at('09:35:00')),
          filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 }),
          filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100, symbol: 'BBB', strategy_id: 's2' }),
          bar('AAA', at('10:11:00'), 100),
          bar('AAA', at('10:26:00'), 95),
        ],
        at('10:27:00'),
      ],
      [[], at('10:27:01')],
      [[], at('10:27:31')],
    ])
    const { max_drawdown, drawdown_duration_minutes } = resultsOf(bookOf(last), '15m')
    expect(max_drawdown?.meta).toMatchObject({ peak_at: new Date(at('10:12:31')).toISOString() })
    expect(drawdown_duration_minutes).toMatchObject({ status: 'ok', value: (13 * 60 + 29) / 60 })
  })

  test('an order that ends: a window in which nothing is known is no longer one in which nothing happened', () => {
    const { last } = follow([
      [
        [
          snapshot(at('09:40:00'), [{ symbol: 'AAA', qty: 30, avg_entry_price: 90 }]),
          filled({ at: at('09:50:00'), side: 'sell', qty: 10, price: 100 }),
          filled({ at: at('09:50:00'), side: 'sell', qty: 10, price: 100, strategy_id: 's2' }),
          order({
            execution_id: 'e',
            submitted_at: at('09:51:00'),
            ended_at: at('10:20:00'),
            status: 'expired',
            symbol: 'BBB',
          }),
        ],
        at('10:19:59'),
      ],
      [[], at('10:20:00')],
    ])
    expect(briefs(bookOf(last), '1m').realized_pnl).toBe('unknown_opening_position')
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
