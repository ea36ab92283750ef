import type { Fact } from '../../../src/domain/facts.js'
import type { Window } from '../../../src/domain/window.js'
import { bookOf, brief, briefs, briefsAt, type EngineParts, framesAt, resultsOf } from '../../support/engine.js'
import { bar, brokerFill, decision, filled, instant, instrument, order, signal, strategy } from '../../support/facts.js'
import { follow } from '../../support/follow.js'

/** METRICS section 2, "Orders", section 4, rows 26 to 34, fine print 8 and 9, and scenarios 11 to 13 of section 7. */

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const NOW = at('11:00:00')
const resultAt = (name: string, facts: readonly Fact[], window: Window = '1h', now = NOW, parts: EngineParts = {}) =>
  resultsOf(bookOf(framesAt(now, facts, parts)), window)[name]
const valueAt = (name: string, facts: readonly Fact[], window: Window = '1h', now = NOW) =>
  brief(resultAt(name, facts, window, now))

let orders = 0
/** An order that was sent at 10:30:00 and is over a minute later, unless the test says otherwise. */
const ended = (raw: Record<string, unknown> = {}) => {
  orders += 1
  return order({
    execution_id: `order-${orders}`,
    submitted_at: at('10:30:00'),
    filled_at: at('10:31:00'),
    ended_at: at('10:31:00'),
    submitted_qty: 10,
    status: raw.filled_qty === undefined ? 'canceled' : 'filled',
    ...raw,
  })
}
const got = (qty: number, price: number, raw: Record<string, unknown> = {}) =>
  ended({ filled_qty: qty, avg_fill_price: price, ...raw })
const decided = (id: string, price: number | null, raw: Record<string, unknown> = {}) =>
  decision({ decision_id: id, at: at('10:29:59'), status: 'submitted', price, ...raw })
const quote = (time: string, bid: number, ask: number, raw: Record<string, unknown> = {}) =>
  signal('AAA', at(time), { bid, ask, ...raw })

describe('fill_ratio', () => {
  const ratio = (facts: readonly Fact[], window: Window = '1h') => valueAt('fill_ratio', facts, window)

  test('weighs orders by the decision price, else the limit price, else the mark at submit', () => {
    const facts = [
      decided('d', 100),
      got(4, 99, { decision_id: 'd', limit_price: 50 }),
      got(10, 20, { limit_price: 20, symbol: 'BBB' }),
      bar('CCC', at('10:29:30'), 10),
      ended({ symbol: 'CCC' }),
    ]
    expect(ratio(facts)).toBe((400 + 200) / (1_000 + 200 + 100))
    expect(resultAt('fill_ratio', facts)?.meta).toMatchObject({ n: 3, left_out: 0, weighed_by: 'price' })
  })

  test('weighs quantities alike as soon as one order has no price at all', () => {
    const facts = [got(4, 99, { limit_price: 100 }), ended({ symbol: 'CCC' })]
    expect(ratio(facts)).toBe(4 / 20)
    expect(resultAt('fill_ratio', facts)?.meta).toMatchObject({ weighed_by: 'quantity' })
  })

  test('takes an order for a notional for what that buys at its price, and leaves out one without a price', () => {
    const inMoney = { submitted_qty: 0, notional: 1_000 }
    expect(ratio([got(4, 99, { ...inMoney, limit_price: 100 })])).toBe(0.4)
    const facts = [got(4, 99, { limit_price: 100 }), ended({ ...inMoney, symbol: 'CCC' }), ended({ submitted_qty: 0 })]
    expect(ratio(facts)).toBe(0.4)
    expect(resultAt('fill_ratio', facts)?.meta).toMatchObject({ n: 1, left_out: 2, weighed_by: 'price' })
  })

  test('counts a replaced order with its filled part, and no reject', () => {
    const priced = { limit_price: 100 }
    const facts = [got(4, 99, { ...priced, status: 'replaced' }), ended({ ...priced, status: 'rejected' })]
    expect(ratio(facts)).toBe(1)
    expect(ratio([ended({ ...priced, status: 'replaced' })])).toBe('no_orders')
    expect(ratio(facts.slice(1))).toBe('no_orders')
  })

  test.each(['new', 'held', 'done_for_day', 'partially_filled'])('waits for an order that is %s', (status) => {
    expect(ratio([got(4, 99, { limit_price: 100, status })])).toBe('no_orders')
  })

  test('belongs to the window in which the order ends', () => {
    const facts = [got(4, 99, { limit_price: 100 })]
    expect(valueAt('fill_ratio', facts, '1m', at('10:31:00'))).toBe(0.4)
    expect(valueAt('fill_ratio', facts, '1m', at('10:32:00'))).toBe('no_orders')
    expect(valueAt('fill_ratio', facts, '1m', at('10:30:59.999'))).toBe('no_orders')
  })
})

