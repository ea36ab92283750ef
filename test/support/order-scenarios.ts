import { type EquityScenario, newYork } from './equity-scenario.js'
import { bar, brokerFill, decision, instrument, order, signal } from './facts.js'

/** Orders, METRICS section 1 and rows 26 to 34, with numbers small enough to be worked out by hand. */

const WED = '2026-07-15'
const at = (time: string) => newYork(WED, time)
const TEN = at('10:00:00')

type Raw = Readonly<Record<string, unknown>>
const ended = (status: string, id: string, raw: Raw = {}) =>
  order({ execution_id: id, submitted_at: at('09:50:00'), ended_at: at('09:55:00'), status, ...raw })
/** Of ten, so many were bought or sold. */
const done = (qty: number, price: number) => ({
  submitted_qty: 10,
  filled_qty: qty,
  avg_fill_price: price,
  filled_at: at('09:54:00'),
})
const priced = (id: string, price: number, raw: Raw = {}) =>
  decision({ decision_id: id, at: at('09:49:59'), price, ...raw })

const limit = { decision_id: 'd', limit_price: 100 }
const unfilled = [
  priced('d', 100, { at: at('09:34:59') }),
  order({ ...limit, execution_id: 'o', submitted_at: at('09:35:00'), status: 'expired', ended_at: at('16:00:00') }),
  bar('AAA', at('15:59:59'), 103),
  bar('AAA', at('16:03:00'), 104),
]

function ofTen(title: string, facts: EquityScenario['facts'], expected: EquityScenario['expected']): EquityScenario {
  return { title, facts, at: TEN, window: '15m', expected }
}

const decided = ended('canceled', 'a', { decision_id: 'd', ...done(10, 100) })
const limited = ended('canceled', 'b', { limit_price: 50, ...done(5, 50), submitted_qty: 20 })
const bare = ended('canceled', 'c', { symbol: 'CCC' })

const ENDS: readonly EquityScenario[] = [
  {
    title: 'scenario 11: an order that expired unfilled, five minutes later',
    facts: unfilled,
    at: at('16:05:00'),
    window: '15m',
    expected: {
      fill_ratio: 0,
      cancel_rate: 1,
      implementation_shortfall_bps: 300,
      submit_to_fill_latency_ms_p50: 'no_fills',
    },
  },
  {
    title: 'scenario 11: as long as it is open it waits',
    facts: unfilled,
    at: at('15:59:59.999'),
    window: '1d',
    expected: {
      fill_ratio: 'no_orders',
      cancel_rate: 'no_orders',
      reject_rate: 0,
      implementation_shortfall_bps: 'no_orders',
      submit_to_fill_latency_ms_p50: 'no_fills',
    },
  },
  ofTen('an order counts by its decision price, or else its limit', [priced('d', 100), decided, limited], {
    fill_ratio: (1_000 + 250) / (1_000 + 1_000),
    cancel_rate: 0.5,
  }),
  ofTen(
    'else by the mark when it was submitted',
    [priced('d', 100), decided, limited, bare, bar('CCC', at('09:49:50'), 100)],
    { fill_ratio: (1_000 + 250) / (1_000 + 1_000 + 1_000), cancel_rate: 2 / 3 },
  ),
  ofTen(
    'and where one has none of these, all count by quantity',
    [priced('d', 100), decided, limited, bare, bar('CCC', at('09:50:00.001'), 100)],
    { fill_ratio: 15 / 40 },
  ),
  ofTen(
    'a replaced order counts with its filled part',
    [ended('replaced', 'r', { limit_price: 10, ...done(4, 10) }), ended('canceled', 'c', { limit_price: 10 })],
    { fill_ratio: 4 / 14, cancel_rate: 0.5 },
  ),
  ofTen('a replaced order with nothing filled has ended', [ended('replaced', 'r', { limit_price: 10 })], {
    fill_ratio: 'no_orders',
    cancel_rate: 0,
  }),
  ofTen(
    'an order of an amount of money has ordered as much as that buys',
    [priced('d', 100), ended('expired', 'n', { decision_id: 'd', notional: 1_000, ...done(8, 99), submitted_qty: 0 })],
    { fill_ratio: 0.8, cancel_rate: 1 },
  ),
  ofTen(
    'one that nothing prices is left out, and the others keep their prices',
    [
      priced('d', 100),
      decided,
      limited,
      ended('canceled', 'n', { symbol: 'CCC', submitted_qty: 0, notional: 1_000 }),
      ended('canceled', 'z', { submitted_qty: 0, limit_price: 7 }),
    ],
    { fill_ratio: 0.625, cancel_rate: 3 / 4 },
  ),
  ofTen(
    'what has no end is open: done for the day, or cancelled at nobody knows when',
    [
      ended('done_for_day', 'a'),
      order({ execution_id: 'b', submitted_at: at('09:50:00'), status: 'canceled' }),
      ended('canceled', 'c', { ...done(10, 100) }),
    ],
    { fill_ratio: 1, cancel_rate: 0, reject_rate: 0 },
  ),
  ofTen(
    'a filled order without an end has that of its last fill',
    [
      ended('filled', 'a', { ended_at: null, ...done(10, 100) }),
      order({ execution_id: 'b', submitted_at: at('09:40:00'), status: 'filled', ...done(10, 100), ended_at: null }),
    ],
    { fill_ratio: 1, submit_to_fill_latency_ms_p50: 9 * 60_000 },
  ),
  ofTen('a rejected order is in no ratio but its own', [ended('rejected', 'r')], {
    fill_ratio: 'no_orders',
    cancel_rate: 'no_orders',
    reject_rate: 1,
    implementation_shortfall_bps: 'no_orders',
  }),
]

