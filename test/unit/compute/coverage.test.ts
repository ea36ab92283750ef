import type { Fact } from '../../../src/domain/facts.js'
import type { MinuteRuns } from '../../../src/domain/ports.js'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import { answered, applyAll, bookOf, brief, briefsAt, createEngine, framesAt, resultsOf } from '../../support/engine.js'
import { bar, decision, filled, instant, signal, snapshot, strategy } from '../../support/facts.js'
import { follow } from '../../support/follow.js'

const newYork = (day: string, time: string, zone = '-04:00') => instant(`${day}T${time}${zone}`)
const at = (time: string) => newYork('2026-07-15', time)
const UNIVERSE = strategy({ accounts: ['PA1'], universe: ['AAA', 'BBB'] })
/** A bar of AAA in each of some minutes, half a minute before they end. */
const bars = (symbol: string, ...ends: readonly string[]) =>
  ends.map((time) => bar(symbol, at(time) - 30 * SECOND_MS, 100))

const rateAt = (time: number, facts: readonly Fact[], window: Window = '5m') =>
  briefsAt(time, facts, { window }).missing_price_rate

describe('missing_price_rate', () => {
  test('is the share of minutes and symbols without a bar', () => {
    const facts = [UNIVERSE, ...bars('AAA', '11:56:00', '11:57:00'), ...bars('BBB', '11:57:00', '11:59:00', '11:59:00')]
    // (11:55, 11:59:45]: the minutes that end from 11:56 to 11:59, two symbols.
    expect(rateAt(at('12:00:00'), facts)).toBe(4 / 8)
    const { missing_price_rate } = resultsOf(bookOf(framesAt(at('12:00:00'), facts)), '5m')
    expect(missing_price_rate?.meta).toEqual({
      missing: 4,
      due: 8,
      symbols: 2,
      worst: [
        { symbol: 'AAA', missing: 2 },
        { symbol: 'BBB', missing: 2 },
      ],
    })
  })

  test('takes a bar that ends on a minute as one of that minute', () => {
    expect(rateAt(at('12:00:00'), [UNIVERSE, bar('AAA', at('11:56:00'), 1)])).toBe(7 / 8)
    expect(rateAt(at('12:00:00'), [UNIVERSE, bar('AAA', at('11:55:00'), 1)])).toBe(1)
    expect(rateAt(at('12:00:00'), [UNIVERSE, bar('AAA', at('11:55:00.001'), 1)])).toBe(7 / 8)
  })

  test('counts a minute 15 s after its end, not before', () => {
    const due = (time: string) =>
      resultsOf(bookOf(framesAt(at(time), [UNIVERSE])), '1m').missing_price_rate?.meta?.due ?? 'nothing_due'
    expect(due('12:00:14.999')).toBe('nothing_due')
    expect(due('12:00:15')).toBe(2)
    expect(due('12:00:59.999')).toBe(2)
    expect(due('12:01:00')).toBe('nothing_due')
  })

  test('looks at what is held, also outside the universe', () => {
    const held = filled({ at: at('10:00:00'), side: 'buy', qty: 1, price: 1, symbol: 'HHH' })
    expect(
      rateAt(at('12:00:00'), [UNIVERSE, held, ...bars('AAA', '11:56:00', '11:57:00', '11:58:00', '11:59:00')]),
    ).toBe(8 / 12)
  })

  test('names the five worst symbols', () => {
    const universe = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
    const facts = [
      strategy({ accounts: ['PA1'], universe }),
      ...bars('A', '11:57:00'),
      ...bars('G', '11:57:00', '11:58:00'),
    ]
    const { missing_price_rate } = resultsOf(bookOf(framesAt(at('12:00:00'), facts)), '5m')
    expect(missing_price_rate?.meta?.worst).toEqual(['B', 'C', 'D', 'E', 'F'].map((symbol) => ({ symbol, missing: 4 })))
  })
})