describe('scenario 11: an order that expires unfilled', () => {
  const facts = [
    decision({ decision_id: 'd', at: at('09:34:59'), price: 100, status: 'submitted' }),
    order({
      execution_id: 'e',
      decision_id: 'd',
      submitted_at: at('09:35:00'),
      ended_at: at('16:00:00'),
      submitted_qty: 10,
      status: 'expired',
    }),
    bar('AAA', at('15:59:59'), 104),
    bar('AAA', at('16:00:01'), 105),
  ]

  test('shows in the rates of 15m at 16:05, and is priced at the mark of 16:00', () => {
    const values = briefsAt(at('16:05:00'), facts, { window: '15m' })
    expect(values).toMatchObject({ fill_ratio: 0, cancel_rate: 1, implementation_shortfall_bps: 400 })
  })

  test('stays at that mark, whatever the market does and however long ago it was', () => {
    const next = [bar('AAA', instant('2026-07-16T10:00:00-04:00'), 120)]
    const now = instant('2026-07-16T12:00:00-04:00')
    expect(briefsAt(now, [...facts, ...next], { window: '5d' }).implementation_shortfall_bps).toBe(400)
    const { last } = follow([
      [facts, at('16:05:00')],
      [next, instant('2026-07-16T10:00:01-04:00')],
      [[], now],
    ])
    expect(briefs(bookOf(last), '5d').implementation_shortfall_bps).toBe(400)
  })

  test('waits while it is open', () => {
    const open = resultAt('implementation_shortfall_bps', facts, '1d', at('15:59:59'))
    expect(open).toMatchObject({ reason: 'no_orders', meta: { open_orders: 1 } })
  })
})

describe('scenario 12: a reject that left a decision and no order', () => {
  const refused = decision({
    decision_id: 'd',
    at: at('10:50:00'),
    status: 'rejected',
    broker_reject_reasons: ['alpaca_order_submit_failed: timeout'],
  })

  test('alone in 15m: reject_rate 1, n 1, no orders for the rest', () => {
    const results = resultsOf(bookOf(framesAt(NOW, [refused])), '15m')
    expect(results.reject_rate).toEqual({
      status: 'ok',
      value: 1,
      meta: { n: 1, rejected: 1, submit_failed: 1, of_unknown_adapter: 1 },
    })
    expect(brief(results.fill_ratio)).toBe('no_orders')
    expect(brief(results.cancel_rate)).toBe('no_orders')
    expect(briefsAt(NOW, [refused], { window: '5m' }).reject_rate).toBe('no_orders')
  })

  test('counts once where its order shows it too', () => {
    const row = order({
      execution_id: 'e',
      decision_id: 'd',
      submitted_at: at('10:50:01'),
      ended_at: at('10:50:02'),
      status: 'rejected',
      adapter: 'alpaca',
    })
    const { last } = follow([
      [[refused], at('10:50:00')],
      [[row], NOW],
    ])
    expect(resultsOf(bookOf(last), '15m').reject_rate).toMatchObject({
      value: 1,
      meta: { n: 1, rejected: 1, submit_failed: 0, of_unknown_adapter: 0 },
    })
  })

  test('is none where the reason is our own', () => {
    const vetoed = { ...refused, brokerRejectReasons: [], vetoReasons: ['max_notional'] }
    expect(briefsAt(NOW, [vetoed], { window: '15m' })).toMatchObject({
      reject_rate: 'no_orders',
      decision_veto_rate: 1,
    })
  })
})

describe('reject_rate', () => {
  const rejected = ended({ status: 'rejected' })

  test('has the time of the reject: until then the order is one that was submitted', () => {
    expect(valueAt('reject_rate', [rejected, ended()], '1h')).toBe(0.5)
    expect(valueAt('reject_rate', [rejected, ended()], '1h', at('10:30:59'))).toBe(0)
  })

  test('has an order that was submitted before the window and rejected in it in both terms', () => {
    expect(resultAt('reject_rate', [rejected, ended()], '1m', at('10:31:30'))).toMatchObject({
      value: 1,
      meta: { n: 1 },
    })
  })
})

