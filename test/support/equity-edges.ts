import { type EquityScenario, newYork, newYorkWinter, observed } from './equity-scenario.js'
import { bar, fact, filled, instant, order } from './facts.js'

/** Edges of sessions, and what ends or bends a curve. Numbers are small enough to be worked out by hand. */

const [TUE, WED, THU, FRI, MON] = ['2026-07-14', '2026-07-15', '2026-07-16', '2026-07-17', '2026-07-20']
const [THANKSGIVING_EVE, HALF_DAY] = ['2026-11-25', '2026-11-27']

const halfDay = [
  observed(newYorkWinter(THANKSGIVING_EVE, '15:59:30'), 100_000),
  filled({ at: newYorkWinter(HALF_DAY, '09:31:00'), side: 'buy', qty: 100, price: 100 }),
  observed(newYorkWinter(HALF_DAY, '09:35:00'), 90_000, { qty: 100, mark: 100 }),
  bar('AAA', newYorkWinter(HALF_DAY, '12:57:59'), 100),
  observed(newYorkWinter(HALF_DAY, '12:58:00'), 90_000, { qty: 100, mark: 100 }),
  bar('AAA', newYorkWinter(HALF_DAY, '12:59:59'), 101),
  bar('AAA', newYorkWinter(HALF_DAY, '13:00:30'), 105),
]

const thousandShares = (mark: number) => ({ qty: 1_000, mark })
const weekend = [
  filled({ at: newYork(WED, '10:00:00'), side: 'buy', qty: 1_000, price: 98 }),
  observed(newYork(THU, '15:59:00'), 2_000, thousandShares(98)),
  observed(newYork(FRI, '15:59:00'), 2_000, thousandShares(100)),
  observed(newYork(FRI, '16:30:00'), 2_000, thousandShares(101)),
  observed(newYork(MON, '08:10:00'), 2_000, thousandShares(99.97)),
  observed(newYork(MON, '09:35:00'), 2_000, thousandShares(102.03)),
]

const oneCoin = (mark: number) => ({ qty: 1, mark, symbol: 'BTCUSD' })
const coins = [
  filled({ at: '2026-07-18T12:00:00Z', side: 'buy', qty: 1, price: 60_000, symbol: 'BTC/USD' }),
  bar('BTC/USD', '2026-07-18T23:58:00Z', 60_000),
  observed(instant('2026-07-18T23:58:00Z'), 10_000, oneCoin(60_000)),
  bar('BTC/USD', '2026-07-19T00:00:30Z', 60_600),
]
const coinsWithMidnight = [
  ...coins.slice(0, 3),
  observed(instant('2026-07-19T00:00:00Z'), 10_000, oneCoin(60_700)),
  observed(instant('2026-07-19T00:20:00Z'), 10_000, oneCoin(61_000)),
]

