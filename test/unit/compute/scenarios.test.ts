import {
  answered,
  applyAll,
  bookOf,
  briefs,
  briefsAt,
  createEngine,
  framesAt,
  resultsOf,
} from '../../support/engine.js'
import { bar, brokerFill, filled, instant, order, snapshot, strategy } from '../../support/facts.js'

/** METRICS section 7, as far as the metrics that are built show it. Numbers of the scenarios are those of the page. */

const newYork = (day: string, time: string) => instant(`${day}T${time}-04:00`)
const newYorkWinter = (day: string, time: string) => instant(`${day}T${time}-05:00`)

describe('scenario 1: fills around a weekend', () => {
  const [THU, FRI, MON] = ['2026-07-16', '2026-07-17', '2026-07-20']
  /** Each sells a power of two at a gain of 1 a share: sums name the fills that they are made of. */
  const facts = [
    filled({ at: newYork('2026-07-15', '10:00:00'), side: 'buy', qty: 63, price: 1 }),
    filled({ at: newYork(THU, '16:30:00'), side: 'sell', qty: 1, price: 2 }),
    filled({ at: newYork(FRI, '15:59:58'), side: 'sell', qty: 2, price: 2 }),
    filled({ at: newYork(FRI, '16:00:02'), side: 'sell', qty: 4, price: 2 }),
    filled({ at: newYork(FRI, '16:30:00'), side: 'sell', qty: 8, price: 2 }),
    filled({ at: newYork(MON, '08:10:00'), side: 'sell', qty: 16, price: 2 }),
    filled({ at: newYork(MON, '09:31:00'), side: 'sell', qty: 32, price: 2 }),
  ]

  test.each([
    ['Monday 08:00', '08:00:00', 1 + 2 + 4 + 8],
    ['Monday 08:11', '08:11:00', 1 + 2 + 4 + 8 + 16],
    ['a millisecond before the open', '09:29:59.999', 1 + 2 + 4 + 8 + 16],
    ['Monday 09:30:00', '09:30:00', 8 + 16],
    ['Monday 10:00', '10:00:00', 8 + 16 + 32],
  ])('at %s, 1d holds the fills since the roll before', (_, time, sum) => {
    const values = briefsAt(newYork(MON, time), facts)
    expect(values).toMatchObject({ realized_pnl: sum, traded_notional: 2 * sum })
  })

  test('one process that ticks through the weekend says the same', () => {
    const engine = createEngine({ startAt: newYork(THU, '16:00:00') })
    engine.apply(facts)
    const realized = (time: number) => briefs(bookOf(engine.tick(time, answered(time)))).realized_pnl
    expect(realized(newYork(FRI, '17:00:00'))).toBe(1 + 2 + 4 + 8)
    expect(realized(newYork(MON, '08:00:00'))).toBe(1 + 2 + 4 + 8)
    expect(realized(newYork(MON, '08:11:00'))).toBe(1 + 2 + 4 + 8 + 16)
    expect(realized(newYork(MON, '09:29:59'))).toBe(1 + 2 + 4 + 8 + 16)
    expect(realized(newYork(MON, '09:30:00'))).toBe(8 + 16)
    expect(realized(newYork(MON, '10:00:00'))).toBe(8 + 16 + 32)
  })
})

describe('scenario 2: the half day after Thanksgiving', () => {
  const [WED, FRI, MON] = ['2026-11-25', '2026-11-27', '2026-11-30']
  const facts = [
    filled({ at: newYorkWinter(WED, '16:05:00'), side: 'buy', qty: 1, price: 1 }),
    filled({ at: newYorkWinter(WED, '16:05:00.001'), side: 'buy', qty: 2, price: 1 }),
    filled({ at: newYorkWinter(FRI, '12:59:59'), side: 'buy', qty: 4, price: 1 }),
    filled({ at: newYorkWinter(FRI, '13:05:00'), side: 'buy', qty: 8, price: 1 }),
    filled({ at: newYorkWinter(FRI, '13:05:01'), side: 'buy', qty: 16, price: 1 }),
  ]

  test.each([
    ['at 14:00, 1d begins at the roll of Wednesday', FRI, '14:00:00', '1d', 2 + 4 + 8 + 16],
    ['at 13:30, 15m holds nothing', FRI, '13:30:00', '15m', 0],
    ['on Monday morning 1d still shows Friday', MON, '09:29:00', '1d', 2 + 4 + 8 + 16],
    ['from the open on Monday, 1d begins at 13:05 on Friday', MON, '09:30:00', '1d', 16],
    ['5d reaches over the holiday', MON, '09:30:00', '5d', 1 + 2 + 4 + 8 + 16],
  ] as const)('%s', (_, day, time, window, notional) => {
    expect(briefsAt(newYorkWinter(day, time), facts, { window }).traded_notional).toBe(notional)
  })
})