test('cancel_rate is about what was given up with a rest, among all that ended', () => {
  const facts = [
    ended({ status: 'canceled' }),
    got(4, 100, { status: 'expired' }),
    got(10, 100, { status: 'cancelled' }),
    got(10, 100),
    ended({ status: 'replaced' }),
    ended({ status: 'rejected' }),
  ]
  expect(valueAt('cancel_rate', facts)).toBe(2 / 5)
})

describe('slippage_bps_vs_mid', () => {
  const slippage = (facts: readonly Fact[]) => valueAt('slippage_bps_vs_mid', facts)

  test('is what fills cost beyond the middle of the quote at submit, by side and by worth', () => {
    const facts = [
      quote('10:29:58', 99.9, 100.1),
      got(4, 101),
      signal('BBB', at('10:29:50'), { bid: 50, ask: 50 }),
      got(2, 49, { side: 'sell', symbol: 'BBB' }),
    ]
    expect(slippage(facts)).toBe(((4 * 1 + 2 * 1) / (400 + 100)) * 10_000)
    expect(resultAt('slippage_bps_vs_mid', facts)?.meta).toMatchObject({ n: 2, coverage: 1, mid_age_seconds: 6 })
  })

  test.each([
    ['two seconds before the submit', quote('10:29:58', 100, 100), 100],
    ['less than two seconds before it', quote('10:29:58.001', 100, 100), 'no_mid'],
    ['fifteen seconds before it', quote('10:29:45', 100, 100), 100],
    ['longer ago', quote('10:29:44.999', 100, 100), 'no_mid'],
    ['50 basis points wide', quote('10:29:58', 99.75, 100.25), 100],
    ['wider', quote('10:29:58', 99.74, 100.26), 'no_mid'],
    ['crossed', quote('10:29:58', 100.1, 99.9), 'no_mid'],
    ['of a source that looks ahead', quote('10:29:58', 100, 100, { source: 'ws' }), 'no_mid'],
  ])('takes a quote that is %s for what it is', (_, row, expected) => {
    expect(slippage([row, got(4, 101)])).toBe(expected)
  })

  test('has no mid when the newest eligible quote is not valid, whatever came before', () => {
    expect(slippage([quote('10:29:50', 100, 100), quote('10:29:57', 0.01, 100), got(4, 101)])).toBe('no_mid')
  })

  test('says how much of the notional it covers', () => {
    const facts = [quote('10:29:58', 100, 100), got(4, 101), got(1, 404, { symbol: 'BBB' })]
    expect(slippage(facts)).toBe(100)
    expect(resultAt('slippage_bps_vs_mid', facts)?.meta).toMatchObject({ n: 1, coverage: 0.5 })
  })

  test('counts fills of the window, also of orders that are open', () => {
    const row = order({
      execution_id: 'grows',
      submitted_at: at('10:30:00'),
      submitted_qty: 10,
      filled_qty: 4,
      avg_fill_price: 101,
      filled_at: at('10:45:00'),
      status: 'partially_filled',
    })
    const facts = [quote('10:29:58', 100, 100), row]
    expect(valueAt('slippage_bps_vs_mid', facts, '15m', at('10:59:59'))).toBe(100)
    expect(valueAt('slippage_bps_vs_mid', facts, '15m', at('11:00:00'))).toBe('no_fills')
  })

  test('forgets a mid that is older than quotes are kept', () => {
    const facts = [quote('10:29:58', 100, 100), got(4, 101)]
    const kept = instant('2026-07-27T10:29:58-04:00')
    expect(valueAt('slippage_bps_vs_mid', facts, '20d', kept)).toBe(100)
    expect(valueAt('slippage_bps_vs_mid', facts, '20d', kept + 1)).toBe('no_mid')
  })

  test('is currency where something else than dollars was filled', () => {
    const facts = [instrument({ symbol: 'AAA', currency: 'EUR' }), quote('10:29:58', 100, 100), got(4, 101)]
    expect(briefsAt(NOW, facts, { window: '1h' })).toMatchObject({
      slippage_bps_vs_mid: 'currency',
      fill_ratio: 'currency',
      cancel_rate: 0,
      implementation_shortfall_bps: 'no_decision_price',
    })
  })
})

