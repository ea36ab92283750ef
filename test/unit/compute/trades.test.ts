import { toFeeRules } from '../../../src/config/cost-schedule.js'
import type { Fact } from '../../../src/domain/facts.js'
import { WINDOWS, type Window } from '../../../src/domain/window.js'
import { bookOf, briefs, briefsAt, type EngineParts, framesAt, resultsOf } from '../../support/engine.js'
import { brokerFill, fact, filled, instant, instrument, order, snapshot } from '../../support/facts.js'
import { follow } from '../../support/follow.js'

/** METRICS section 1, "Trade", section 4, rows 17 to 25, and scenarios 5, 6 and 10 of section 7. */

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const NOW = at('11:00:00')
const buy = (time: string, qty: number | string, price: number | string, more: object = {}) =>
  filled({ at: at(time), side: 'buy', qty, price, ...more })
const sell = (time: string, qty: number | string, price: number | string, more: object = {}) =>
  filled({ at: at(time), side: 'sell', qty, price, ...more })
const metaAt = (facts: readonly Fact[], window: Window = '1d', parts: EngineParts = {}) =>
  resultsOf(bookOf(framesAt(NOW, facts, parts)), window).trade_count?.meta

/** A round trip that nets what is asked for. */
const trip = (time: string, net: number, symbol: string) => [
  buy('09:40:00', 1, 100, { symbol }),
  sell(time, 1, 100 + net, { symbol }),
]

describe('a trade', () => {
  test('is a round trip from flat to flat, however many fills it has', () => {
    const facts = [
      buy('10:00:00', 10, 100),
      sell('10:01:00', 4, 101),
      buy('10:02:00', 2, 102),
      sell('10:03:00', 8, 103),
    ]
    expect(briefsAt(NOW, facts)).toMatchObject({ trade_count: 1, win_rate: 1, expectancy_per_trade: 24 })
    expect(briefsAt(NOW, facts.slice(0, 3))).toMatchObject({ trade_count: 0, win_rate: 'no_trades' })
    expect(metaAt(facts.slice(0, 3))).toMatchObject({ fill_count: 3, order_count: 3, open_round_trips: 1 })
  })

  test('belongs to the window in which it closes', () => {
    const facts = [buy('09:40:00', 1, 100), sell('10:59:30', 1, 101)]
    expect(briefsAt(NOW, facts, { window: '1m' }).trade_count).toBe(1)
    expect(briefsAt(at('11:00:30'), facts, { window: '1m' }).trade_count).toBe(0)
    expect(briefsAt(at('10:59:29.999'), facts, { window: '1m' }).trade_count).toBe(0)
  })

  test('is of one symbol: two symbols are two', () => {
    expect(briefsAt(NOW, [...trip('10:00:00', 1, 'AAA'), ...trip('10:00:00', 2, 'BBB')]).trade_count).toBe(2)
  })

  test('is over when less than a lot is left', () => {
    const facts = [
      instrument({ symbol: 'AAA', lot_size: '0.001' }),
      buy('10:00:00', 1, 100),
      sell('10:30:00', '0.9995', 101),
    ]
    expect(briefsAt(NOW, facts)).toMatchObject({ trade_count: 1, expectancy_per_trade: 0.9495 })
  })

  test('is worth what the multiplier says', () => {
    const facts = [instrument({ symbol: 'AAA', multiplier: 50 }), buy('10:00:00', 1, 100), sell('10:30:00', 1, 101)]
    expect(briefsAt(NOW, facts).expectancy_per_trade).toBe(50)
  })

  test('is rounded to 8 decimals, half away from zero, and what is left of it is classified', () => {
    const cost = (costs: string) => [buy('10:00:00', 1, 1), sell('10:30:00', 1, 1, { costs })]
    expect(briefsAt(NOW, cost('0.000000004'))).toMatchObject({
      win_rate: 0,
      avg_loss: 'no_losses',
      payoff_ratio: 'no_wins',
    })
    expect(briefsAt(NOW, cost('0.000000005'))).toMatchObject({ win_rate: 0, avg_loss: -1e-8 })
    expect(briefsAt(NOW, cost('0.000000015'))).toMatchObject({ avg_loss: -2e-8 })
  })
})