describe('without a universe', () => {
  const decided = decision({ at: newYork('2026-07-09', '15:00:00'), symbol: 'DDD' })
  const BOOK = strategy({ accounts: ['PA1'], universe: [] })

  test('the symbols are those decided on in the last five sessions', () => {
    const { last } = follow([
      [[BOOK, decided], newYork('2026-07-15', '12:00:00')],
      [[], newYork('2026-07-15', '20:00:00')],
      [[], newYork('2026-07-16', '09:29:59')],
    ])
    expect(resultsOf(bookOf(last), '1d').missing_price_rate).toMatchObject({ value: 1, meta: { symbols: 1 } })
    const { last: later } = follow([
      [[BOOK, decided], newYork('2026-07-15', '12:00:00')],
      [[], newYork('2026-07-16', '09:30:00')],
    ])
    expect(brief(resultsOf(bookOf(later), '1d').missing_price_rate)).toBe('no_universe')
  })

  test('in a market that never closes, in the last five days', () => {
    const facts = [strategy({ accounts: ['PA1'], calendar: '24x7' }), { ...decided, at: at('12:00:00') - 5 * DAY_MS }]
    expect(rateAt(at('12:00:00') - 1, facts)).toBe(1)
    expect(rateAt(at('12:00:00'), facts)).toBe('no_universe')
  })

  test('and what is held, for however long', () => {
    const facts = [BOOK, filled({ at: newYork('2026-06-25', '15:00:00'), side: 'buy', qty: 1, price: 1 })]
    expect(rateAt(at('12:00:00'), facts)).toBe(1)
  })
})

describe('nothing_due', () => {
  test('before the second minute of a session, at night and in a window after a half day (scenario 2)', () => {
    expect(rateAt(at('09:30:30'), [UNIVERSE])).toBe('nothing_due')
    expect(rateAt(at('09:31:14'), [UNIVERSE])).toBe('nothing_due')
    expect(rateAt(at('09:31:15'), [UNIVERSE])).toBe(1)
    expect(rateAt(at('03:00:00'), [UNIVERSE])).toBe('nothing_due')
    const halfDay = (time: string) => newYork('2026-11-27', time, '-05:00')
    expect(rateAt(halfDay('13:30:00'), [UNIVERSE], '15m')).toBe('nothing_due')
    expect(rateAt(halfDay('13:30:00'), [UNIVERSE], '1h')).toBe(1)
  })

  test('is said after no_universe', () => {
    expect(rateAt(at('03:00:00'), [strategy({ accounts: ['PA1'] })])).toBe('no_universe')
  })
})

describe('session windows', () => {
  const due = (time: number, window: Window) =>
    Number(resultsOf(bookOf(framesAt(time, [UNIVERSE])), window).missing_price_rate?.meta?.due) / 2

  test('count whole sessions and what is due of this one', () => {
    expect(due(at('09:40:15'), '1d')).toBe(10)
    expect(due(at('20:00:00'), '1d')).toBe(390)
    expect(due(at('20:00:00'), '5d')).toBe(5 * 390)
    expect(due(newYork('2026-12-01', '10:00:00', '-05:00'), '5d')).toBe(3 * 390 + 210 + 29)
  })

  test('reach back 28 days, whatever the window', () => {
    // The first of the 20 sessions before the evening of 2 June is that of 5 May, because of Memorial Day.
    const evening = newYork('2026-06-02', '20:00:00')
    expect(due(evening, '20d')).toBe(19 * 390)
    const noon = newYork('2026-06-02', '12:00:00')
    const sinceTheNoonOf5May = 4 * 60
    expect(due(noon, '20d')).toBe(sinceTheNoonOf5May + 18 * 390 + 149)
  })
})

describe('missing_signal_rate', () => {
  test('counts signals of technical analysis only, with and without a quote', () => {
    const facts = [
      UNIVERSE,
      signal('AAA', at('11:55:30')),
      signal('AAA', at('11:56:30'), { bid: 1, ask: 1 }),
      signal('AAA', at('11:57:30'), { source: 'ws' }),
      ...bars('BBB', '11:57:00'),
    ]
    expect(briefsAt(at('12:00:00'), facts, { window: '5m' })).toMatchObject({
      missing_signal_rate: 6 / 8,
      missing_price_rate: 7 / 8,
    })
  })
})

describe('scenario 7: a symbol without bars', () => {
  test('counts its minutes while it is held', () => {
    const facts = [
      filled({ at: at('09:59:00'), side: 'buy', qty: 10, price: 100 }),
      snapshot(at('10:00:00'), [{ symbol: 'AAA', qty: 10, avg_entry_price: 100, mark: 102 }]),
    ]
    expect(briefsAt(at('15:00:00'), facts, { window: '1h' })).toMatchObject({
      gross_exposure: 1_020,
      missing_price_rate: 1,
    })
  })
})