describe('implementation_shortfall_bps', () => {
  test('adds what was paid, what was missed and what it cost, and splits it', () => {
    const facts = [
      decided('d', 40),
      quote('10:29:58', 40.02, 40.02),
      got(700, 40.05, { decision_id: 'd', submitted_qty: 1_000, status: 'canceled', costs: 17 }),
      bar('AAA', at('10:30:59'), 40.08),
    ]
    const result = resultAt('implementation_shortfall_bps', facts)
    expect(brief(result)).toBe(((700 * 0.05 + 300 * 0.08 + 17) / 40_000) * 10_000)
    expect(result?.meta).toMatchObject({
      n: 1,
      n_with_mid: 1,
      cost_source: 'order_records',
      components_bps: { delay: 3.5, execution: 5.25, opportunity: 6, costs: 4.25 },
    })
  })

  test('has no delay without a mid, and hurts a sale when prices fall', () => {
    const facts = [decided('d', 43), got(10, 40.25, { decision_id: 'd', side: 'sell' })]
    expect(resultAt('implementation_shortfall_bps', facts)?.meta?.components_bps).toEqual({
      delay: 0,
      execution: (2.75 / 43) * 10_000,
      opportunity: 0,
      costs: 0,
    })
  })

  test('leaves out orders without a decision price, with their costs', () => {
    const facts = [decided('d', 100), got(10, 101, { decision_id: 'd', costs: 0 }), got(10, 200, { costs: 50 })]
    expect(valueAt('implementation_shortfall_bps', facts)).toBe(100)
    expect(valueAt('implementation_shortfall_bps', [decided('d', null), got(10, 101, { decision_id: 'd' })])).toBe(
      'no_decision_price',
    )
  })

  test('is missing_mark where an unfilled rest has none, and needs none where all was filled', () => {
    const facts = [decided('d', 100), ended({ decision_id: 'd' })]
    expect(valueAt('implementation_shortfall_bps', facts)).toBe('missing_mark')
    expect(valueAt('implementation_shortfall_bps', [decided('d', 100), got(10, 100, { decision_id: 'd' })])).toBe(0)
  })

  test('follows a mark that comes late, a decision that comes late and one that is taken back', () => {
    const { last } = follow([
      [[ended({ decision_id: 'd' })], at('10:31:01')],
      [[decided('d', 100)], at('10:31:02')],
      [[bar('AAA', at('10:30:58'), 101)], at('10:31:03')],
      [[bar('AAA', at('10:30:59'), 102)], at('10:31:04')],
      [[], at('12:31:00')],
    ])
    expect(briefs(bookOf(last), '1d').implementation_shortfall_bps).toBe(200)
    expect(briefs(bookOf(last), '15m').implementation_shortfall_bps).toBe('no_orders')
  })
})

describe('latencies', () => {
  const sent = (ms: number, raw: Record<string, unknown> = {}) => {
    orders += 1
    const id = `d${orders}`
    return [
      decision({ decision_id: id, at: at('10:30:00'), status: 'submitted' }),
      order({ execution_id: `sent-${orders}`, decision_id: id, submitted_at: at('10:30:00') + ms, ...raw }),
    ]
  }

  test('scenario 13: of one order both percentiles are its latency', () => {
    const facts = sent(420, {
      filled_qty: 10,
      avg_fill_price: 1,
      filled_at: at('10:30:02'),
      ended_at: at('10:30:02'),
      status: 'filled',
    })
    expect(briefsAt(NOW, facts, { window: '1h' })).toMatchObject({
      decision_to_submit_latency_ms_p50: 420,
      decision_to_submit_latency_ms_p95: 420,
      submit_to_fill_latency_ms_p50: 1_580,
      submit_to_fill_latency_ms_p95: 1_580,
    })
  })

  test('are exact percentiles, interpolated between the two nearest', () => {
    const facts = [10, 20, 30, 40].flatMap((ms) => sent(ms))
    expect(briefsAt(NOW, facts, { window: '1h' })).toMatchObject({
      decision_to_submit_latency_ms_p50: 25,
      decision_to_submit_latency_ms_p95: 30 + 10 * 0.85,
    })
  })

  test('leave out and count what lacks an end or comes out negative', () => {
    const facts = [...sent(10), ...sent(-5), order({ execution_id: 'bare', submitted_at: at('10:30:00') })]
    expect(resultAt('decision_to_submit_latency_ms_p50', facts)).toEqual({
      status: 'ok',
      value: 10,
      meta: { n: 1, left_out: 2, negative: 1 },
    })
    expect(valueAt('decision_to_submit_latency_ms_p50', facts.slice(2))).toBe('no_timestamps')
  })

  test('to the fill are of orders filled completely, up to the last fill', () => {
    const row = got(10, 100, { execution_id: 'whole', filled_at: at('10:30:09'), ended_at: at('10:30:09') })
    const first = brokerFill({ execution_id: 'whole', fill_id: 'f', at: at('10:30:01'), qty: 4, price: 100 })
    const part = got(4, 100, { status: 'canceled' })
    expect(valueAt('submit_to_fill_latency_ms_p50', [row, first, part])).toBe(9_000)
    expect(valueAt('submit_to_fill_latency_ms_p50', [part])).toBe('no_fills')
    expect(valueAt('submit_to_fill_latency_ms_p50', [strategy({ accounts: ['PA1'] })])).toBe('no_orders')
  })

  test('to a fill that nobody dated are none', () => {
    const row = got(10, 100, { filled_at: null })
    expect(resultAt('submit_to_fill_latency_ms_p50', [row])).toMatchObject({
      reason: 'no_timestamps',
      meta: { left_out: 1 },
    })
  })

  test('slide with the window', () => {
    const times = ['10:58:10', '10:58:40', '10:59:10', '10:59:40', '10:59:45']
    const facts = times.flatMap((time, index) => [
      decision({ decision_id: `s${index}`, at: at(time), status: 'submitted' }),
      order({ execution_id: `slides-${index}`, decision_id: `s${index}`, submitted_at: at(time) + 100 * (5 - index) }),
    ])
    const medians = ['10:59:00', '10:59:30', '11:00:00', '11:00:30'].map((_, index, all) => {
      const steps = all.slice(0, index + 1).map((time, step) => [step === 0 ? facts : [], at(time)] as const)
      const { last } = follow(steps)
      return briefs(bookOf(last), '1m').decision_to_submit_latency_ms_p50
    })
    expect(medians).toEqual([450, 350, 200, 150])
  })
})