describe('statistics of the trades of a window', () => {
  test('of wins, losses and one that broke even', () => {
    const facts = [3, -2, 0, 5, -1].flatMap((net, index) => trip('10:30:00', net, `S${index}`))
    const frame = bookOf(framesAt(NOW, facts))
    expect(briefs(frame)).toMatchObject({
      trade_count: 5,
      win_rate: 0.4,
      profit_factor: 8 / 3,
      avg_win: 4,
      avg_loss: -1.5,
      payoff_ratio: 8 / 3,
      expectancy_per_trade: 1,
      avg_holding_minutes: 50,
    })
    expect(resultsOf(frame).win_rate?.meta).toEqual({ n: 5, wins: 2, losses: 2, cost_source: 'none' })
  })

  test.each([
    [
      'only wins',
      [1, 2],
      { win_rate: 1, profit_factor: 'no_losses', avg_loss: 'no_losses', payoff_ratio: 'no_losses' },
    ],
    ['only losses', [-1, -2], { win_rate: 0, profit_factor: 0, avg_win: 'no_wins', payoff_ratio: 'no_wins' }],
    ['nothing won or lost', [0], { profit_factor: 'no_losses', avg_win: 'no_wins', payoff_ratio: 'no_wins' }],
  ])('of %s', (_, nets, expected) => {
    const facts = nets.flatMap((net, index) => trip('10:30:00', net, `S${index}`))
    expect(briefsAt(NOW, facts)).toMatchObject(expected)
  })

  test('a holding time runs from the average entry to the average exit, each by quantity', () => {
    const facts = [buy('10:00:00', 1, 100), buy('10:10:00', 3, 100), sell('10:30:00', 2, 100), sell('10:40:00', 2, 100)]
    expect(briefsAt(NOW, facts).avg_holding_minutes).toBe(35 - 7.5)
  })

  test('of a symbol that is quoted in something else there are a count and a time, and no result', () => {
    const facts = [instrument({ symbol: 'AAA', currency: 'EUR' }), ...trip('10:30:00', 1, 'AAA')]
    expect(briefsAt(NOW, facts)).toMatchObject({
      trade_count: 1,
      avg_holding_minutes: 50,
      win_rate: 'currency',
      expectancy_per_trade: 'currency',
    })
    expect(briefsAt(NOW, facts, { window: '15m' })).toMatchObject({ trade_count: 0, win_rate: 'no_trades' })
  })
})