describe('a process that has been there', () => {
  test('sees minutes come due, leave, and turn up late, and says what one says that starts', () => {
    const { last } = follow([
      [[UNIVERSE, ...bars('AAA', '11:56:00')], at('11:56:20')],
      [[], at('11:57:14.999')],
      [[], at('11:57:15')],
      [bars('BBB', '11:57:00'), at('11:57:16')],
      [[], at('11:58:20')],
      [bars('AAA', '11:57:00'), at('11:58:21')],
      [[], at('12:00:59.999')],
      [[], at('12:01:00')],
    ])
    expect(brief(resultsOf(bookOf(last), '5m').missing_price_rate)).toBe(6 / 8)
  })

  test('is not computed again for events in minutes that are not due', () => {
    const engine = createEngine({ startAt: at('12:00:20') })
    applyAll(engine, [UNIVERSE])
    const first = bookOf(engine.tick(at('12:00:20'), answered(at('12:00:20'))))
    applyAll(engine, [bar('AAA', at('12:00:20.500'), 100), signal('BBB', at('12:00:20.700'))])
    const second = bookOf(engine.tick(at('12:00:21'), answered(at('12:00:21'))))
    expect(second.windows).toBe(first.windows)
    expect(second.seq).toBe(first.seq)
    applyAll(engine, [bar('AAA', at('11:59:59'), 100)])
    const third = bookOf(engine.tick(at('12:00:22'), answered(at('12:00:22'))))
    expect(third.seq).toBe(first.seq + 1)
  })

  test('takes the history of minutes as runs, in any order and twice', () => {
    const runs = (symbol: string, first: string, last: string): MinuteRuns => ({
      symbol,
      runs: [[at(first), at(last)]],
    })
    const engine = createEngine({ startAt: at('12:00:00') })
    engine.apply([UNIVERSE])
    engine.applyMinutes('bars', [runs('AAA', '11:58:00', '11:59:00'), runs('AAA', '11:56:00', '11:58:00')])
    engine.applyMinutes('bars', [runs('AAA', '11:56:00', '11:58:00')])
    engine.applyMinutes('signals', [runs('BBB', '11:59:00', '11:59:00')])
    const results = resultsOf(bookOf(engine.tick(at('12:00:00'), answered(at('12:00:00')))), '5m')
    expect(brief(results.missing_price_rate)).toBe(4 / 8)
    expect(brief(results.missing_signal_rate)).toBe(7 / 8)
  })

  test('takes up another universe at once', () => {
    const { last } = follow([
      [[UNIVERSE, ...bars('CCC', '11:56:00')], at('12:00:00')],
      [[strategy({ accounts: ['PA1'], universe: ['CCC'] })], at('12:00:01')],
    ])
    expect(brief(resultsOf(bookOf(last), '5m').missing_price_rate)).toBe(3 / 4)
  })

  test('does not count an event before its time', () => {
    const engine = createEngine({ startAt: at('12:00:00') })
    applyAll(engine, [UNIVERSE, bar('AAA', at('12:00:30'), 100)])
    const rate = (time: string) =>
      brief(resultsOf(bookOf(engine.tick(at(time), answered(at(time)))), '1m').missing_price_rate)
    expect(rate('12:00:20')).toBe(1)
    expect(rate('12:01:20')).toBe(1 / 2)
  })
})

test('what the books want to know of: the universe, else what they decided on', () => {
  const engine = createEngine({ startAt: at('12:00:00') })
  const other = { strategy_id: 's2' }
  engine.apply([
    UNIVERSE,
    strategy({ ...other, accounts: ['PA2'] }),
    decision({ ...other, account: 'PA2', symbol: 'DDD', at: at('11:00:00') }),
    decision({ ...other, account: 'PA2', symbol: 'EEE', at: at('11:00:00') - 30 * DAY_MS }),
    decision({ decision_id: 'f', symbol: 'FFF', at: at('11:00:00') }),
    filled({ at: at('11:30:00'), side: 'buy', qty: 1, price: 1, symbol: 'HHH' }),
  ])
  engine.tick(at('12:00:00'), answered(at('12:00:00')))
  const { kept, watched } = engine.demand()
  expect([...watched].sort()).toEqual(['AAA', 'BBB', 'DDD'])
  expect([...kept]).toEqual([['HHH', 5 * MINUTE_MS]])
})