describe('scenario 3: a market that never closes', () => {
  const crypto = { calendars: { s1: '24x7' } } as const

  test('1d on Sunday at 03:00 is (Saturday 03:00, Sunday 03:00]', () => {
    const facts = [
      filled({ at: '2026-07-18T03:00:00Z', side: 'buy', qty: 1, price: 1, symbol: 'BTC/USD' }),
      filled({ at: '2026-07-18T03:00:00.001Z', side: 'buy', qty: 2, price: 1, symbol: 'BTC/USD' }),
      filled({ at: '2026-07-19T03:00:00Z', side: 'buy', qty: 4, price: 1, symbol: 'BTC/USD' }),
    ]
    expect(briefsAt(instant('2026-07-19T03:00:00Z'), facts, crypto).traded_notional).toBe(6)
    expect(briefsAt(instant('2026-07-19T03:00:00.001Z'), facts, crypto).traded_notional).toBe(4)
  })

  test('a fee in coin is no unexplained inventory: the ledger keeps what was bought', () => {
    const facts = [
      filled({ at: '2026-07-18T03:00:00Z', side: 'buy', qty: 1, price: 60_000, symbol: 'BTC/USD' }),
      snapshot('2026-07-18T03:00:10Z', [{ symbol: 'BTCUSD', qty: '0.9975', avg_entry_price: 60_000, mark: 60_100 }]),
    ]
    expect(briefsAt(instant('2026-07-18T03:01:00Z'), facts, { ...crypto, window: '5m' })).toMatchObject({
      open_positions: 1,
      gross_exposure: 60_100,
      unrealized_pnl: 100,
      realized_pnl: 0,
      gross_pnl: 100,
    })
  })
})

describe('scenario 5: the first snapshot does not agree with the fills', () => {
  const DAY = '2026-07-15'
  const facts = (position: object) => [
    snapshot(newYork(DAY, '09:40:00'), [{ symbol: 'AAA', qty: 110, avg_entry_price: 99, ...position }]),
    filled({ at: newYork(DAY, '09:35:00'), side: 'buy', qty: 10, price: 101 }),
    filled({ at: newYork(DAY, '10:00:00'), side: 'sell', qty: 110, price: 100 }),
  ]

  test('the ledger starts with 110 @ 99, so the sale realises 110', () => {
    const frame = bookOf(framesAt(newYork(DAY, '10:00:00'), facts({})))
    expect(briefs(frame)).toMatchObject({
      realized_pnl: 110,
      gross_pnl: 110,
      unrealized_pnl: 0,
      open_positions: 0,
      traded_notional: 12_010,
    })
    expect(resultsOf(frame).realized_pnl?.meta).toEqual({ fill_count: 2 })
    expect(briefs(frame, '1m')).toMatchObject({ realized_pnl: 110, traded_notional: 11_000 })
  })

  test('what it had earned before the snapshot was earned elsewhere: gross_pnl takes it over at the price of the snapshot', () => {
    const values = briefsAt(newYork(DAY, '10:00:00'), facts({ mark: 100.5 }))
    expect(values).toMatchObject({ realized_pnl: 110, gross_pnl: -55, net_pnl: -55 })
  })

  test('while it is held, its unrealised result is taken at its average', () => {
    const held = facts({ mark: 100.5 }).slice(0, 2)
    const values = briefsAt(newYork(DAY, '09:45:00'), [...held, bar('AAA', newYork(DAY, '09:45:00'), 101)])
    expect(values).toMatchObject({ unrealized_pnl: 220, gross_pnl: 55, realized_pnl: 0, gross_exposure: 11_110 })
  })
})

describe('scenario 6: a fill that crosses zero', () => {
  const DAY = '2026-07-15'
  const facts = [
    filled({ at: newYork(DAY, '10:00:00'), side: 'buy', qty: 100, price: 10, costs: 1.5 }),
    filled({ at: newYork(DAY, '10:30:00'), side: 'sell', qty: 150, price: 11, costs: 3 }),
    bar('AAA', newYork(DAY, '10:30:30'), 10.5),
  ]

  test('closes 100 at a gain of 100 and leaves 50 short at 11', () => {
    const frame = bookOf(framesAt(newYork(DAY, '10:31:00'), facts))
    expect(briefs(frame)).toMatchObject({
      realized_pnl: 100,
      unrealized_pnl: 25,
      gross_pnl: 125,
      cost_total: 4.5,
      net_pnl: 120.5,
      net_exposure: -525,
      gross_exposure: 525,
      open_positions: 1,
      cost_bps: 45_000 / (1_000 + 1_650),
    })
    expect(briefs(frame, '1m')).toMatchObject({ cost_total: 0, realized_pnl: 0 })
    expect(briefs(frame, '5m')).toMatchObject({ cost_total: 3, realized_pnl: 100 })
  })
})

