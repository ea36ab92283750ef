import fc from 'fast-check'
import type { CalendarName } from '../../src/domain/calendar.js'
import type { Fact } from '../../src/domain/facts.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.js'
import { bar, brokerFill, decision, instant, instrument, order, snapshot, strategy } from '../support/facts.js'

/**
 * Made-up histories of several books, dense where the core has edges: sessions that open and close, half days, symbols
 * that several books trade, orders that fill in parts, prices that jump, snapshots that do not agree with the fills.
 */
export interface Delivery {
  readonly fact: Fact
  /** When the exporter reads it; later than it happened, or earlier where clocks differ. */
  readonly arrivesAt: EpochMs
}

export interface History {
  /** In order of arrival; revisions of one fact in theirs. */
  readonly deliveries: readonly Delivery[]
  /** Ascending instants at which to look, most of them right at or behind an edge. */
  readonly instants: readonly EpochMs[]
}

export interface HistoryShape {
  readonly orders: number
  readonly snapshots: number
  readonly barRuns: number
  readonly instants: number
}

const STRATEGIES: Readonly<Record<string, CalendarName>> = { s1: 'XNYS', s2: 'XNYS', s3: '24x7' }
/** One alone in its account, one alone that never closes, and an account that three share. */
const BOOKS = [
  { strategy_id: 's1', account: 'A1' },
  { strategy_id: 's3', account: 'A3' },
  { strategy_id: 's1', account: 'A2' },
  { strategy_id: 's2', account: 'A2' },
  { strategy_id: 's3', account: 'A2' },
] as const
const ACCOUNTS = ['A1', 'A2', 'A3'] as const
const SYMBOLS = ['AAA', 'BBB', 'BTCUSD', 'FUT', 'EURX'] as const
/** Common ones come more often. */
const SYMBOL_WEIGHTS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4] as const

export function calendarOf(strategyId: string): CalendarName {
  return STRATEGIES[strategyId] ?? 'XNYS'
}

/** What everybody knows before the first event. */
export const DESCRIPTIONS: readonly Fact[] = [
  strategy({ strategy_id: 's1', name: 'one', calendar: 'XNYS', accounts: ['A1', 'A2'] }),
  strategy({ strategy_id: 's2', name: 'two', calendar: 'XNYS', accounts: ['A2'] }),
  strategy({ strategy_id: 's3', name: 'three', calendar: '24x7', accounts: ['A2', 'A3'] }),
  instrument({ symbol: 'FUT', multiplier: 50, lot_size: 1 }),
  instrument({ symbol: 'BTCUSD', lot_size: 0.0001 }),
  instrument({ symbol: 'EURX', currency: 'EUR' }),
]

/** Thanksgiving week: a whole day, a holiday, a half day, a weekend, a Monday. */
const OPENS = ['2026-11-25T14:30:00Z', '2026-11-27T14:30:00Z', '2026-11-30T14:30:00Z'].map(instant)
const CLOSES = ['2026-11-25T21:00:00Z', '2026-11-27T18:00:00Z', '2026-11-30T21:00:00Z'].map(instant)
const ROLLS = CLOSES.map((close) => close + 5 * MINUTE_MS)
const CENTERS = [...OPENS, ...CLOSES, instant('2026-11-25T17:00:00Z'), instant('2026-11-28T23:59:00Z')]

/** Ages, window lengths and their sums, at which something may expire or leave. */
const AGES_MS = [
  0,
  SECOND_MS,
  MINUTE_MS,
  2 * MINUTE_MS,
  3 * MINUTE_MS,
  5 * MINUTE_MS,
  6 * MINUTE_MS,
  7 * MINUTE_MS,
  15 * MINUTE_MS,
  20 * MINUTE_MS,
  HOUR_MS,
  HOUR_MS + 5 * MINUTE_MS,
  HOUR_MS + 10 * MINUTE_MS,
  HOUR_MS + 15 * MINUTE_MS,
  DAY_MS,
] as const
const NUDGES_MS = [0, 0, 1, 1, -1, SECOND_MS] as const