export const SESSION_EDGES: readonly EquityScenario[] = [
  {
    title: 'half day: after the close at 13:00 nothing moves the last snapshot on',
    facts: halfDay,
    at: newYorkWinter(HALF_DAY, '14:00:00'),
    window: '1d',
    expected: {
      equity: 100_100,
      cumulative_return: 0.001,
      intraday_return: 0.001,
      max_drawdown: 0,
      current_drawdown: 0,
      drawdown_duration_minutes: 0,
      leverage_gross_over_equity: 10_500 / 100_100,
      pnl_reconciliation_gap: 0,
    },
  },
  {
    title: 'half day: 5m over the close has the open part',
    facts: halfDay,
    at: newYorkWinter(HALF_DAY, '13:02:00'),
    window: '5m',
    expected: { equity: 100_100, cumulative_return: 0.001, max_drawdown: 0 },
  },
  {
    title: 'half day: 15m in the afternoon has seen nothing',
    facts: halfDay,
    at: newYorkWinter(HALF_DAY, '14:00:00'),
    window: '15m',
    expected: {
      cumulative_return: 'no_observations',
      max_drawdown: 'too_few_observations',
      current_drawdown: 'too_few_observations',
      drawdown_duration_minutes: 'too_few_observations',
    },
  },
  {
    title: 'Monday 08:00 shows Friday and what came after',
    facts: weekend,
    at: newYork(MON, '08:00:00'),
    window: '1d',
    expected: {
      equity: 103_000,
      cumulative_return: 0.03,
      intraday_return: 'no_observations',
      max_drawdown: 0,
      current_drawdown: 0,
      drawdown_duration_minutes: 0,
      pnl_reconciliation_gap: 0,
    },
  },
  {
    title: 'Monday 10:00 runs from the roll of Friday',
    facts: weekend,
    at: newYork(MON, '10:00:00'),
    window: '1d',
    expected: {
      equity: 104_030,
      cumulative_return: 2_030 / 102_000,
      intraday_return: 0,
      max_drawdown: 0.01,
      current_drawdown: 0,
      drawdown_duration_minutes: 5,
      pnl_reconciliation_gap: 0,
    },
  },
  {
    title: '24x7: marks go on over midnight, and the new day has no snapshot yet',
    facts: coins,
    at: instant('2026-07-19T00:01:00Z'),
    window: '1h',
    calendars: { s1: '24x7' },
    expected: { equity: 70_600, intraday_return: 'no_observations', cumulative_return: 'no_equity' },
  },
  {
    title: '24x7: a snapshot at midnight is the first of its day',
    facts: coinsWithMidnight,
    at: instant('2026-07-19T00:00:00Z'),
    window: '1m',
    calendars: { s1: '24x7' },
    expected: { equity: 70_700, intraday_return: 0, cumulative_return: 0.01, max_drawdown: 0 },
  },
  {
    title: '24x7: the day runs from midnight',
    facts: coinsWithMidnight,
    at: instant('2026-07-19T00:20:10Z'),
    window: '1d',
    calendars: { s1: '24x7' },
    expected: { equity: 71_000, intraday_return: 300 / 70_700, cumulative_return: 'no_equity', max_drawdown: 0 },
  },
  ...[
    { time: '09:30:30', window: '1m' as const, change: 0.01 },
    { time: '09:32:00', window: '1m' as const, change: 0 },
    { time: '09:32:00', window: '1d' as const, change: 0.01 },
  ].map(({ time, window, change }) => ({
    title: `a snapshot at the open belongs to the night, does not move on, and begins the day: ${window} at ${time}`,
    facts: [
      filled({ at: newYork(TUE, '10:00:00'), side: 'buy' as const, qty: 1_000, price: 100 }),
      observed(newYork(TUE, '15:59:00'), 0, thousandShares(100)),
      observed(newYork(WED, '09:30:00'), 0, thousandShares(101)),
      bar('AAA', newYork(WED, '09:30:01'), 101),
      bar('AAA', newYork(WED, '09:31:30'), 102),
    ],
    at: newYork(WED, time),
    window,
    expected: { equity: 101_000, cumulative_return: change, intraday_return: 0 },
  })),
  ...[
    { title: 'a snapshot exactly at the close stays where it is', time: '16:00:00', equity: 100_000 },
    { title: 'one before the close goes on up to it', time: '15:58:00', equity: 100_500 },
    { title: 'one after the close stays where it is', time: '16:00:00.001', equity: 100_000 },
  ].map(({ title, time, equity }) => ({
    title,
    facts: [
      filled({ at: newYork(WED, '10:00:00'), side: 'buy' as const, qty: 500, price: 100 }),
      bar('AAA', newYork(WED, '15:57:59'), 100),
      bar('AAA', newYork(WED, '15:59:30'), 101),
      observed(newYork(WED, time), 50_000, { qty: 500, mark: 100 }),
      bar('AAA', newYork(WED, '16:01:00'), 103),
    ],
    at: newYork(WED, '16:04:00'),
    window: '1h' as const,
    expected: { equity },
  })),
]

const fiveHundred = (mark: number) => ({ qty: 500, mark })
const acrossDeposit = (recordedAt: string) => ({
  facts: [
    filled({ at: newYork(TUE, '10:00:00'), side: 'buy' as const, qty: 500, price: 100 }),
    observed(newYork(TUE, '15:59:00'), 50_000, fiveHundred(100)),
    observed(newYork(WED, '10:00:00'), 50_000, fiveHundred(90)),
    fact('cash_flow', { account: 'PA1', flow_id: 'f', at: recordedAt, amount: 20_000, kind: 'deposit' }),
    observed(newYork(WED, '10:10:00'), 70_000, fiveHundred(88)),
    observed(newYork(WED, '10:20:00'), 70_000, fiveHundred(100)),
  ],
  at: newYork(WED, '10:25:00'),
  window: '1d' as const,
  expected: {
    equity: 120_000,
    cumulative_return: -1_200 / 114_000,
    max_drawdown: 0.06,
    current_drawdown: 1_200 / 114_000,
    drawdown_duration_minutes: 50,
    pnl_reconciliation_gap: 0,
  },
})

