import fc from 'fast-check'
import {
  formatScaled,
  LARGEST_PRICE_E8,
  MOMENT_DIGITS,
  MONEY_DIGITS,
  PRICE_DIGITS,
  QUANTITY_DIGITS,
} from '../../src/domain/exact.js'
import { CASH_FLOW_KINDS, type Fact, type FactKind, RETRACTABLE_KINDS, SIDES } from '../../src/domain/facts.js'
import { fact } from '../support/facts.js'

/** Facts of every kind with every field, each of them there or not. */

const scaled = (digits: number, range: { min: bigint; max: bigint }) =>
  fc.bigInt(range).map((value) => formatScaled(value, digits))
const quantity = scaled(QUANTITY_DIGITS, { min: -(10n ** 18n), max: 10n ** 18n })
const unsigned = scaled(QUANTITY_DIGITS, { min: 0n, max: 10n ** 18n })
const positive = scaled(QUANTITY_DIGITS, { min: 1n, max: 10n ** 18n })
const price = fc.oneof(
  fc.integer({ min: 1, max: 10_000_000 }).map((cents) => formatScaled(BigInt(cents) * 1_000_000n, PRICE_DIGITS)),
  scaled(PRICE_DIGITS, { min: 1n, max: LARGEST_PRICE_E8 }),
)
const money = scaled(MONEY_DIGITS, { min: -(10n ** 30n), max: 10n ** 30n })
const moment = scaled(MOMENT_DIGITS, { min: 0n, max: 10n ** 36n })
const instant = fc.oneof(
  fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }),
  fc.integer({ min: 0, max: 253_402_300_799_999 }),
)
const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
const symbol = fc.constantFrom('AAA', 'BTC/USD', 'brk.b', 'Ω1', 'A"B')
const texts = fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { maxLength: 3 })
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))
const maybe = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: undefined })

const common = {
  at: instant,
  known_at: maybe(instant),
  revision: maybe(fc.oneof(fc.integer({ min: 0 }), name)),
}

const FIELDS: Readonly<Record<FactKind, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  strategy: {
    ...{ strategy_id: name, name, enabled: fc.boolean(), calendar: maybe(fc.constantFrom('XNYS', '24x7')) },
    ...{ accounts: maybe(fc.array(name, { maxLength: 2 })), universe: maybe(fc.array(symbol, { maxLength: 3 })) },
    ...{ benchmark: maybe(symbol), capital_share: maybe(scaled(QUANTITY_DIGITS, { min: 1n, max: 10n ** 9n })) },
  },
  instrument: { symbol, multiplier: maybe(positive), lot_size: maybe(positive), currency: maybe(name) },
  decision: {
    ...{ decision_id: name, strategy_id: name, account: name, symbol, action: fc.constantFrom(...SIDES) },
    ...{ qty: maybe(quantity), price: maybe(price), status: name, veto_reasons: maybe(texts) },
    ...{ broker_reject_reasons: maybe(texts), confidence: maybe(finite), context_quality: maybe(finite) },
    ...{ context_freshness_seconds: maybe(finite.map(Math.abs)), reviewed_at: maybe(instant) },
  },
  execution: {
    ...{ execution_id: name, decision_id: maybe(name), strategy_id: maybe(name), account: name, symbol },
    ...{ side: fc.constantFrom(...SIDES), order_type: maybe(name), limit_price: maybe(price), submitted_qty: unsigned },
    ...{ notional: maybe(money), filled_qty: unsigned, avg_fill_price: maybe(price), status: name, venue: maybe(name) },
    ...{ adapter: maybe(name), expected_adapter: maybe(name), submitted_at: instant, filled_at: maybe(instant) },
    ...{ ended_at: maybe(instant), replaces: maybe(name), costs: maybe(money) },
  },
  fill: { execution_id: name, fill_id: name, qty: unsigned, price, costs: maybe(money) },
  position_snapshot: {
    ...{ account: name, equity: money, cash: money, buying_power: maybe(money) },
    positions: fc.array(fc.record({ symbol, qty: quantity, avg_entry_price: maybe(price), mark: maybe(price) }), {
      maxLength: 3,
    }),
  },
  cash_flow: {
    ...{ account: name, flow_id: name, amount: money, kind: fc.constantFrom(...CASH_FLOW_KINDS) },
    ...{ symbol: maybe(symbol), qty: maybe(quantity) },
  },
  bar: { symbol, close: price, vwap: maybe(price) },
  signal: {
    ...{ symbol, source: fc.constantFrom('ta', undefined, 'other'), bid: maybe(price), ask: maybe(price) },
    ingested_at: maybe(instant),
  },
  opening_position: {
    ...{ strategy_id: name, account: name, symbol, qty: quantity, cost: money, opened_at: maybe(instant) },
    ...{ largest_qty: maybe(unsigned), entered_qty: maybe(positive), entry_moment: maybe(moment) },
    ...{ exited_qty: maybe(unsigned), exit_moment: maybe(moment), earned: maybe(money) },
    ...{ order_record_costs: maybe(money), broker_activity_costs: maybe(money), fee_schedule_costs: maybe(money) },
  },
  watermark: { source: fc.constantFrom('postgres', 'clickhouse'), complete_to: instant },
  feed_minutes: { feed: fc.constantFrom('bars', 'signals'), symbol, first_at: instant },
  retraction: {
    of: fc.constantFrom(...RETRACTABLE_KINDS),
    identity: fc.array(name, { minLength: 1, maxLength: 2 }),
  },
}

export const FACT_KINDS = Object.keys(FIELDS) as FactKind[]

/** Plain objects as a source or a file may hold them. */
export function rawFact(kind: FactKind): fc.Arbitrary<Record<string, unknown>> {
  return fc.record({ fact: fc.constant(kind), ...common, ...FIELDS[kind] })
}

export function factOf(kind: FactKind): fc.Arbitrary<Fact> {
  return rawFact(kind).map((raw) => fact(kind, raw))
}
