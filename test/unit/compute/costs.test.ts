import { toFeeRules } from '../../../src/config/cost-schedule.js'
import { MONEY_DIGITS, parseScaled } from '../../../src/domain/exact.js'
import { bookOf, brief, briefs, briefsAt, framesAt, resultsOf } from '../../support/engine.js'
import { ACCOUNT, brokerFill, fact, filled, instant, instrument, order } from '../../support/facts.js'

/** METRICS section 1, "Costs". */

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const NOW = at('11:00:00')
const sourceIn = (facts: Parameters<typeof framesAt>[1], now = NOW, strategyId = 's1') => {
  const { cost_total, net_pnl } = resultsOf(bookOf(framesAt(now, facts), { strategyId }))
  expect(net_pnl?.meta).toEqual(cost_total?.meta)
  return cost_total?.meta?.cost_source
}

describe('costs are booked', () => {
  test('with the fills that caused them', () => {
    const facts = [
      filled({ at: at('10:30:00'), side: 'buy', qty: 10, price: 100, costs: 2 }),
      filled({ at: at('10:58:00'), side: 'sell', qty: 10, price: 101, costs: 3 }),
    ]
    const frame = bookOf(framesAt(NOW, facts))
    expect(briefs(frame, '5m')).toMatchObject({ cost_total: 3, realized_pnl: 10 })
    expect(briefs(frame, '1h')).toMatchObject({ cost_total: 5, gross_pnl: 10, net_pnl: 5 })
    expect(briefs(frame, '1m')).toMatchObject({ cost_total: 0, net_pnl: 0 })
    expect(briefs(frame, '1h').cost_bps).toBe(50_000 / 2_010)
  })

  test('at its end where an order has no fill, not before', () => {
    const cancelled = order({
      execution_id: 'e',
      submitted_at: at('10:00:00'),
      ended_at: at('10:58:00'),
      status: 'canceled',
      costs: 0.35,
    })
    expect(briefsAt(at('10:57:59'), [cancelled]).cost_total).toBe(0)
    expect(briefsAt(at('10:58:00'), [cancelled], { window: '1m' })).toMatchObject({
      cost_total: 0.35,
      net_pnl: -0.35,
      gross_pnl: 0,
      cost_bps: 'no_fills',
    })
    expect(briefsAt(at('10:58:59.999'), [cancelled], { window: '1m' }).cost_total).toBe(0.35)
    expect(briefsAt(at('10:59:00'), [cancelled], { window: '1m' }).cost_total).toBe(0)
  })

  test('nowhere while an order is open and has no fill', () => {
    const open = order({ execution_id: 'e', submitted_at: at('10:00:00'), costs: 0.35 })
    expect(briefsAt(NOW, [open]).cost_total).toBe(0)
    expect(sourceIn([open])).toBe('none')
  })

  test('as the latest revision has them', () => {
    const row = (costs: number | null) =>
      order({
        execution_id: 'e',
        submitted_at: at('10:30:00'),
        filled_at: at('10:30:00'),
        filled_qty: 1,
        avg_fill_price: 100,
        costs,
      })
    expect(briefsAt(NOW, [row(1), row(1.5)]).cost_total).toBe(1.5)
    expect(briefsAt(NOW, [row(1), row(null)])).toMatchObject({ cost_total: 0, cost_bps: 'no_cost_source' })
  })

  test('as gains where they are rebates', () => {
    expect(briefsAt(NOW, [filled({ at: at('10:30:00'), side: 'buy', qty: 1, price: 100, costs: -0.2 })])).toMatchObject(
      {
        cost_total: -0.2,
        net_pnl: 0.2,
        cost_bps: -20,
      },
    )
  })
})

describe('what the broker charges', () => {
  const row = order({ execution_id: 'e', submitted_at: at('10:30:00'), submitted_qty: 2 })
  const fill = (raw: Record<string, unknown>) =>
    brokerFill({ execution_id: 'e', fill_id: 'f', at: at('10:30:01'), qty: 2, price: 100, ...raw })

  test('is booked with the fill that it names', () => {
    const frame = bookOf(framesAt(NOW, [row, fill({ costs: 1 })]))
    expect(resultsOf(frame).cost_total).toEqual({ status: 'ok', value: 1, meta: { cost_source: 'broker_activities' } })
    expect(briefs(frame)).toMatchObject({ net_pnl: -1, gross_pnl: 0, cost_bps: 50 })
  })

  test('is spread over the fills of the order that it names', () => {
    const fee = fill({ fill_id: 'fee', at: at('16:00:00'), qty: 0, price: 1, costs: 3 })
    const later = fill({ fill_id: 'g', at: at('10:58:00'), qty: 1, price: 100 })
    const frame = bookOf(framesAt(NOW, [row, fill({}), later, { ...fee, at: at('10:58:30') }]))
    expect(brief(resultsOf(frame, '1h').cost_total)).toBe(3)
    expect(brief(resultsOf(frame, '5m').cost_total)).toBe(1)
  })

  test('is not mixed with what order records say', () => {
    const frame = bookOf(framesAt(NOW, [{ ...row, costs: parseScaled(5, MONEY_DIGITS) }, fill({ costs: 1 })]))
    expect(resultsOf(frame).cost_total).toEqual({ status: 'ok', value: 5, meta: { cost_source: 'order_records' } })
  })

  test('without naming an order is a cost of its time, of no order and in no bps', () => {
    const fee = fact('cash_flow', { account: ACCOUNT, flow_id: 'fee', at: at('10:40:00'), amount: -4, kind: 'fee' })
    const frame = bookOf(framesAt(NOW, [row, fill({}), fee]))
    expect(resultsOf(frame).cost_total).toEqual({
      status: 'ok',
      value: 4,
      meta: { cost_source: 'broker_activities', account_fees_usd: 4 },
    })
    expect(briefs(frame)).toMatchObject({ net_pnl: -4, gross_pnl: 0, cost_bps: 0 })
    expect(brief(resultsOf(frame, '15m').cost_total)).toBe(0)
  })

  test('to an account of several books is split by share', () => {
    const other = filled({ at: at('10:20:00'), side: 'buy', qty: 1, price: 100, strategy_id: 's2' })
    const fee = fact('cash_flow', { account: ACCOUNT, flow_id: 'fee', at: at('10:40:00'), amount: -4, kind: 'fee' })
    const costs = ['s1', 's2'].map((strategyId) =>
      brief(resultsOf(bookOf(framesAt(NOW, [row, fill({}), other, fee]), { strategyId })).cost_total),
    )
    expect(costs).toEqual([2, 2])
  })

  test('in coin shows in the positions, and its record books nothing', () => {
    const raw = { account: ACCOUNT, flow_id: 'fee', at: at('10:40:00'), amount: 0, kind: 'fee', symbol: 'AAA', qty: 1 }
    expect(resultsOf(bookOf(framesAt(NOW, [row, fill({}), fact('cash_flow', raw)]))).cost_total).toEqual({
      status: 'ok',
      value: 0,
      meta: { cost_source: 'none' },
    })
  })
})