/** Milliseconds around a center, near it most of the time. */
const offset = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -180, max: 180 }).map((seconds) => seconds * SECOND_MS) },
  { weight: 2, arbitrary: fc.integer({ min: -400_000, max: 400_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -100, max: 100 }).map((minutes) => minutes * MINUTE_MS) },
)
const near = fc.record({ center: fc.nat(1), offset })
/** How long a fact takes to be read: at once, late, or before its time. */
const lag = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 0, 300) },
  { weight: 1, arbitrary: fc.constantFrom(90 * SECOND_MS, 10 * MINUTE_MS, 100 * MINUTE_MS) },
  { weight: 1, arbitrary: fc.constantFrom(-2 * SECOND_MS, -30 * SECOND_MS) },
)
const cents = fc.integer({ min: 9_000, max: 11_000 })

/** One history is about few books and symbols, or hardly anything would ever be closed. */
const focus = fc.record({
  books: fc.array(fc.nat(BOOKS.length - 1), { minLength: 3, maxLength: 3 }),
  symbols: fc.array(fc.constantFrom(...SYMBOL_WEIGHTS), { minLength: 3, maxLength: 3 }),
})
const choice = fc.constantFrom(0, 0, 0, 1, 1, 2)

const orderSpec = fc.record({
  book: choice,
  symbol: choice,
  isBuy: fc.boolean(),
  at: near,
  parts: fc.array(
    fc.record({
      lots: fc.integer({ min: 1, max: 6 }),
      cents,
      delayMs: fc.constantFrom(0, 1, 400, 5_000, 61_000),
      broker: fc.boolean(),
      priceIsLate: fc.constantFrom(false, false, false, true),
    }),
    { maxLength: 3 },
  ),
  ending: fc.constantFrom('filled', 'filled', 'canceled', 'new'),
  costCents: fc.option(fc.integer({ min: 0, max: 333 }), { nil: undefined, freq: 2 }),
  hasBrokerFills: fc.constantFrom(false, false, true),
  lag,
})
const snapshotSpec = fc.record({
  book: choice,
  at: near,
  isTrue: fc.constantFrom(true, true, true, false),
  marks: fc.array(fc.option(cents, { nil: undefined, freq: 4 }), {
    minLength: SYMBOLS.length,
    maxLength: SYMBOLS.length,
  }),
  averages: fc.array(fc.option(cents, { nil: undefined, freq: 6 }), {
    minLength: SYMBOLS.length,
    maxLength: SYMBOLS.length,
  }),
  lag,
})
const barRunSpec = fc.record({
  symbol: choice,
  at: near,
  stepMs: fc.constantFrom(SECOND_MS, SECOND_MS, 7_000, MINUTE_MS, 119_000, 121_000),
  startCents: cents,
  /** Per mille. Above 100 the ten-percent rule asks for a second opinion. */
  moves: fc.array(fc.constantFrom(0, 0, 0, 3, -3, 20, -99, 101, 150, -130, 600), { minLength: 1, maxLength: 12 }),
  lag,
})
const inventorySpec = fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 2, -3, 1.0025), {
  minLength: ACCOUNTS.length * SYMBOLS.length,
  maxLength: ACCOUNTS.length * SYMBOLS.length,
})
const decisionSpec = fc.record({ book: choice, at: near, lag })

type OrderSpec = typeof orderSpec extends fc.Arbitrary<infer Spec> ? Spec : never
type SnapshotSpec = typeof snapshotSpec extends fc.Arbitrary<infer Spec> ? Spec : never
type BarRunSpec = typeof barRunSpec extends fc.Arbitrary<infer Spec> ? Spec : never
type Book = (typeof BOOKS)[number]

/** A spec in its place: what the choices mean in this history. */
type Placed<Spec> = Spec & { readonly startsAt: EpochMs; readonly of: Book; readonly in: string }

