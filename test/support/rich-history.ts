import type { Fact } from '../../src/domain/facts.js'
import { type EpochMs, MINUTE_MS, SECOND_MS } from '../../src/domain/time.js'
import { bar, brokerFill, decision, fact, instant, instrument, order, signal, snapshot, strategy } from './facts.js'

/**
 * A week of one book with something of everything: gains, losses, a flip, shorts, futures, orders that fill in parts or not
 * at all, rejects with and without a row, quotes, vetoes, other routes, deposits, fees, and what snapshots alone tell. Small
 * enough that no list of an explanation is cut.
 */
export interface RichHistory {
  /** Another book trades in the account as well. */
  readonly isShared?: boolean
  /** The fee of one purchase is taken in what it bought. */
  readonly paysInCoin?: boolean
  /** Who tells the costs. */
  readonly costs: 'records' | 'broker'
}

export const RICH_AT = instant('2026-11-20T19:30:10Z')
const DAYS = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20']
const at = (day: number, time: string) => instant(`${DAYS[day]}T${time}Z`)

interface Traded {
  readonly id: string
  readonly at: EpochMs
  readonly symbol: string
  readonly signed: number
  readonly price: number
  readonly more?: Readonly<Record<string, unknown>>
}

const traded = (
  id: string,
  when: EpochMs,
  symbol: string,
  signed: number,
  price: number,
  more: Traded['more'] = {},
): Traded => ({ id, at: when, symbol, signed, price, more })

const LAST = RICH_AT
const before = (seconds: number) => LAST - seconds * SECOND_MS
const TRADES: readonly Traded[] = [
  traded('t01', at(0, '15:00:00'), 'AAA', 100, 100),
  traded('t02', at(0, '16:00:00'), 'AAA', -150, 102.5),
  traded('t03', at(1, '15:10:00'), 'AAA', 30, 103.25),
  traded('t04', at(1, '19:00:00'), 'AAA', 20, 104),
  traded('t05', at(2, '15:00:00'), 'FUT', 2, 40.5),
  traded('t06', at(2, '18:00:00'), 'FUT', -1, 42.25),
  traded('t07', at(2, '18:30:00'), 'OLD', -3, 56),
  traded('t08', at(3, '15:00:00'), 'BBB', -20, 61),
  traded('t09', at(3, '20:00:00'), 'BBB', 20, 59.5),
  traded('t10', at(4, '14:40:00'), 'AAA', 40, 101, { status: 'canceled', submitted_qty: 70 }),
  traded('t11', at(4, '15:40:00'), 'AAA', -10, 100.5),
  traded('t12', before(1_500), 'BBB', 15, 60, { adapter: 'alpaca', expected_adapter: 'lean' }),
  traded('t13', before(700), 'BBB', -15, 60.75),
  traded('t14', before(200), 'AAA', -12, 99.75),
  traded('t15', before(100), 'AAA', -6, 99.5),
  traded('t16', before(40), 'BBB', 8, 60.5),
  traded('t17', before(20), 'BBB', -8, 60.25, { status: 'expired', submitted_qty: 11 }),
  traded('t18', before(8), 'BBB', 5, 60.25),
]

/** Held before anybody recorded anything, and what only snapshots tell later: two more of one, ten for one of the other. */
const OLD_HELD = 7
const REBASED_AT = at(1, '17:00:00')
const SPLIT_AT = at(3, '16:00:00')
const priceOf = (symbol: string, when: EpochMs): number => {
  const base = { AAA: 100, BBB: 60, FUT: 41, OLD: 55, SPY: 600, NEW: 20, SPL: 1_000 }[symbol] ?? 10
  const step = Math.floor(when / (5 * MINUTE_MS))
  const moved = base * (1 + ((step * 7 + symbol.length * 3 + symbol.charCodeAt(0)) % 11) / 1_000)
  return Math.round((symbol === 'SPL' && when >= SPLIT_AT ? moved / 10 : moved) * 100) / 100
}

