import { bookOf, briefs, briefsAt, framesAt, resultsOf } from '../../support/engine.js'
import { brokerFill, filled, instant, order } from '../../support/facts.js'

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

test('a cost that the broker names with a fill is of another source than order records, and none is mixed in', () => {
  const row = order({ execution_id: 'e', submitted_at: at('10:30:00'), submitted_qty: 2 })
  const fill = brokerFill({ execution_id: 'e', fill_id: 'f', at: at('10:30:01'), qty: 2, price: 100, costs: 1 })
  const frame = bookOf(framesAt(NOW, [row, fill]))
  expect(resultsOf(frame).cost_total).toEqual({ status: 'ok', value: 0, meta: { cost_source: 'none' } })
  expect(briefs(frame)).toMatchObject({ net_pnl: 0, gross_pnl: 0, cost_bps: 'no_cost_source' })
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

  test('is none for net_pnl that equals gross_pnl', () => {
    const frame = bookOf(framesAt(NOW, [filled({ at: at('10:30:00'), side: 'buy', qty: 1, price: 100 })]))
    expect(resultsOf(frame).net_pnl).toEqual({ status: 'ok', value: 0, meta: { cost_source: 'none' } })
  })
})