export function history(shape: HistoryShape): fc.Arbitrary<History> {
  return fc
    .record({
      focus,
      centers: fc.array(fc.nat(CENTERS.length - 1), { minLength: 2, maxLength: 2 }),
      orders: fc.array(orderSpec, { minLength: 1, maxLength: shape.orders, size: 'max' }),
      snapshots: fc.array(snapshotSpec, { maxLength: shape.snapshots, size: 'max' }),
      barRuns: fc.array(barRunSpec, { maxLength: shape.barRuns, size: 'max' }),
      decisions: fc.array(decisionSpec, { maxLength: 2 }),
      inventory: inventorySpec,
      looks: fc.array(
        fc.record({
          event: fc.nat(10_000),
          age: fc.constantFrom(...AGES_MS),
          nudge: fc.constantFrom(...NUDGES_MS),
        }),
        { minLength: 2, maxLength: shape.instants },
      ),
    })
    .map(({ focus, centers, orders, snapshots, barRuns, decisions, inventory, looks }) => {
      const place = <Spec extends { at: { center: number; offset: number }; book?: number; symbol?: number }>(
        spec: Spec,
      ): Placed<Spec> => ({
        ...spec,
        startsAt: (CENTERS[centers[spec.at.center] ?? 0] ?? 0) + spec.at.offset,
        of: BOOKS[focus.books[spec.book ?? 0] ?? 0] ?? BOOKS[0],
        in: SYMBOLS[focus.symbols[spec.symbol ?? 0] ?? 0] ?? SYMBOLS[0],
      })
      const placedOrders = orders.map(place)
      const deliveries = [
        ...placedOrders.flatMap((spec, index) => deliveriesOfOrder(spec, `order-${index}`)),
        ...snapshots.map((spec) => deliveryOfSnapshot(place(spec), placedOrders, inventory)),
        ...barRuns.flatMap((spec) => deliveriesOfBars(place(spec))),
        ...decisions.map(place).map(({ startsAt, of, lag }, index) => ({
          arrivesAt: startsAt + lag,
          fact: decision({ ...of, decision_id: `decision-${index}`, at: startsAt }),
        })),
      ].sort((a, b) => a.arrivesAt - b.arrivesAt)
      const events = deliveries.flatMap(({ fact, arrivesAt }) => [fact.at, arrivesAt])
      const edges = [...OPENS, ...CLOSES, ...ROLLS, ...events, ...events]
      const instants = looks.map(({ event, age, nudge }) => (edges[event % edges.length] ?? 0) + age + nudge)
      return { deliveries, instants: [...new Set(instants)].sort((a, b) => a - b) }
    })
}

