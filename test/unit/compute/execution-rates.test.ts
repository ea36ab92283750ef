import type { Fact } from '../../../src/domain/facts.js'
import type { Window } from '../../../src/domain/window.js'
import { bookOf, brief, briefsAt, resultsOf } from '../../support/engine.js'
import { decision, filled, instant, order, strategy } from '../../support/facts.js'
import { follow } from '../../support/follow.js'

/** Shares of decisions that were vetoed and of orders that took another way: METRICS fine print 13 and 15. */

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)

describe('decision_veto_rate', () => {
  const rate = (decisions: readonly object[], window: Window = '5m') =>
    briefsAt(
      at('11:00:00'),
      decisions.map((raw, index) => decision({ at: at('10:59:00'), decision_id: `d${index}`, ...raw })),
      { window },
    ).decision_veto_rate
  const own = { veto_reasons: ['max_notional'] }
  const brokers = { broker_reject_reasons: ['alpaca_order_rejected: no'] }

  test.each([
    ['planned', { status: 'planned' }, 0],
    ['blocked without a reason', { status: 'blocked' }, 1],
    ['rejected without a reason', { status: 'rejected' }, 1],
    ['rejected for a reason of ours', { status: 'rejected', ...own }, 1],
    ['rejected by the broker', { status: 'rejected', ...brokers }, 0],
    ['rejected for both', { status: 'rejected', ...own, ...brokers }, 1],
    ['submitted after a reason was noted', { status: 'submitted', ...own }, 0],
    ['canceled', { status: 'canceled' }, 0],
  ])('counts a decision that was %s as %j', (_, raw, expected) => {
    expect(rate([raw])).toBe(expected)
  })

  test('is a share of the decisions of the window', () => {
    expect(rate([{ status: 'blocked' }, {}, {}, { at: at('10:54:00'), status: 'blocked' }])).toBe(1 / 3)
    expect(rate([{ at: at('10:54:00') }])).toBe('no_decisions')
  })

  test('follows a status that is written later, and a decision that leaves', () => {
    const made = { at: at('10:59:00'), decision_id: 'x' }
    const { last } = follow([
      [[decision(made)], at('11:00:00')],
      [[decision({ ...made, status: 'blocked' })], at('11:00:01')],
      [[], at('11:03:59.999')],
      [[], at('11:04:00')],
    ])
    expect(brief(resultsOf(bookOf(last), '15m').decision_veto_rate)).toBe(1)
    expect(brief(resultsOf(bookOf(last), '5m').decision_veto_rate)).toBe('no_decisions')
  })
})

describe('route_fallback_rate', () => {
  const routed = (id: string, expected: string | null, actual: string | null, time = '10:59:00') =>
    order({ execution_id: id, submitted_at: at(time), expected_adapter: expected, adapter: actual })
  const rate = (facts: readonly Fact[]) => briefsAt(at('11:00:00'), facts, { window: '5m' }).route_fallback_rate

  test('is the share of orders that took another adapter, among those that name both', () => {
    const facts = [
      routed('a', 'lean', 'alpaca'),
      routed('b', 'lean', 'lean'),
      routed('c', 'alpaca', 'alpaca'),
      routed('d', 'lean', null),
      routed('e', null, 'alpaca'),
      routed('f', 'lean', 'alpaca', '10:54:00'),
    ]
    expect(rate(facts)).toBe(1 / 3)
  })

  test('is no_orders when none names both', () => {
    expect(rate([routed('a', 'lean', null), filled({ at: at('10:59:00'), side: 'buy', qty: 1, price: 1 })])).toBe(
      'no_orders',
    )
  })

  test('follows an adapter that is written later, and an order that goes to another book', () => {
    const { last } = follow([
      [[routed('a', 'lean', 'lean')], at('11:00:00')],
      [[routed('a', 'lean', 'alpaca')], at('11:00:01')],
    ])
    expect(brief(resultsOf(bookOf(last), '5m').route_fallback_rate)).toBe(1)
    const { last: moved } = follow([
      [[strategy({ accounts: ['PA1'] }), routed('a', 'lean', 'alpaca')], at('11:00:00')],
      [[{ ...routed('a', 'lean', 'alpaca'), strategyId: 's2' }], at('11:00:01')],
    ])
    expect(brief(resultsOf(bookOf(moved), '5m').route_fallback_rate)).toBe('no_orders')
    expect(brief(resultsOf(bookOf(moved, { strategyId: 's2' }), '5m').route_fallback_rate)).toBe(1)
  })
})