describe('scenario 7: a symbol without bars', () => {
  const DAY = '2026-07-15'
  const facts = [
    filled({ at: newYork(DAY, '09:59:00'), side: 'buy', qty: 10, price: 100 }),
    snapshot(newYork(DAY, '10:00:00'), [{ symbol: 'AAA', qty: 10, avg_entry_price: 100, mark: 102 }]),
  ]

  test('is marked by the snapshot, however old', () => {
    expect(briefsAt(newYork(DAY, '15:00:00'), facts)).toMatchObject({ gross_exposure: 1_020, unrealized_pnl: 20 })
  })

  test('goes stale 120 s of session time after the last price, a tick of grace and two ticks in a row', () => {
    const engine = createEngine({ startAt: newYork(DAY, '10:00:00') })
    engine.apply(facts)
    const isStale = (time: string) => {
      const at = newYork(DAY, time)
      return bookOf(engine.tick(at, answered(at))).sources.light.prices.stale
    }
    expect(isStale('10:00:01')).toBe(false)
    expect(isStale('10:02:01')).toBe(false)
    expect(isStale('10:02:02')).toBe(false)
    expect(isStale('10:02:03')).toBe(true)
    engine.apply([snapshot(newYork(DAY, '10:02:04'), [{ symbol: 'AAA', qty: 10, mark: 103 }])])
    expect(isStale('10:02:04')).toBe(true)
    expect(isStale('10:02:05')).toBe(false)
  })

  test('does not grow old while the market is closed', () => {
    const closing = [
      filled({ at: newYork('2026-07-17', '15:59:00'), side: 'buy', qty: 10, price: 100 }),
      snapshot(newYork('2026-07-17', '15:59:30'), [{ symbol: 'AAA', qty: 10, mark: 102 }]),
    ]
    const engine = createEngine({ startAt: newYork('2026-07-17', '16:00:00') })
    engine.apply(closing)
    const isStale = (day: string, time: string) => {
      const at = newYork(day, time)
      return bookOf(engine.tick(at, answered(at))).sources.light.prices.stale
    }
    expect(isStale('2026-07-17', '20:00:00')).toBe(false)
    expect(isStale('2026-07-20', '09:31:31')).toBe(false)
    expect(isStale('2026-07-20', '09:31:32')).toBe(false)
    expect(isStale('2026-07-20', '09:31:33')).toBe(true)
  })
})

describe('scenario 10: a round trip opened three days ago and closed now', () => {
  const facts = [
    strategy(),
    filled({ at: newYork('2026-07-15', '10:00:00'), side: 'buy', qty: 10, price: 100 }),
    bar('AAA', newYork('2026-07-20', '09:59:00'), 129),
    filled({ at: newYork('2026-07-20', '10:00:00'), side: 'sell', qty: 10, price: 130 }),
  ]

  test('is realised as a whole in the shortest window, of which gross_pnl has the last minute only', () => {
    const engine = createEngine({ startAt: newYork('2026-07-20', '10:00:00') })
    applyAll(engine, facts)
    const frame = bookOf(engine.tick(newYork('2026-07-20', '10:00:00'), answered(newYork('2026-07-20', '10:00:00'))))
    for (const window of ['1m', '5m', '15m', '1h', '1d', '5d', '20d'] as const)
      expect(briefs(frame, window).realized_pnl).toBe(300)
    expect(briefs(frame, '1m').gross_pnl).toBe(10)
    expect(briefs(frame, '5d').gross_pnl).toBe(300)
  })
})

describe('fills that grow revision by revision', () => {
  test('are what the latest revision and the broker say, whatever was seen on the way', () => {
    const at = newYork('2026-07-15', '10:00:00')
    const row = (filled_qty: number, avg_fill_price: number | null, status: string, filledAt: number) =>
      order({
        execution_id: 'e1',
        submitted_at: at,
        submitted_qty: 10,
        filled_qty,
        avg_fill_price,
        status,
        filled_at: filledAt,
      })
    const revisions = [
      row(0, null, 'new', at),
      row(3, 100, 'partially_filled', at + 1_000),
      row(7, 100.5, 'partially_filled', at + 2_000),
      row(10, 101, 'filled', at + 3_000),
    ]
    const engine = createEngine({ startAt: at })
    for (const revision of revisions) engine.apply([revision])
    const later = at + 60_000
    const grown = resultsOf(bookOf(engine.tick(later, answered(later))), '5m')
    const atOnce = resultsOf(bookOf(framesAt(later, revisions.slice(-1))), '5m')
    expect(grown).toEqual(atOnce)
    expect(grown.traded_notional).toEqual({ status: 'ok', value: 1_010, meta: { fill_count: 1 } })
    engine.apply([brokerFill({ execution_id: 'e1', fill_id: 'b1', at: at + 500, qty: 3, price: 100 })])
    expect(resultsOf(bookOf(engine.tick(later, answered(later))), '5m').traded_notional).toEqual({
      status: 'ok',
      value: 1_010,
      meta: { fill_count: 2 },
    })
  })
})
