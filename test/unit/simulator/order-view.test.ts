import { type OrderView, viewDecision, viewOrder } from '../../../src/simulator/torghut/order-view.js'
import { ACCOUNTS } from '../../../src/simulator/trading/accounts.js'
import type { Decision, Order } from '../../../src/simulator/trading/order.js'

/** On a multiple of 15 s. */
const SUBMITTED = Date.parse('2026-11-20T18:00:00Z') + 2_000
const FILL = { filledE9: 40n, averageE8: 10n, costsE17: 0n }
const FIRST_FILL = { ...FILL, at: SUBMITTED + 5_000 }
const LAST_FILL = { ...FILL, filledE9: 100n, at: SUBMITTED + 40_000 }

const order: Order = {
  orderType: 'limit',
  timeInForce: 'day',
  limitPriceE8: 10n,
  qtyE9: 100n,
  submittedAt: SUBMITTED,
  expectedAdapter: 'alpaca',
  actualAdapter: 'alpaca',
  fallbackReason: undefined,
  fills: [FIRST_FILL, LAST_FILL],
  end: { at: LAST_FILL.at, status: 'filled' },
  feedDelayMs: 200,
  events: 'none',
}

/** What the row shows, times told from the submit. */
function seen(orderFeed: boolean, afterMs: number): [string, bigint, number] | undefined {
  const view: OrderView | undefined = viewOrder(order, orderFeed, SUBMITTED + afterMs)
  return view && [view.status, view.fill?.filledE9 ?? 0n, view.writtenAt - SUBMITTED]
}

test.each([
  [0, undefined],
  [40, ['accepted', 0n, 40]],
  [5_199, ['accepted', 0n, 40]],
  [5_200, ['partially_filled', 40n, 5_200]],
  [12_999, ['partially_filled', 40n, 5_200]],
  [13_000, ['partially_filled', 40n, 13_000]],
  [40_199, ['partially_filled', 40n, 28_000]],
  [40_200, ['filled', 100n, 40_200]],
  [900_000, ['filled', 100n, 40_200]],
] as const)('with an order feed the row of an order shows after %i ms what the feed told', (afterMs, expected) => {
  expect(seen(true, afterMs)).toEqual(expected)
})

test.each([
  [40, ['accepted', 0n, 40]],
  [12_999, ['accepted', 0n, 40]],
  [13_000, ['partially_filled', 40n, 13_000]],
  [42_999, ['partially_filled', 40n, 28_000]],
  [43_000, ['filled', 100n, 43_000]],
  [900_000, ['filled', 100n, 43_000]],
] as const)(
  'without an order feed the row of an order is only rewritten on the quarter minute, after %i ms',
  (afterMs, expected) => {
    expect(seen(false, afterMs)).toEqual(expected)
  },
)

test('an open order without a fill is new once it was reconciled, and its row is rewritten though nothing changed', () => {
  const resting: Order = { ...order, fills: [], end: { at: SUBMITTED + 600_000, status: 'canceled' } }
  const views = [100, 20_000, 35_000, 600_300].map((afterMs) => viewOrder(resting, true, SUBMITTED + afterMs))
  expect(views.map((view) => [view?.status, view && view.writtenAt - SUBMITTED])).toEqual([
    ['accepted', 40],
    ['new', 13_000],
    ['new', 28_000],
    ['canceled', 600_200],
  ])
})

describe('the status of a decision', () => {
  const [account] = ACCOUNTS
  if (!account) throw new Error('there are accounts')
  const decision = { at: SUBMITTED - 300, account } as Decision
  const statuses = (intent: Parameters<typeof viewDecision>[0], ...afterMs: number[]) =>
    afterMs.map((after) => viewDecision(intent, decision.at + after)?.status)

  test('goes from planned over submitted to the end of its order', () => {
    const intent = { decision, order, refusal: undefined }
    expect(statuses(intent, -1, 0, 339, 340, 10_000, 40_500)).toEqual([
      ...[undefined, 'planned', 'planned', 'submitted', 'submitted', 'filled'],
    ])
  })

  test('is what the refusal says, from its time on', () => {
    const refusal = { status: 'blocked', at: decision.at + 100, reasons: ['kill_switch_enabled'] } as const
    expect(statuses({ decision, order: undefined, refusal }, 0, 99, 100)).toEqual(['planned', 'planned', 'blocked'])
  })

  test('stays planned when nothing ever came of it', () => {
    expect(viewDecision({ decision, order: undefined, refusal: undefined }, decision.at + 1)).toEqual({
      status: 'planned',
      submitted: false,
      final: true,
    })
  })
})