describe('what a trade cost', () => {
  test('scenario 6: a fill through zero closes one trade and opens the next, its costs split by quantity', () => {
    const facts = [
      buy('10:00:00', 100, 10, { costs: 1.5 }),
      sell('10:30:00', 150, 11, { costs: 3 }),
      buy('10:45:00', 50, 10, { costs: 0.5 }),
    ]
    const frame = bookOf(framesAt(at('10:31:00'), facts))
    expect(briefs(frame)).toMatchObject({ trade_count: 1, expectancy_per_trade: 100 - 1.5 - 2 })
    expect(resultsOf(frame).trade_count?.meta).toMatchObject({ open_round_trips: 1 })
    const later = briefsAt(NOW, facts)
    expect(later).toMatchObject({ trade_count: 2, avg_win: (96.5 + (50 - 1 - 0.5)) / 2, avg_holding_minutes: 22.5 })
    expect(briefsAt(NOW, facts, { window: '15m' })).toMatchObject({ trade_count: 0 })
    expect(briefsAt(at('10:50:00'), facts, { window: '15m' })).toMatchObject({ trade_count: 1, avg_win: 48.5 })
  })

  test("an order's costs go with its fills by notional, also where they are of two trades", () => {
    const row = order({
      execution_id: 'e',
      submitted_at: at('10:00:00'),
      submitted_qty: 3,
      filled_qty: 3,
      avg_fill_price: 100,
      filled_at: at('10:20:00'),
      ended_at: at('10:20:00'),
      status: 'filled',
      costs: 3,
    })
    const facts = [
      row,
      brokerFill({ execution_id: 'e', fill_id: 'b1', at: at('10:00:00'), qty: 1, price: 100 }),
      sell('10:10:00', 1, 110),
      sell('10:30:00', 2, 110),
    ]
    expect(briefsAt(NOW, facts)).toMatchObject({ trade_count: 2, avg_win: (9 + 18) / 2 })
  })

  test('is told by one source, for all trades there ever were', () => {
    const recorded = [buy('10:00:00', 1, 100, { costs: 1 }), sell('10:10:00', 1, 110, { costs: 1 })]
    const silent = [buy('10:20:00', 1, 100), sell('10:30:00', 1, 110)]
    const scheduled = { settings: { feeRules: toFeeRules([{ name: 'desk', per_order: '0.5' }]) } }
    expect(briefsAt(NOW, silent, scheduled).expectancy_per_trade).toBe(9)
    expect(briefsAt(NOW, silent).expectancy_per_trade).toBe(10)
    const { last } = follow([
      [silent, at('10:40:00')],
      [recorded, NOW],
    ])
    expect(briefs(bookOf(last)).expectancy_per_trade).toBe((8 + 10) / 2)
    const both = follow(
      [
        [silent, at('10:40:00')],
        [recorded, NOW],
      ],
      scheduled,
    )
    expect(briefs(bookOf(both.last)).expectancy_per_trade).toBe((8 + 10) / 2)
  })

  test('includes what the broker took in coin', () => {
    const crypto = { calendars: { s1: '24x7' } } as const
    const shown = ['10:00:10', '10:00:25', '10:00:40'].map((time) =>
      snapshot(at(time), [{ symbol: 'BTCUSD', qty: '0.9975', avg_entry_price: 60_000, mark: 60_000 }]),
    )
    const facts = [
      buy('10:00:00', 1, 60_000, { symbol: 'BTC/USD' }),
      ...shown,
      sell('10:30:00', '0.9975', 61_000, { symbol: 'BTC/USD' }),
    ]
    // 997.5 is gained on what is left, and the coin that is gone cost 150.
    expect(briefsAt(NOW, facts, crypto)).toMatchObject({ trade_count: 1, expectancy_per_trade: 997.5 - 150 })
    expect(metaAt(facts, '1d', crypto)).toMatchObject({ trades_excluded: 0 })
  })

  test('leaves out fees that name no order', () => {
    const fee = fact('cash_flow', { account: 'PA1', flow_id: 'f', at: at('10:20:00'), kind: 'fee', amount: -5 })
    expect(briefsAt(NOW, [...trip('10:30:00', 1, 'AAA'), fee])).toMatchObject({ net_pnl: -4, expectancy_per_trade: 1 })
  })
})

describe('what is no trade', () => {
  test('scenario 5: a position taken over', () => {
    const facts = [
      snapshot(at('09:40:00'), [{ symbol: 'AAA', qty: 110, avg_entry_price: 99 }]),
      buy('09:35:00', 10, 101),
      sell('10:00:00', 110, 100),
    ]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: 110, trade_count: 0, win_rate: 'no_trades' })
    expect(metaAt(facts)).toMatchObject({ trades_excluded: 1, fill_count: 2 })
    expect(briefsAt(NOW, [...facts, buy('10:10:00', 1, 100), sell('10:20:00', 1, 101)])).toMatchObject({
      trade_count: 1,
    })
  })

  const shows = (qty: number, mark: number, ...times: readonly string[]) =>
    times.map((time) => snapshot(at(time), [{ symbol: 'AAA', qty, avg_entry_price: mark, mark }]))

  test.each([
    ['closed', 0],
    ['made smaller', 4],
    ['made larger', 14],
    ['turned round', -5],
  ])('a round trip that snapshots %s', (_, qty) => {
    const flat = [...shows(10, 100, '09:41:00'), ...shows(qty, 110, '10:00:00', '10:00:15', '10:00:30')]
    const back = qty === 0 ? [] : [qty > 0 ? sell('10:30:00', qty, 120) : buy('10:30:00', -qty, 120)]
    const facts = [buy('09:40:00', 10, 100), ...flat, ...back]
    expect(briefsAt(NOW, facts)).toMatchObject({ trade_count: 0 })
    expect(metaAt(facts)).toMatchObject({ trades_excluded: qty === -5 ? 2 : 1 })
  })

  test('one that snapshots began; the next is a trade again', () => {
    const facts = [
      buy('09:36:00', 1, 100),
      sell('09:37:00', 1, 100),
      ...shows(0, 100, '09:40:00'),
      ...shows(5, 100, '10:00:00', '10:00:15', '10:00:30'),
      sell('10:10:00', 5, 101),
      buy('10:20:00', 1, 100),
      sell('10:30:00', 1, 101),
    ]
    expect(briefsAt(NOW, facts)).toMatchObject({ trade_count: 2 })
    expect(metaAt(facts)).toMatchObject({ trades_excluded: 1 })
  })

  test('a split is the same round trip', () => {
    const split = ['10:00:00', '10:00:15', '10:00:30'].map((time) =>
      snapshot(at(time), [{ symbol: 'AAA', qty: 100, avg_entry_price: 10, mark: 11 }]),
    )
    const facts = [buy('09:40:00', 10, 100), ...shows(10, 100, '09:41:00'), ...split, sell('10:40:00', 100, 11)]
    expect(briefsAt(NOW, facts)).toMatchObject({ trade_count: 1, expectancy_per_trade: 100, avg_holding_minutes: 60 })
  })

  test('nobody can say what was closed while it is unknown what was held', () => {
    const facts = [
      snapshot(at('09:40:00'), [{ symbol: 'AAA', qty: 110, avg_entry_price: 99, mark: 100 }]),
      buy('09:35:00', 10, 101),
      buy('10:30:00', 5, 102, { strategy_id: 's2' }),
    ]
    const unknown = ['trade_count', 'win_rate', 'profit_factor', 'avg_win', 'payoff_ratio', 'avg_holding_minutes']
    const values = briefsAt(NOW, facts)
    for (const name of unknown) expect([name, values[name]]).toEqual([name, 'unknown_opening_position'])
    expect(briefsAt(NOW, facts, { window: '15m' })).toMatchObject({ trade_count: 0, win_rate: 'no_trades' })
  })
})

