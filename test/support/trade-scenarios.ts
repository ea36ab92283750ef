import { type EquityScenario, newYork, observed } from './equity-scenario.js'
import { filled, instant, instrument, order, snapshot } from './facts.js'

/** Trades, METRICS section 1 and rows 17 to 25, with numbers small enough to be worked out by hand. */

const [FRI, TUE, WED] = ['2026-07-10', '2026-07-14', '2026-07-15']
const wed = (time: string) => newYork(WED, time)
const buy = (at: number, qty: number | string, price: number | string, costs = '0') =>
  filled({ at, side: 'buy', qty, price, costs })
const sell = (at: number, qty: number | string, price: number | string, costs = '0') =>
  filled({ at, side: 'sell', qty, price, costs })
/** One share bought at 10 and sold at a price a minute later. */
const trip = (from: string, price: number, costs?: string) => [
  buy(wed(from), 1, 10),
  sell(wed(from) + 60_000, 1, price, costs),
]

const turned = [buy(wed('09:40:00'), 100, 10, '1'), sell(wed('09:50:00'), 150, 11, '3')]
const shown = (at: string, qty: number, price: number) =>
  snapshot(wed(at), [{ symbol: 'AAA', qty, avg_entry_price: price, mark: price }])
const TEN = wed('10:00:00')

export const TRADES: readonly EquityScenario[] = [
  {
    title: 'scenario 6: a fill through zero closes one trade, with its part of the costs',
    facts: turned,
    at: TEN,
    window: '1d',
    expected: { realized_pnl: 100, trade_count: 1, expectancy_per_trade: 97, avg_holding_minutes: 10 },
  },
  {
    title: 'scenario 6: and opens another, which carries the rest of the costs',
    facts: [...turned, buy(wed('09:55:00'), 50, 10)],
    at: TEN,
    window: '1d',
    expected: {
      trade_count: 2,
      win_rate: 1,
      avg_win: (97 + 49) / 2,
      avg_loss: 'no_losses',
      payoff_ratio: 'no_losses',
      profit_factor: 'no_losses',
      expectancy_per_trade: 73,
      avg_holding_minutes: 7.5,
    },
  },
  {
    title: 'scenario 5: what was held before history is no trade when it is sold',
    facts: [buy(wed('09:35:00'), 10, 101), shown('09:40:00', 110, 99), sell(TEN, 110, 100)],
    at: wed('10:05:00'),
    window: '1d',
    expected: { realized_pnl: 110, trade_count: 0, win_rate: 'no_trades', avg_holding_minutes: 'no_trades' },
  },
  ...(['1m', '1d', '20d'] as const).map((window) => ({
    title: `scenario 10: a round trip that was opened days ago belongs whole to the ${window} in which it closes`,
    facts: [buy(newYork(FRI, '10:00:00'), 100, 10), sell(TEN, 100, 12)],
    at: wed('10:00:30'),
    window,
    expected: { realized_pnl: 200, trade_count: 1, expectancy_per_trade: 200, avg_holding_minutes: 5 * 24 * 60 },
  })),
  {
    title: 'wins, losses and a break-even',
    facts: [...trip('09:40:00', 40), ...trip('09:42:00', 5), ...trip('09:44:00', 1), ...trip('09:46:00', 10)],
    at: TEN,
    window: '1h',
    expected: {
      trade_count: 4,
      win_rate: 0.25,
      profit_factor: 30 / 14,
      avg_win: 30,
      avg_loss: -7,
      payoff_ratio: 30 / 7,
      expectancy_per_trade: 4,
    },
  },
  {
    title: 'half of the last decimal is a loss, and only losses have a profit factor of 0',
    facts: trip('09:40:00', 10, '0.000000005'),
    at: TEN,
    window: '1h',
    expected: { win_rate: 0, profit_factor: 0, avg_win: 'no_wins', avg_loss: -1e-8, payoff_ratio: 'no_wins' },
  },
  {
    title: 'less than half of the last decimal is a break-even',
    facts: trip('09:40:00', 10, '0.0000000049'),
    at: TEN,
    window: '1h',
    expected: {
      trade_count: 1,
      win_rate: 0,
      profit_factor: 'no_losses',
      avg_win: 'no_wins',
      avg_loss: 'no_losses',
      payoff_ratio: 'no_wins',
      expectancy_per_trade: 0,
    },
  },
  {
    title: 'entries and exits have their times by quantity',
    facts: [
      buy(wed('09:40:00'), 1, 10),
      buy(wed('09:44:00'), 3, 10),
      sell(wed('09:50:00'), 2, 10),
      sell(wed('09:54:00'), 2, 10),
    ],
    at: TEN,
    window: '5m',
    expected: { trade_count: 0, win_rate: 'no_trades' },
  },
  {
    title: 'entries and exits have their times by quantity, in a window that has the close',
    facts: [
      buy(wed('09:40:00'), 1, 10),
      buy(wed('09:44:00'), 3, 10),
      sell(wed('09:50:00'), 2, 10),
      sell(wed('09:54:00'), 2, 10),
    ],
    at: TEN,
    window: '15m',
    expected: { trade_count: 1, avg_holding_minutes: 9 },
  },
  {
    title: 'what is left below the lot size is lost with the trade',
    facts: [instrument({ symbol: 'AAA', lot_size: 1 }), buy(wed('09:40:00'), 10, 100), sell(wed('09:50:00'), 9.5, 101)],
    at: TEN,
    window: '1h',
    expected: { trade_count: 1, expectancy_per_trade: 9.5 - 50 },
  },
  {
    title: 'a round trip that a rebase touches is no trade, and the next one is',
    facts: [
      buy(wed('09:40:00'), 10, 100),
      shown('09:40:30', 10, 100),
      ...['09:41:00', '09:42:00', '09:43:00'].map((at) => shown(at, 4, 100)),
      sell(wed('09:50:00'), 4, 110),
      buy(wed('09:51:00'), 1, 100),
      sell(wed('09:52:00'), 1, 107),
    ],
    at: TEN,
    window: '1h',
    expected: { trade_count: 1, expectancy_per_trade: 7 },
  },
  {
    title: 'a round trip goes on over a split',
    facts: [
      buy(wed('09:40:00'), 10, 1_000),
      shown('09:40:30', 10, 1_000),
      ...['09:41:00', '09:42:00', '09:43:00'].map((at) => shown(at, 100, 100)),
      sell(wed('09:50:00'), 100, 101),
    ],
    at: TEN,
    window: '1h',
    expected: { trade_count: 1, expectancy_per_trade: 100, avg_holding_minutes: 10 },
  },
  {
    title: 'a fee in coin is a cost of the trade',
    facts: [
      filled({ at: '2026-07-18T12:00:00Z', side: 'buy', qty: 1, price: 60_000, symbol: 'BTC/USD' }),
      ...[1, 2, 3].map((minute) =>
        snapshot(instant(`2026-07-18T12:0${minute}:00Z`), [{ symbol: 'BTCUSD', qty: 0.9975, mark: 60_000 }]),
      ),
      filled({ at: '2026-07-18T12:10:00Z', side: 'sell', qty: 0.9975, price: 60_000, symbol: 'BTC/USD' }),
    ],
    calendars: { s1: '24x7' },
    at: instant('2026-07-18T12:15:00Z'),
    window: '1h',
    expected: { trade_count: 1, win_rate: 0, expectancy_per_trade: -150, avg_holding_minutes: 10 },
  },
  {
    title: 'a symbol whose beginning nobody knows has no trades that could be counted',
    facts: [
      buy(wed('09:40:00'), 10, 100),
      filled({ at: wed('09:41:00'), side: 'buy', qty: 1, price: 100, strategy_id: 's2' }),
      shown('09:45:00', 110, 99),
      sell(wed('09:50:00'), 10, 101),
    ],
    at: TEN,
    window: '15m',
    expected: { trade_count: 'unknown_opening_position', win_rate: 'unknown_opening_position' },
  },
  {
    title: 'and none where nothing happened',
    facts: [
      buy(wed('09:40:00'), 10, 100),
      filled({ at: wed('09:41:00'), side: 'buy', qty: 1, price: 100, strategy_id: 's2' }),
      shown('09:45:00', 110, 99),
    ],
    at: TEN,
    window: '5m',
    expected: { trade_count: 0, win_rate: 'no_trades', turnover_ratio: 0 },
  },
]