const refused = { status: 'rejected', broker_reject_reasons: ['alpaca_order_rejected: no'] }
const REJECTS: readonly EquityScenario[] = [
  ofTen('scenario 12: a reject that left no order', [decision({ at: at('09:50:00'), ...refused })], {
    reject_rate: 1,
    fill_ratio: 'no_orders',
    cancel_rate: 'no_orders',
    decision_to_submit_latency_ms_p50: 'no_orders',
    submit_to_fill_latency_ms_p95: 'no_orders',
  }),
  ofTen(
    'an order that was refused counts once, at its reject',
    [
      decision({ at: at('09:49:00'), decision_id: 'd', ...refused }),
      ended('rejected', 'r', { decision_id: 'd' }),
      order({ execution_id: 'o', submitted_at: at('09:51:00') }),
    ],
    { reject_rate: 0.5 },
  ),
  ofTen(
    'submitted before the window and refused in it: in both terms',
    [
      ended('rejected', 'r', { submitted_at: at('09:30:00') }),
      order({ execution_id: 'o', submitted_at: at('09:51:00') }),
    ],
    { reject_rate: 0.5 },
  ),
  ofTen(
    'a veto of ours is no reject',
    [
      decision({ at: at('09:50:00'), status: 'rejected', veto_reasons: ['max_notional'] }),
      order({ execution_id: 'o', submitted_at: at('09:51:00') }),
    ],
    { reject_rate: 0 },
  ),
  ...([0, 1] as const).map((minutes) => ({
    title: `an order is submitted until its reject: ${minutes === 0 ? 'before' : 'after'}`,
    facts: [ended('rejected', 'r', { ended_at: at('10:00:30') })],
    at: TEN + minutes * 60_000,
    window: '15m' as const,
    expected: { reject_rate: minutes },
  })),
]

const quoted = (secondsBefore: number, bid: number, ask: number, raw: Raw = {}) =>
  signal('AAA', at('09:50:00') - secondsBefore * 1_000, { bid, ask, ...raw })
const good = quoted(3, 99.95, 100.05)
const bought = ended('filled', 'a', done(10, 100.1))

const SLIPPAGE: readonly EquityScenario[] = [
  ofTen('a buy above the mid loses', [good, bought], { slippage_bps_vs_mid: 10 }),
  ofTen('a sell above the mid gains', [good, ended('filled', 'a', { side: 'sell', ...done(10, 100.1) })], {
    slippage_bps_vs_mid: -10,
  }),
  ofTen(
    'fills weigh by quantity and mid, those without a mid not at all',
    [good, bought, ended('filled', 'b', { ...done(30, 100) }), ended('filled', 'c', { symbol: 'CCC', ...done(9, 9) })],
    { slippage_bps_vs_mid: 2.5 },
  ),
  ofTen('a quote of the last two seconds is not looked at', [good, quoted(1.999, 200, 200), bought], {
    slippage_bps_vs_mid: 10,
  }),
  ofTen('one of two seconds before is', [good, quoted(2, 100, 100.2), bought], { slippage_bps_vs_mid: 0 }),
  ofTen('the oldest has fifteen seconds', [quoted(15, 100, 100), bought], { slippage_bps_vs_mid: 10 }),
  ofTen('and no more', [quoted(15.001, 100, 100), bought], { slippage_bps_vs_mid: 'no_mid' }),
  ofTen('the newest quote decides, also when it cannot be believed', [good, quoted(2.5, 100.2, 100), bought], {
    slippage_bps_vs_mid: 'no_mid',
  }),
  ofTen('a spread of fifty basis points can be believed', [quoted(3, 99.75, 100.25), bought], {
    slippage_bps_vs_mid: 10,
  }),
  ofTen('one above it cannot', [quoted(3, 99.74, 100.25), bought], { slippage_bps_vs_mid: 'no_mid' }),
  ofTen('quotes of other sources look ahead', [good, quoted(2, 200, 200, { source: 'ws' }), bought], {
    slippage_bps_vs_mid: 10,
  }),
  ofTen('without fills there is none', [good, ended('canceled', 'a')], { slippage_bps_vs_mid: 'no_fills' }),
]