describe('turnover_ratio', () => {
  const worth = (time: string, equity: number) => snapshot(at(time), [], { equity })

  test('is what was bought and sold over the mean equity of the series, that at the start included', () => {
    const facts = [
      worth('10:00:00', 1_000),
      buy('10:40:00', 1, 300),
      sell('10:41:00', 1, 600),
      worth('10:45:00', 1_300),
      worth('10:50:00', 700),
    ]
    expect(briefsAt(NOW, facts, { window: '1d' }).turnover_ratio).toBe(900 / 1_000)
    expect(resultsOf(bookOf(framesAt(NOW, facts))).turnover_ratio?.meta).toMatchObject({
      n: 3,
      traded_usd: 900,
      mean_equity_usd: 1_000,
    })
  })

  test('needs an equity above 0 once something was traded', () => {
    expect(briefsAt(NOW, [buy('10:40:00', 1, 300)]).turnover_ratio).toBe('no_equity')
    const broke = snapshot(at('10:45:00'), [], { equity: -5, cash: -5 })
    expect(briefsAt(NOW, [broke, buy('10:40:00', 1, 300)]).turnover_ratio).toBe('non_positive_equity')
  })
})

test('scenario 10: a round trip opened three days ago is in the statistics of every window in which it closed', () => {
  const now = instant('2026-07-20T10:00:00-04:00')
  const facts = [
    filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 100 }),
    filled({ at: now, side: 'sell', qty: 10, price: 130 }),
  ]
  const frame = bookOf(framesAt(now, facts))
  for (const window of WINDOWS)
    expect(briefs(frame, window)).toMatchObject({ trade_count: 1, avg_win: 300, avg_holding_minutes: 5 * 24 * 60 })
})

test('follows fills that come late, are corrected or taken back', () => {
  const closing = sell('10:30:00', 10, 101)
  const facts: readonly (readonly [readonly Fact[], number])[] = [
    [[buy('10:00:00', 10, 100), closing], at('10:31:00')],
    [[buy('10:10:00', 5, 100), sell('10:20:00', 5, 99)], at('10:32:00')],
    [[{ ...closing, avgFillPrice: (closing.avgFillPrice ?? 0n) * 2n }], at('10:33:00')],
    [[fact('retraction', { of: 'execution', identity: [closing.executionId], at: at('10:34:00') })], at('10:34:00')],
    [[sell('10:35:00', 20, 98)], at('10:36:00')],
  ]
  const counts = facts.map((_, index) => {
    const { last } = follow(facts.slice(0, index + 1))
    const { trade_count, expectancy_per_trade } = briefs(bookOf(last))
    return [trade_count, expectancy_per_trade]
  })
  expect(counts).toEqual([
    [1, 10],
    [1, 5],
    [1, 1015],
    [0, 'no_trades'],
    [1, -25],
  ])
})