const worth = [
  observed(newYork(TUE, '15:59:00'), 100_000),
  observed(wed('09:34:00'), 100_000),
  observed(wed('09:39:00'), 103_000),
]

export const TURNOVER: readonly EquityScenario[] = [
  {
    title: 'turnover is by the mean of the equity values, the first of the window included',
    facts: [...worth, buy(wed('09:32:00'), 10, 100), sell(wed('09:33:00'), 10, 100)],
    at: wed('09:40:00'),
    window: '1d',
    expected: { turnover_ratio: 2_000 / 101_000 },
  },
  {
    title: 'turnover without any equity',
    facts: [buy(wed('09:32:00'), 10, 100)],
    at: wed('09:40:00'),
    window: '1d',
    expected: { turnover_ratio: 'no_equity' },
  },
  {
    title: 'turnover is 0 where nothing happened, whatever is known of equity',
    facts: [buy(wed('09:32:00'), 10, 100)],
    at: wed('09:40:00'),
    window: '5m',
    expected: { turnover_ratio: 0 },
  },
  {
    title: 'turnover is 0 where an order did not fill',
    facts: [...worth, order({ execution_id: 'open', submitted_at: wed('09:39:00') })],
    at: wed('09:40:00'),
    window: '5m',
    expected: { turnover_ratio: 0 },
  },
]