describe('by adapter', () => {
  const facts = [
    got(10, 100, { adapter: 'alpaca', limit_price: 100 }),
    got(4, 100, { adapter: 'lean', limit_price: 100, status: 'canceled' }),
    ended({ status: 'rejected', adapter: 'lean' }),
    ended({ limit_price: 100 }),
    decision({
      decision_id: 'd',
      at: at('10:40:00'),
      status: 'rejected',
      broker_reject_reasons: ['alpaca_order_rejected: no'],
    }),
  ]
  const split = (now = NOW) => {
    const frame = bookOf(framesAt(now, facts))
    return Object.fromEntries(
      [...frame.byAdapter].map(([adapter, windows]) => [adapter, briefs({ ...frame, windows }, '1h')]),
    )
  }

  test('an adapter has the figures of its own orders; they need not add up', () => {
    expect(split()).toMatchObject({
      alpaca: { fill_ratio: 1, reject_rate: 0, cancel_rate: 0 },
      lean: { fill_ratio: 0.4, reject_rate: 0.5, cancel_rate: 1 },
    })
    expect(briefsAt(NOW, facts, { window: '1h' })).toMatchObject({ fill_ratio: 14 / 30, reject_rate: 2 / 5 })
  })

  test('nothing but rows 26 to 34 is told so', () => {
    expect(Object.keys(split().alpaca ?? {})).toEqual([
      ...['fill_ratio', 'reject_rate', 'cancel_rate', 'slippage_bps_vs_mid', 'implementation_shortfall_bps'],
      ...['decision_to_submit_latency_ms_p50', 'decision_to_submit_latency_ms_p95'],
      ...['submit_to_fill_latency_ms_p50', 'submit_to_fill_latency_ms_p95'],
    ])
  })

  test('an adapter that no window sees any more is gone', () => {
    expect(Object.keys(split(instant('2026-08-12T09:29:59-04:00')))).toEqual(['alpaca', 'lean'])
    expect(Object.keys(split(instant('2026-08-13T09:30:00-04:00')))).toEqual([])
  })
})

test('an order of a symbol that nobody ever held asks for its prices', () => {
  const frame = framesAt(NOW, [decided('d', 100), ended({ decision_id: 'd' }), bar('AAA', at('10:30:59'), 103)])
  expect(briefs(bookOf(frame), '1h').implementation_shortfall_bps).toBe(300)
})

test('a filled order counts once, also where another of its symbol is filled in between', () => {
  const facts = [
    filled({ at: at('10:30:30'), side: 'buy', qty: 1, price: 500 }),
    decided('d', 100),
    ended({ decision_id: 'd' }),
  ]
  // Without a bar the newest own fill is the mark of the rest.
  expect(valueAt('implementation_shortfall_bps', facts)).toBe(40_000)
})
