import type { CashFlowFact, Fact } from '../../src/domain/facts.js'
import { type EquityScenario, newYork, observed } from './equity-scenario.js'
import { fact, filled } from './facts.js'

/** METRICS section 2, "Flows", and fine print 6: which money is a result, and in which interval the rest is taken out. */

const [BASE, FRI, TUE] = ['2026-07-09', '2026-07-10', '2026-07-14']
const [WED, THU, END] = ['2026-07-15', '2026-07-16', '2026-07-17']
const HELD = { qty: 100, mark: 100 }
const bought = filled({ at: newYork(BASE, '10:00:00'), side: 'buy', qty: 100, price: 100 })

let flows = 0
function flow(kind: CashFlowFact['kind'], amount: number, at: string | number): Fact {
  flows += 1
  return fact('cash_flow', { account: 'PA1', flow_id: `flow ${flows}`, at, amount, kind })
}

/** Cash on Wednesday, Thursday and Friday at 10:00; 90 000 before, and 10 000 in shares that never move. What was gained is in dollars. */
function week(title: string, cash: readonly number[], more: readonly Fact[], gain: number, drawdown = 0) {
  const days = [WED, THU, END]
  return {
    title,
    facts: [
      bought,
      observed(newYork(BASE, '15:59:00'), 90_000, HELD),
      ...cash.map((amount, index) => observed(newYork(days[index] ?? END, '10:00:00'), amount, HELD)),
      ...more,
    ],
    at: newYork(END, '10:01:00'),
    window: '5d' as const,
    expected: { cumulative_return: gain / 100_000, max_drawdown: drawdown, pnl_reconciliation_gap: gain },
  }
}

/** Dated the tenth of July; its third session ends on the fourteenth. */
function late(
  title: string,
  recordedAt: string | number,
  shownAt: number,
  drawdown: number,
  minutes: number,
): EquityScenario {
  return {
    title,
    facts: [
      bought,
      observed(newYork(BASE, '15:59:00'), 90_000, HELD),
      flow('deposit', 5_000, recordedAt),
      observed(newYork(FRI, '10:30:00'), 90_000, HELD),
      observed(shownAt, 95_000, HELD),
    ],
    at: newYork(WED, '10:00:00'),
    window: '20d',
    expected: {
      equity: 105_000,
      cumulative_return: 'no_equity',
      pnl_reconciliation_gap: 'no_equity',
      max_drawdown: drawdown,
      current_drawdown: drawdown,
      drawdown_duration_minutes: minutes,
    },
  }
}

const onWednesday = newYork(WED, '09:50:00')
const onFriday = newYork(FRI, '10:00:00')
const nobodys = { strategy_id: null, symbol: 'BBB', qty: 20 } as const

export const FLOWS: readonly EquityScenario[] = [
  week(
    'a deposit is taken out where the cash shows it',
    [90_000, 95_000, 95_000],
    [flow('deposit', 5_000, onWednesday)],
    0,
  ),
  week('a withdrawal is negative', [85_000, 85_000, 85_000], [flow('withdrawal', -5_000, onWednesday)], 0),
  week(
    'two deposits of one size take an interval each',
    [95_000, 100_000, 100_000],
    [flow('deposit', 5_000, onWednesday), flow('deposit', 5_000, onWednesday + 1)],
    0,
  ),
  week(
    'what the cash shows within 1 % belongs to it',
    [90_000, 95_050, 95_050],
    [flow('deposit', 5_000, onWednesday)],
    50,
  ),
  week(
    'one that no cash shows is taken out at its time all the same',
    [90_000, 90_000, 90_000],
    [flow('deposit', 5_000, onWednesday)],
    -5_000,
    0.05,
  ),
  week(
    'one after the last snapshot waits',
    [90_000, 90_000, 90_000],
    [flow('deposit', 5_000, newYork(END, '10:00:30'))],
    0,
  ),
  week(
    'one before the first snapshot is none',
    [90_000, 90_000, 90_000],
    [flow('deposit', 5_000, newYork(BASE, '15:58:00'))],
    0,
  ),
  week(
    'a dividend is a result, and no deposit',
    [91_500, 91_500, 91_500],
    [flow('dividend', 1_500, onWednesday)],
    1_500,
  ),
  {
    ...week('a fee is a result', [88_500, 88_500, 88_500], [flow('fee', -1_500, onWednesday)], -1_500),
    // The book knows it as a cost.
    expected: { cumulative_return: -0.015, max_drawdown: 0.015, pnl_reconciliation_gap: 0 },
  },
  week('without a record 1 % of equity is a flow', [91_000, 91_000, 91_000], [], 0),
  week('less than 1 % is a result', [90_999, 90_999, 90_999], [], 999),
  week(
    'of a change that a dividend explains in part the rest is a flow',
    [101_500, 101_500, 101_500],
    [flow('dividend', 1_500, onWednesday)],
    1_500,
  ),
  week(
    'what several records explain together within 1 % is not inferred',
    [96_550, 96_550, 96_550],
    [flow('deposit', 5_000, onWednesday), flow('dividend', 1_500, onWednesday)],
    1_550,
  ),
  week(
    'a round trip of an order that belongs to no book is no flow, and the gap shows it',
    [92_000, 92_000, 92_000],
    [
      filled({ ...nobodys, at: onWednesday, side: 'buy', price: 100 }),
      filled({ ...nobodys, at: onWednesday + 1, side: 'sell', price: 200 }),
    ],
    2_000,
  ),
  late('at the roll of the third session the cash still shows a deposit', onFriday, newYork(TUE, '16:05:00'), 0, 0),
  late(
    'a date without a time is that date, not the evening before',
    `${FRI}T00:00:00Z`,
    newYork(TUE, '16:05:00'),
    0,
    0,
  ),
  // Taken out at its time, and inferred once more: the price of cash that comes too late.
  late('after it no more', onFriday, newYork(TUE, '16:05:00') + 1, 0.05, 1 + 3 * 390),
  {
    title: 'between snapshots with other quantities nothing is inferred',
    facts: [
      bought,
      observed(newYork(WED, '15:59:00'), 90_000, HELD),
      filled({ at: newYork(THU, '09:59:00'), side: 'buy', qty: 10, price: 100 }),
      observed(newYork(THU, '10:00:00'), 94_000, { qty: 110, mark: 100 }),
    ],
    at: newYork(THU, '10:01:00'),
    window: '1d',
    expected: { cumulative_return: 0.05, pnl_reconciliation_gap: 5_000 },
  },
]