function heldAt(when: EpochMs, { isShared = false, paysInCoin = false }: RichHistory) {
  const isAlone = !isShared
  const held = new Map<string, number>([['OLD', OLD_HELD]])
  for (const { at: time, symbol, signed } of TRADES)
    if (time <= when) held.set(symbol, (held.get(symbol) ?? 0) + signed)
  if (isAlone && when >= at(0, '15:30:00')) held.set('NEW', when >= REBASED_AT ? 12 : paysInCoin ? 9.975 : 10)
  if (isAlone && when >= at(0, '15:45:00')) held.set('SPL', when >= SPLIT_AT ? 20 : 2)
  return [...held]
    .filter(([, qty]) => qty !== 0)
    .map(([symbol, qty]) => ({
      ...{ symbol, qty, mark: priceOf(symbol, when) },
      avg_entry_price: { OLD: 50, SPL: when >= SPLIT_AT ? 100 : 1_000 }[symbol] ?? 100,
    }))
}

/** The market value of futures is ten times quantity times price. */
const worthOf = (positions: ReturnType<typeof heldAt>) =>
  positions.reduce((sum, { symbol, qty, mark }) => sum + qty * mark * (symbol === 'FUT' ? 10 : 1), 0)

const DEPOSIT_AT = at(3, '18:02:00')
const UNTOLD_AT = at(4, '16:05:00')

function snapshots(history: RichHistory): Fact[] {
  // Of the week before, so that the week has an equity to begin with.
  const facts: Fact[] = [snapshot('2026-11-13T20:50:00Z', heldAt(instant('2026-11-13T20:50:00Z'), history))]
  for (const day of DAYS.keys())
    for (let when = at(day, '14:31:00'); when <= Math.min(at(day, '20:59:00'), LAST); when += 5 * MINUTE_MS) {
      const positions = heldAt(when, history)
      const drift = [0, 180, -240, 60, 420, -90, -310, 150][Math.floor(when / (5 * MINUTE_MS)) % 8] ?? 0
      const flowed = (when >= DEPOSIT_AT ? 5_000 : 0) + (when >= UNTOLD_AT ? -3_000 : 0)
      const equity = 100_000 + drift + day * 150 + flowed
      facts.push(snapshot(when, positions, { equity, cash: equity - worthOf(positions) }))
    }
  return facts
}

function ordersOf(
  { id, at: when, symbol, signed, price, more }: Traded,
  index: number,
  costs: RichHistory['costs'],
): Fact[] {
  const submittedAt = when - (2 + (index % 5)) * SECOND_MS
  const side = signed > 0 ? 'buy' : 'sell'
  const quantity = Math.abs(signed)
  const facts: Fact[] = [
    decision({
      ...{ decision_id: `d ${id}`, at: submittedAt - 100 - 37 * index, symbol, action: side, status: 'submitted' },
      ...{ price: index % 4 === 3 ? null : price - 0.1 },
    }),
    order({
      ...{ execution_id: id, decision_id: `d ${id}`, symbol, side, submitted_at: submittedAt },
      ...{ filled_at: when, ended_at: when, submitted_qty: quantity, filled_qty: quantity, avg_fill_price: price },
      ...{ status: 'filled', adapter: 'alpaca', expected_adapter: 'alpaca' },
      ...(costs === 'records' ? { costs: 0.25 + index / 100 } : {}),
      ...more,
    }),
  ]
  if (index % 3 !== 2) facts.push(signal(symbol, submittedAt - 5 * SECOND_MS, { bid: price - 0.07, ask: price - 0.01 }))
  if (costs === 'broker')
    facts.push(
      brokerFill({ execution_id: id, fill_id: `f ${id}`, at: when, qty: quantity, price, costs: 0.1 + index / 100 }),
    )
  return facts
}