const debt = [
  filled({ at: newYork(TUE, '10:00:00'), side: 'buy', qty: 500, price: 100 }),
  observed(newYork(TUE, '15:59:00'), -40_000, fiveHundred(100)),
  observed(newYork(WED, '10:00:00'), -40_000, fiveHundred(90)),
  observed(newYork(WED, '10:10:00'), -40_000, fiveHundred(76)),
  observed(newYork(WED, '10:20:00'), -40_000, fiveHundred(100)),
]

export const CURVES: readonly EquityScenario[] = [
  {
    title: 'of equal peaks the last begins a drawdown, and only what falls and comes back has a length',
    facts: [
      filled({ at: newYork(TUE, '10:00:00'), side: 'buy', qty: 1_000, price: 100 }),
      ...[
        [TUE, '15:59:00', 100],
        [WED, '10:00:00', 110],
        [WED, '10:10:00', 110],
        [WED, '10:20:00', 99],
        [WED, '10:50:00', 110],
        [WED, '11:00:00', 104.5],
      ].map(([day, time, mark]) => observed(newYork(String(day), String(time)), 0, thousandShares(Number(mark)))),
    ],
    at: newYork(WED, '11:05:00'),
    window: '1d',
    expected: {
      cumulative_return: 0.045,
      max_drawdown: 0.1,
      current_drawdown: 0.05,
      drawdown_duration_minutes: 40,
    },
  },
  { title: 'a deposit during a drawdown neither ends nor deepens it', ...acrossDeposit('2026-07-15T10:05:00-04:00') },
  { title: 'a deposit with a date and no time is found by its cash', ...acrossDeposit('2026-07-15T00:00:00Z') },
  {
    title: 'equity 0 for 15 s beside cash and positions is no observation',
    facts: [
      filled({ at: newYork(TUE, '10:00:00'), side: 'buy', qty: 500, price: 100 }),
      observed(newYork(TUE, '15:59:00'), 50_000, fiveHundred(100)),
      observed(newYork(WED, '10:00:00'), 50_000, fiveHundred(100)),
      observed(newYork(WED, '10:00:15'), 50_000, fiveHundred(100), { equity: 0 }),
    ],
    at: newYork(WED, '10:00:20'),
    window: '1d',
    expected: { equity: 100_000, cumulative_return: 0, max_drawdown: 0, leverage_gross_over_equity: 0.5 },
  },
  {
    title: 'a debt is an observation, and the last of its curve',
    facts: debt,
    at: newYork(WED, '10:25:00'),
    window: '1d',
    expected: {
      equity: 10_000,
      cumulative_return: 'non_positive_equity',
      max_drawdown: 1.2,
      current_drawdown: 1.2,
      drawdown_duration_minutes: 40,
      leverage_gross_over_equity: 5,
      pnl_reconciliation_gap: 0,
    },
  },
  {
    title: 'there is no leverage on a debt',
    facts: debt,
    at: newYork(WED, '10:15:00'),
    window: '1d',
    expected: { equity: -2_000, leverage_gross_over_equity: 'non_positive_equity' },
  },
  {
    title: 'cash that a round trip between two snapshots explains is a gain and no flow',
    facts: [
      observed(newYork(TUE, '15:59:00'), 100_000),
      observed(newYork(WED, '10:00:00'), 100_000),
      filled({ at: newYork(WED, '10:02:00'), side: 'buy', qty: 100, price: 100 }),
      filled({ at: newYork(WED, '10:04:00'), side: 'sell', qty: 100, price: 120 }),
      observed(newYork(WED, '10:10:00'), 102_000),
    ],
    at: newYork(WED, '10:12:00'),
    window: '1d',
    expected: { equity: 102_000, cumulative_return: 0.02, max_drawdown: 0, pnl_reconciliation_gap: 0 },
  },
  {
    title: 'a book that loses more than its part of the account does not come back',
    facts: [
      order({ execution_id: 'other', submitted_at: newYork(TUE, '10:00:00') }),
      observed(newYork(TUE, '15:59:00'), 1_000),
      ...[100, 40, 40, 60].map((price, index) =>
        filled({
          at: newYork(WED, `10:0${index}:00`),
          side: index % 2 === 0 ? 'buy' : 'sell',
          qty: 10,
          price,
          strategy_id: 's2',
        }),
      ),
    ],
    at: newYork(WED, '10:30:00'),
    window: '1d',
    strategyId: 's2',
    expected: {
      equity: 100,
      cumulative_return: 'non_positive_equity',
      intraday_return: 'non_positive_equity',
      max_drawdown: 1.2,
      current_drawdown: 1.2,
      drawdown_duration_minutes: 1,
    },
  },
]