describe('a configured fee schedule', () => {
  const parts = (account: string) => {
    const [rule] = toFeeRules([{ name: 'commission', per_share: '0.01', accounts: [account] }])
    return { settings: { feeRules: rule === undefined ? [] : [rule] } }
  }
  const facts = [filled({ at: at('10:30:00'), side: 'buy', qty: 5, price: 100 })]

  test('says what orders cost where nobody else does', () => {
    const frame = bookOf(framesAt(NOW, facts, parts(ACCOUNT)))
    expect(resultsOf(frame).cost_total).toEqual({ status: 'ok', value: 0.05, meta: { cost_source: 'fee_schedule' } })
    expect(resultsOf(bookOf(framesAt(NOW, facts, parts('elsewhere')))).cost_total?.meta).toEqual({
      cost_source: 'none',
    })
  })

  test('speaks of what an order is worth, whatever a point of its price is', () => {
    const [bps] = toFeeRules([{ name: 'of notional', bps: '10' }])
    const future = instrument({ symbol: 'AAA', multiplier: 50 })
    const frame = bookOf(framesAt(NOW, [...facts, future], { settings: { feeRules: bps === undefined ? [] : [bps] } }))
    expect(briefs(frame)).toMatchObject({ cost_total: 25, traded_notional: 25_000, cost_bps: 10 })
  })

  test('counts no more once an order names a cost', () => {
    const named = filled({ at: at('10:50:00'), side: 'buy', qty: 5, price: 100, costs: 0 })
    expect(resultsOf(bookOf(framesAt(NOW, [...facts, named], parts(ACCOUNT)))).cost_total).toEqual({
      status: 'ok',
      value: 0,
      meta: { cost_source: 'order_records' },
    })
  })
})

describe('the cost source', () => {
  const costed = order({
    execution_id: 'e',
    submitted_at: at('10:00:00'),
    filled_at: at('10:10:00'),
    filled_qty: 1,
    avg_fill_price: 100,
    costs: 1,
  })

  test('counts from the first fill of the order that names a cost', () => {
    expect(sourceIn([costed], at('10:09:59'))).toBe('none')
    expect(sourceIn([costed], at('10:10:00'))).toBe('order_records')
  })

  test('counts from its end where it has no fill', () => {
    const cancelled = order({
      execution_id: 'c',
      submitted_at: at('10:00:00'),
      ended_at: at('10:20:00'),
      status: 'canceled',
      costs: 0,
    })
    expect(sourceIn([cancelled], at('10:19:59'))).toBe('none')
    expect(sourceIn([cancelled], at('10:20:00'))).toBe('order_records')
  })

  test('is one for all books of an account, and of no other account', () => {
    const plain = filled({ at: at('10:30:00'), side: 'buy', qty: 1, price: 100, strategy_id: 's2' })
    expect(sourceIn([costed, plain], NOW, 's2')).toBe('order_records')
    const elsewhere = { ...costed, account: 'PA2' }
    expect(sourceIn([elsewhere, plain], NOW, 's2')).toBe('none')
  })

  test('is told by an order of no strategy as well', () => {
    const plain = filled({ at: at('10:30:00'), side: 'buy', qty: 1, price: 100 })
    expect(sourceIn([{ ...costed, strategyId: undefined }, plain])).toBe('order_records')
    expect(sourceIn([plain, { ...costed, strategyId: undefined }])).toBe('order_records')
  })

  test('is none for net_pnl that equals gross_pnl', () => {
    const frame = bookOf(framesAt(NOW, [filled({ at: at('10:30:00'), side: 'buy', qty: 1, price: 100 })]))
    expect(resultsOf(frame).net_pnl).toEqual({ status: 'ok', value: 0, meta: { cost_source: 'none' } })
  })
})