/** Orders that filled nothing, in the last minutes and before. */
function unfilled(costs: RichHistory['costs']): Fact[] {
  const asked = { side: 'buy', symbol: 'AAA', submitted_qty: 9, adapter: 'lean', expected_adapter: 'lean' }
  const cost = costs === 'records' ? { costs: 0.5 } : {}
  return [
    order({
      ...asked,
      ...cost,
      execution_id: 'u1',
      submitted_at: before(2_000),
      ended_at: before(1_900),
      status: 'canceled',
    }),
    order({
      ...asked,
      execution_id: 'u2',
      submitted_at: before(250),
      ended_at: before(30),
      status: 'expired',
      limit_price: 98,
    }),
    order({ ...asked, execution_id: 'u3', submitted_at: before(52), ended_at: before(51), status: 'rejected' }),
    order({ ...asked, execution_id: 'u4', submitted_at: before(15) }),
    order({ ...asked, execution_id: 'u5', submitted_at: before(400), ended_at: before(350), status: 'replaced' }),
    order({
      ...asked,
      submitted_qty: 0,
      notional: 500,
      execution_id: 'u6',
      submitted_at: before(55),
      ended_at: before(35),
      status: 'canceled',
    }),
    decision({ decision_id: 'refused', at: before(45), status: 'rejected', broker_reject_reasons: ['no'] }),
    decision({ decision_id: 'vetoed', at: before(44), status: 'rejected', veto_reasons: ['too large'] }),
    decision({
      ...{ decision_id: 'reviewed', at: before(90), status: 'planned' },
      ...{ reviewed_at: before(80), context_freshness_seconds: 12.5, confidence: 0.5 },
    }),
  ]
}

export function richHistory(history: RichHistory): Fact[] {
  const { isShared = false, costs } = history
  const others = isShared
    ? [
        strategy({ strategy_id: 's2', name: 'other' }),
        order({
          ...{ execution_id: 'other', strategy_id: 's2', symbol: 'ZZZ', submitted_at: at(2, '15:00:00') },
          ...{ filled_at: at(2, '15:00:01'), filled_qty: 1, avg_fill_price: 10, status: 'filled' },
        }),
      ]
    : []
  const alone = isShared
    ? []
    : [traded('n1', at(0, '15:30:00'), 'NEW', 10, 20), traded('s1', at(0, '15:45:00'), 'SPL', 2, 1_000)].flatMap(
        (one, index) => ordersOf(one, index, costs),
      )
  const symbols = ['AAA', 'BBB', 'FUT', 'OLD', 'SPY', 'NEW', 'SPL']
  const bars = DAYS.flatMap((_, day) => {
    const facts: Fact[] = []
    for (let when = at(day, '14:35:00'); when <= Math.min(at(day, '20:55:00'), LAST); when += 5 * MINUTE_MS)
      facts.push(...symbols.map((symbol) => bar(symbol, when, priceOf(symbol, when))))
    return facts
  })
  // The last hour is seen closely: windows of minutes want twenty returns as well.
  const close = Array.from({ length: 400 }, (_, index) => LAST - 9 * SECOND_MS * (400 - index)).flatMap((when, index) =>
    ['AAA', 'BBB', 'SPY'].map((symbol) => bar(symbol, when, priceOf(symbol, when) + ((index * 5) % 9) / 100)),
  )
  const last = Array.from({ length: 25 }, (_, index) => LAST - 2 * SECOND_MS * (25 - index)).flatMap((when, index) =>
    ['AAA', 'SPY'].map((symbol) => bar(symbol, when, priceOf(symbol, when) + ((index * 4) % 7) / 100)),
  )
  return [
    strategy({ benchmark: 'SPY', universe: ['AAA', 'BBB', 'GAP'] }),
    ...others,
    instrument({ symbol: 'FUT', multiplier: 10 }),
    ...snapshots(history),
    ...TRADES.flatMap((one, index) => ordersOf(one, index, costs)),
    ...alone,
    ...unfilled(costs),
    fact('cash_flow', { account: 'PA1', flow_id: 'in', at: at(3, '18:00:00'), amount: 5_000, kind: 'deposit' }),
    fact('cash_flow', { account: 'PA1', flow_id: 'fee 1', at: at(2, '20:00:00'), amount: -4.5, kind: 'fee' }),
    fact('cash_flow', { account: 'PA1', flow_id: 'fee 2', at: before(33), amount: -1.25, kind: 'fee' }),
    fact('cash_flow', { account: 'PA1', flow_id: 'coupon', at: at(1, '20:00:00'), amount: 3, kind: 'interest' }),
    ...bars,
    ...close,
    ...last,
    signal('AAA', before(3), { bid: 99.4, ask: 99.6 }),
  ]
}