const partly = ended('canceled', 'a', { decision_id: 'd', ...done(6, 101), costs: 2 })
const end = bar('AAA', at('09:54:59'), 103)

const SHORTFALL: readonly EquityScenario[] = [
  ofTen('what was paid, what was missed and what it cost', [priced('d', 100), partly, end], {
    implementation_shortfall_bps: 200,
  }),
  ofTen(
    'a sell loses where prices fall',
    [
      priced('d', 100),
      ended('canceled', 'a', { decision_id: 'd', side: 'sell', ...done(6, 99), costs: 2 }),
      bar('AAA', at('09:54:59'), 97),
    ],
    { implementation_shortfall_bps: 200 },
  ),
  ofTen(
    'an instrument counts with its multiplier, the costs do not',
    [instrument({ symbol: 'AAA', multiplier: 10 }), priced('d', 100), partly, end],
    { implementation_shortfall_bps: ((60 + 120 + 2) / 10_000) * 10_000 },
  ),
  ofTen(
    'what a broker says of the costs counts where no record does',
    [
      priced('d', 100),
      ended('canceled', 'a', { decision_id: 'd', ...done(10, 100) }),
      brokerFill({ execution_id: 'a', fill_id: '1', at: at('09:53:00'), qty: 10, price: 100, costs: 0.5 }),
      brokerFill({ execution_id: 'a', fill_id: 'fee', at: at('09:54:00'), qty: 0, price: 1, costs: 0.5 }),
    ],
    { implementation_shortfall_bps: 10 },
  ),
  ofTen('nothing was decided at a price', [partly, end], { implementation_shortfall_bps: 'no_decision_price' }),
  ofTen('a rest that nothing prices', [priced('d', 100), ended('canceled', 'a', { decision_id: 'd' })], {
    implementation_shortfall_bps: 'missing_mark',
  }),
  ofTen(
    'a replaced order has no rest',
    [priced('d', 100), ended('replaced', 'a', { decision_id: 'd', ...done(6, 101) }), end],
    { implementation_shortfall_bps: 100 },
  ),
]

const timed = (id: string, decidedAt: string | undefined, submittedAt: string, filledAt: string) => [
  ...(decidedAt === undefined ? [] : [decision({ decision_id: `d ${id}`, at: at(decidedAt) })]),
  order({
    execution_id: id,
    decision_id: `d ${id}`,
    submitted_at: at(submittedAt),
    ...{ filled_at: at(filledAt), ended_at: at(filledAt), status: 'filled', filled_qty: 10, avg_fill_price: 100 },
  }),
]

const LATENCIES: readonly EquityScenario[] = [
  ofTen('scenario 13: one order', timed('a', '09:59:00', '09:59:00.250', '09:59:01'), {
    decision_to_submit_latency_ms_p50: 250,
    decision_to_submit_latency_ms_p95: 250,
    submit_to_fill_latency_ms_p50: 750,
    submit_to_fill_latency_ms_p95: 750,
  }),
  ofTen(
    'percentiles lie between two of them in proportion; what lacks an end or is negative is left out',
    [
      ...timed('a', '09:50:00', '09:50:00.100', '09:50:01'),
      ...timed('b', '09:51:00', '09:51:00.200', '09:51:01'),
      ...timed('c', '09:52:00', '09:52:01', '09:52:01'),
      ...timed('d', '09:53:00.001', '09:53:00', '09:52:59'),
      ...timed('e', undefined, '09:54:00', '09:54:00.100'),
    ],
    {
      decision_to_submit_latency_ms_p50: 200,
      decision_to_submit_latency_ms_p95: 200 + 0.9 * 800,
      submit_to_fill_latency_ms_p50: 450,
      submit_to_fill_latency_ms_p95: 800 + 0.85 * 100,
    },
  ),
  ofTen('none has both ends', timed('a', undefined, '09:59:00', '09:58:59'), {
    decision_to_submit_latency_ms_p50: 'no_timestamps',
    submit_to_fill_latency_ms_p95: 'no_timestamps',
  }),
  ofTen(
    'a fill that nothing dates is no end',
    [ended('filled', 'a', { ended_at: at('09:55:00'), filled_qty: 10, avg_fill_price: 100, filled_at: null })],
    { submit_to_fill_latency_ms_p50: 'no_timestamps' },
  ),
]

export const ORDERS: readonly EquityScenario[] = [...ENDS, ...REJECTS, ...SLIPPAGE, ...SHORTFALL, ...LATENCIES]