/** One row that grows revision by revision, and the broker's evidence of some of its parts. */
function deliveriesOfOrder(spec: Placed<OrderSpec>, executionId: string): Delivery[] {
  const { startsAt: submittedAt, in: symbol } = spec
  const base = {
    ...spec.of,
    execution_id: executionId,
    symbol,
    side: spec.isBuy ? 'buy' : 'sell',
    submitted_at: submittedAt,
    submitted_qty: spec.parts.reduce((total, { lots }) => total + lots, 0) * lotOf(symbol),
  }
  const deliveries: Delivery[] = [
    { arrivesAt: submittedAt + spec.lag, fact: order({ ...base, filled_qty: 0, status: 'new' }) },
  ]
  let lots = 0
  let lotCents = 0
  let filledAt = submittedAt
  spec.parts.forEach((part, index) => {
    lots += part.lots
    lotCents += part.lots * part.cents
    filledAt += part.delayMs
    const isLast = index === spec.parts.length - 1
    const isFilled = isLast && spec.ending === 'filled'
    const revision = {
      ...base,
      filled_qty: (lots * lotOf(symbol)).toFixed(9),
      avg_fill_price: (lotCents / lots / 100).toFixed(8),
      filled_at: filledAt,
      status: isFilled ? 'filled' : 'partially_filled',
      ...(isFilled ? { ended_at: filledAt } : {}),
      ...(spec.costCents === undefined ? {} : { costs: ((spec.costCents * (index + 1)) / 100).toFixed(4) }),
    }
    const arrivesAt = filledAt + spec.lag
    if (part.priceIsLate) deliveries.push({ arrivesAt, fact: order({ ...revision, avg_fill_price: null }) })
    deliveries.push({ arrivesAt: arrivesAt + (part.priceIsLate ? 700 : 0), fact: order(revision) })
    if (spec.hasBrokerFills && part.broker)
      deliveries.push({
        arrivesAt: filledAt + (spec.lag === 0 ? -300 : 0),
        fact: brokerFill({
          execution_id: executionId,
          fill_id: `part-${index}`,
          at: filledAt,
          qty: (part.lots * lotOf(symbol)).toFixed(9),
          price: (part.cents / 100).toFixed(2),
        }),
      })
    if (isLast && spec.ending === 'canceled')
      deliveries.push({
        arrivesAt: arrivesAt + 1_000,
        fact: order({ ...revision, status: 'canceled', ended_at: filledAt + 1_000 }),
      })
  })
  if (spec.parts.length === 0 && spec.ending === 'canceled')
    deliveries.push({
      arrivesAt: submittedAt + spec.lag + 30_000,
      fact: order({
        ...base,
        status: 'canceled',
        ended_at: submittedAt + 30_000,
        ...(spec.costCents === undefined ? {} : { costs: spec.costCents / 100 }),
      }),
    })
  return inRevisionOrder(deliveries)
}

/** A source reads the latest revision of a row: a later one never arrives before an earlier one. */
function inRevisionOrder(deliveries: readonly Delivery[]): Delivery[] {
  let latest = Number.NEGATIVE_INFINITY
  return deliveries.map((delivery) => {
    if (delivery.fact.fact !== 'execution') return delivery
    latest = Math.max(latest, delivery.arrivesAt)
    return { ...delivery, arrivesAt: latest }
  })
}

/** What the account would hold by its fills and its inventory; an untrue one leaves the inventory out. */
function deliveryOfSnapshot(
  { of: { account }, startsAt, isTrue, marks, averages, lag }: Placed<SnapshotSpec>,
  orders: readonly Placed<OrderSpec>[],
  inventory: readonly number[],
): Delivery {
  const positions = SYMBOLS.flatMap((symbol, index) => {
    let quantity = isTrue ? (inventory[ACCOUNTS.indexOf(account) * SYMBOLS.length + index] ?? 0) : 0
    for (const order of orders) {
      if (order.of.account !== account || order.in !== symbol) continue
      let filledAt = order.startsAt
      for (const part of order.parts) {
        filledAt += part.delayMs
        if (filledAt <= startsAt) quantity += part.lots * lotOf(symbol) * (order.isBuy ? 1 : -1)
      }
    }
    if (Math.abs(quantity) < 1e-9) return []
    return [
      { symbol, qty: quantity.toFixed(9), avg_entry_price: dollars(averages[index]), mark: dollars(marks[index]) },
    ]
  })
  return { arrivesAt: startsAt + lag, fact: snapshot(startsAt, positions, { account }) }
}

function deliveriesOfBars(spec: Placed<BarRunSpec>): Delivery[] {
  let price = spec.startCents
  return spec.moves.map((perMille, index) => {
    const close = Math.max(1, Math.round(price * (1 + perMille / 1_000)))
    // An outlier is usually alone: the price comes back.
    if (Math.abs(perMille) < 100 || perMille === 150) price = close
    const endsAt = spec.startsAt + index * spec.stepMs
    return {
      arrivesAt: endsAt + spec.lag,
      fact: bar(spec.in, endsAt, (close / 100).toFixed(2)),
    }
  })
}

function lotOf(symbol: string): number {
  return symbol === 'BTCUSD' ? 0.35 : 1
}

function dollars(value: number | null | undefined): string | null {
  return value === null || value === undefined ? null : (value / 100).toFixed(2)
}
