import { type EquityScenario, newYork, observed } from './equity-scenario.js'
import { bar, fact, filled, order } from './facts.js'

/** Scenarios 4, 8, 9 and 15 of METRICS section 7; numbers are those of the page where it gives some. */

const [TUE, WED, THU, FRI, MON] = ['2026-07-14', '2026-07-15', '2026-07-16', '2026-07-17', '2026-07-20']

/** One makes 300 with 10 shares and is 50 behind on the way; the other had an order the day before and rests. */
const twoBooks = [
  order({ execution_id: 'a', submitted_at: newYork(TUE, '10:00:00'), ended_at: newYork(TUE, '16:00:00') }),
  observed(newYork(TUE, '16:00:00'), 100_000),
  filled({ at: newYork(WED, '10:00:00'), side: 'buy', qty: 10, price: 100, strategy_id: 's2' }),
  bar('AAA', newYork(WED, '10:09:30'), 95),
  filled({ at: newYork(WED, '10:30:00'), side: 'sell', qty: 10, price: 130, strategy_id: 's2' }),
  fact('cash_flow', {
    account: 'PA1',
    flow_id: 'f1',
    at: newYork(WED, '10:45:00'),
    amount: 50_000,
    kind: 'deposit',
  }),
  observed(newYork(WED, '11:00:00'), 150_300),
]
const inTwoBooks = { facts: twoBooks, at: newYork(WED, '12:00:00'), window: '1d' } as const
const RESTS = {
  cumulative_return: 0,
  intraday_return: 0,
  max_drawdown: 0,
  current_drawdown: 0,
  drawdown_duration_minutes: 0,
  leverage_gross_over_equity: 0,
  pnl_reconciliation_gap: 'no_equity',
}

/** Only configuration gives shares. */
export const CONFIGURED_SHARES: readonly EquityScenario[] = [
  {
    title: 'scenario 4: of 100 k a book with 30 per cent makes 300; a deposit changes nothing',
    ...inTwoBooks,
    strategyId: 's2',
    shares: { s1: 0.7, s2: 0.3 },
    expected: {
      equity: 30_300,
      cumulative_return: 0.01,
      intraday_return: 0.01,
      max_drawdown: 50 / 30_000,
      current_drawdown: 0,
      drawdown_duration_minutes: 30,
      leverage_gross_over_equity: 0,
      pnl_reconciliation_gap: 'no_equity',
    },
  },
  {
    title: 'scenario 4: the book with 70 per cent rests',
    ...inTwoBooks,
    shares: { s1: 0.7, s2: 0.3 },
    expected: { equity: 70_000, ...RESTS },
  },
  {
    title: 'scenario 4: a share makes a book shared that has the account for itself',
    facts: twoBooks.filter((one) => one.fact !== 'execution' || one.strategyId === 's1'),
    at: newYork(WED, '12:00:00'),
    window: '1d',
    shares: { s1: 0.25 },
    expected: { equity: 25_000, ...RESTS },
  },
]

export const SCENARIOS: readonly EquityScenario[] = [
  {
    title: 'scenario 4 without configured shares: the books of an account have equal ones',
    ...inTwoBooks,
    strategyId: 's2',
    expected: {
      equity: 50_300,
      cumulative_return: 0.006,
      intraday_return: 0.006,
      max_drawdown: 0.001,
      current_drawdown: 0,
      drawdown_duration_minutes: 30,
      leverage_gross_over_equity: 0,
      pnl_reconciliation_gap: 'no_equity',
    },
  },
  {
    title: 'scenario 4 without configured shares: the other rests',
    ...inTwoBooks,
    expected: { equity: 50_000, ...RESTS },
  },
  {
    title: 'scenario 8: a snapshot that holds a fill stamped later counts it once',
    facts: [
      observed(newYork(WED, '09:40:00'), 100_000),
      observed(newYork(WED, '09:59:50'), 100_000),
      bar('AAA', newYork(WED, '10:00:05'), 100),
      observed(newYork(WED, '10:00:05'), 90_000, { qty: 100, mark: 100 }),
      filled({ at: newYork(WED, '10:00:13'), side: 'buy', qty: 100, price: 100 }),
      bar('AAA', newYork(WED, '10:00:17'), 101),
    ],
    at: newYork(WED, '10:00:18'),
    window: '5m',
    expected: {
      equity: 100_100,
      cumulative_return: 0.001,
      intraday_return: 0.001,
      max_drawdown: 0,
      current_drawdown: 0,
      drawdown_duration_minutes: 0,
      leverage_gross_over_equity: 10_100 / 100_100,
      pnl_reconciliation_gap: 'not_defined_for_window',
    },
  },
  ...[100, 101].map((mondayMark) => ({
    title: `scenario 9: a deposit on Saturday that nobody recorded, and ${mondayMark} on Monday`,
    facts: [
      filled({ at: newYork(THU, '10:00:00'), side: 'buy', qty: 500, price: 100 }),
      observed(newYork(THU, '15:59:30'), 50_000, { qty: 500, mark: 100 }),
      observed(newYork(FRI, '09:35:00'), 50_000, { qty: 500, mark: 100 }),
      observed(newYork(FRI, '16:59:00'), 50_000, { qty: 500, mark: 100 }),
      observed(newYork(MON, '08:02:00'), 60_000, { qty: 500, mark: mondayMark }),
    ],
    at: newYork(MON, '08:02:30'),
    window: '1d' as const,
    expected: {
      equity: 60_000 + 500 * mondayMark,
      cumulative_return: (mondayMark - 100) / 200,
      intraday_return: (mondayMark - 100) / 200,
      max_drawdown: 0,
      current_drawdown: 0,
      drawdown_duration_minutes: 0,
      leverage_gross_over_equity: (500 * mondayMark) / (60_000 + 500 * mondayMark),
      pnl_reconciliation_gap: 0,
    },
  })),
  ...(['1m', '1d'] as const).map((window) => ({
    title: `scenario 15: half a minute after a gap of −3 %, in ${window}`,
    facts: [
      filled({ at: newYork(FRI, '10:00:00'), side: 'buy', qty: 600, price: 100 }),
      observed(newYork(FRI, '15:59:45'), 40_000, { qty: 600, mark: 100 }),
      observed(newYork(MON, '09:30:15'), 40_000, { qty: 600, mark: 95 }),
    ],
    at: newYork(MON, '09:30:30'),
    window,
    expected: {
      equity: 97_000,
      cumulative_return: -0.03,
      intraday_return: 0,
      max_drawdown: 0.03,
      current_drawdown: 0.03,
      drawdown_duration_minutes: 0.25,
      leverage_gross_over_equity: 57_000 / 97_000,
      pnl_reconciliation_gap: window === '1d' ? 0 : 'not_defined_for_window',
    },
  })),
]
