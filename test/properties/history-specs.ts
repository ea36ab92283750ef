import fc from 'fast-check'
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.js'
import { ACCOUNTS, BOOKS, SYMBOL_WEIGHTS, SYMBOLS } from './cast.js'

/** What a history is drawn from: small numbers that shrink well, given their meaning in deliveries.ts. */

/** Milliseconds around a center, near it most of the time. */
const offset = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -180, max: 180 }).map((seconds) => seconds * SECOND_MS) },
  { weight: 2, arbitrary: fc.integer({ min: -400_000, max: 400_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -100, max: 100 }).map((minutes) => minutes * MINUTE_MS) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0, 1, 5 * MINUTE_MS, 5 * MINUTE_MS + 1, 15 * MINUTE_MS) },
)
const near = fc.record({ center: fc.nat(1), offset })
/** How long a fact takes to be read: at once, late, or before its time. */
const lag = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 0, 300) },
  { weight: 1, arbitrary: fc.constantFrom(90 * SECOND_MS, 10 * MINUTE_MS, 100 * MINUTE_MS) },
  { weight: 1, arbitrary: fc.constantFrom(-2 * SECOND_MS, -30 * SECOND_MS) },
)
/** Often the same, so that a round trip may end where it began. */
const cents = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 9_000, max: 11_000 }) },
  { weight: 1, arbitrary: fc.constant(10_000) },
)

/** One history is about few books and symbols, or hardly anything would ever be closed. */
export const focus = fc.record({
  /** Who tells what orders cost. */
  costs: fc.constantFrom('records', 'broker', 'broker', 'both', 'nobody'),
  hasSchedule: fc.boolean(),
  books: fc.array(fc.nat(BOOKS.length - 1), { minLength: 3, maxLength: 3 }),
  symbols: fc.array(fc.constantFrom(...SYMBOL_WEIGHTS), { minLength: 3, maxLength: 3 }),
})
const choice = fc.constantFrom(0, 0, 0, 1, 1, 2)

export const orderSpec = fc.record({
  book: choice,
  symbol: choice,
  isBuy: fc.boolean(),
  at: near,
  parts: fc.array(
    fc.record({
      lots: fc.integer({ min: 1, max: 6 }),
      cents,
      /** The first may seem to come before its order: clocks differ. */
      delayMs: fc.constantFrom(0, 1, 400, 5_000, 61_000, -250),
      broker: fc.boolean(),
      brokerLagMs: fc.constantFrom(-300, 0, 0, 90 * SECOND_MS, 100 * MINUTE_MS),
      brokerCents: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined, freq: 2 }),
      priceIsLate: fc.constantFrom(false, false, false, true),
    }),
    { maxLength: 3 },
  ),
  ending: fc.constantFrom(
    ...(['filled', 'filled', 'filled', 'filled', 'canceled', 'canceled'] as const),
    ...(['expired', 'replaced', 'rejected', 'done_for_day', 'new', 'new'] as const),
  ),
  /** Whether the row says when it ended, and when it filled. */
  hasEnd: fc.constantFrom(true, true, true, true, false),
  isDated: fc.constantFrom(true, true, true, true, true, false),
  /** What was asked for beyond what was filled. */
  unfilledLots: fc.constantFrom(0, 0, 1, 4),
  /** An order is for a quantity, for an amount of money, or nobody knows what for. */
  asks: fc.constantFrom('quantity', 'quantity', 'quantity', 'quantity', 'quantity', 'notional', 'nothing'),
  limitCents: fc.option(cents, { nil: undefined, freq: 1 }),
  /** The decision behind it: how long before, and at which price. */
  decision: fc.option(
    fc.record({
      leadMs: fc.constantFrom(0, 1, 250, 250, 5_000, 90_000, -40),
      cents: fc.option(cents, { nil: undefined, freq: 3 }),
    }),
    { nil: undefined, freq: 3 },
  ),
  /** Quotes from before it, at the borders of what counts; the spread in hundredths of a basis point. */
  quotes: fc.array(
    fc.record({
      beforeMs: fc.constantFrom(1_999, 2_000, 2_001, 7_000, 7_000, 14_999, 15_000, 15_001),
      cents,
      spread: fc.constantFrom(0, 100, 100, 5_000, 5_100, -100, null),
    }),
    { maxLength: 2 },
  ),
  costCents: fc.option(fc.integer({ min: 0, max: 333 }), { nil: undefined, freq: 2 }),
  hasBrokerFills: fc.constantFrom(false, false, true),
  /** What the broker charges for the whole order, and how long after it was submitted. */
  feeCents: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined, freq: 1 }),
  feeAfterMs: fc.constantFrom(0, 5_000, 60 * MINUTE_MS),
  /** Where markets never close, its fee is taken of what it buys. */
  paysInCoin: fc.constantFrom(true, true, false),
  /** Names no strategy: it moves its account, and belongs to no book. */
  isOrphan: fc.constantFrom(...Array<boolean>(11).fill(false), true),
  lag,
})
/**
 * What a snapshot says of equity: cash and the market value of its positions, a little beside it, so far beside it that
 * it cannot be true, nothing at all, or a debt that is true.
 */
const equity = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('exact', 'near', 'border') },
  { weight: 4, arbitrary: fc.constantFrom('far', 'zero') },
  { weight: 1, arbitrary: fc.constant('broke') },
)
export const snapshotSpec = fc.record({
  book: choice,
  at: near,
  /** Snapshots come in runs here and there: three in a row outweigh the fills. */
  length: fc.constantFrom(1, 1, 2, 3, 3, 4),
  stepMs: fc.constantFrom(15 * SECOND_MS, 15 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS, 24 * 60 * MINUTE_MS),
  isTrue: fc.constantFrom(true, true, true, false),
  marks: fc.array(fc.option(cents, { nil: undefined, freq: 4 }), {
    minLength: SYMBOLS.length,
    maxLength: SYMBOLS.length,
  }),
  /** As the broker counts, something else, or nothing. */
  averages: fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant('true' as const) }, cents, fc.constant(undefined)), {
    minLength: SYMBOLS.length,
    maxLength: SYMBOLS.length,
  }),
  equity,
  lag,
})
/** So many observations, a cell of some window apart, that returns can be made of them. */
export const seriesSpec = fc.record({
  snapshot: snapshotSpec,
  symbol: choice,
  /** Most begin behind an open, so that they lie in the session. */
  isInSession: fc.constantFrom(true, true, true, false),
  count: fc.integer({ min: 20, max: 27 }),
  stepMs: fc.constantFrom(
    ...[2, 10, 30].map((seconds) => seconds * SECOND_MS),
    ...[1, 1, 5, 5, 30, 60, 24 * 60].map((minutes) => minutes * MINUTE_MS),
  ),
  /** Per mille, by which prices are away from where they began. */
  moves: fc.oneof(
    { weight: 6, arbitrary: fc.array(fc.constantFrom(0, 1, 2, -1, -3, 7, -8), { minLength: 7, maxLength: 7 }) },
    { weight: 1, arbitrary: fc.constant([0]) },
  ),
  /** What the account gains beside its positions; half a per cent and more is taken for a flow. */
  dollars: fc.array(fc.constantFrom(0, 0, 20, -35, 90, -90), { minLength: 5, maxLength: 5 }),
  /** What tells of it. */
  tellers: fc.constantFrom('snapshots', 'snapshots', 'bars', 'both', 'both'),
  /** How long before each instant the benchmark had a bar. */
  benchmarkLeadMs: fc.constantFrom(undefined, 0, 0, 1, 1_500, 61_000),
})
/** What happens to a position outside the tables. */
export const incidentSpec = fc.record({
  book: choice,
  symbol: choice,
  at: near,
  kind: fc.constantFrom('closed', 'closed', 'split', 'split', 'bought', 'sold'),
})
/** What the source has no more some time after it was last told. */
export const retractionSpec = fc.record({
  of: fc.nat(10_000),
  kind: fc.constantFrom('execution', 'fill', 'position_snapshot', 'position_snapshot', 'cash_flow', 'decision'),
  afterMs: fc.constantFrom(0, SECOND_MS, 10 * MINUTE_MS, 100 * MINUTE_MS),
})
/** Money that comes in or goes: told or not, its cash at once, later or before; smaller than one per cent, or exactly that. */
export const flowSpec = fc.record({
  book: choice,
  at: near,
  dollars: fc.constantFrom(10_000, 10_000, -4_000, 200, 199, 1_500, -25_000, 50),
  kind: fc.constantFrom('deposit', 'deposit', 'withdrawal', 'dividend', 'interest', 'fee', 'fee'),
  isTold: fc.constantFrom(true, true, false),
  /** Of a fee: taken in coin, not in money. */
  isInCoin: fc.constantFrom(false, false, true),
  /** The record has a date and no time. */
  isDated: fc.boolean(),
  /** Per mille of the amount that the cash shows. */
  shown: fc.constantFrom(1_000, 1_000, 1_000, 1_000, 990, 1_010, 985, 0),
  delayMs: fc.constantFrom(0, 0, 1, 20 * SECOND_MS, 45 * MINUTE_MS, -10 * MINUTE_MS, 24 * 60 * MINUTE_MS),
  lag,
})
export const barRunSpec = fc.record({
  symbol: choice,
  at: near,
  stepMs: fc.constantFrom(SECOND_MS, SECOND_MS, 7_000, MINUTE_MS, 119_000, 121_000),
  startCents: cents,
  /** Per mille. Above 100 the ten-percent rule asks for a second opinion. */
  moves: fc.array(fc.constantFrom(0, 0, 0, 3, -3, 20, -99, 101, 150, -130, 600), { minLength: 1, maxLength: 12 }),
  lag,
})
export const inventorySpec = fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 2, -3, 1.0025), {
  minLength: ACCOUNTS.length * SYMBOLS.length,
  maxLength: ACCOUNTS.length * SYMBOLS.length,
})
export const decisionSpec = fc.record({ book: choice, at: near, lag })

export type OrderSpec = typeof orderSpec extends fc.Arbitrary<infer Spec> ? Spec : never
export type SnapshotSpec = typeof snapshotSpec extends fc.Arbitrary<infer Spec> ? Spec : never
export type SeriesSpec = typeof seriesSpec extends fc.Arbitrary<infer Spec> ? Spec : never
export type IncidentSpec = typeof incidentSpec extends fc.Arbitrary<infer Spec> ? Spec : never
export type RetractionSpec = typeof retractionSpec extends fc.Arbitrary<infer Spec> ? Spec : never
export type FlowSpec = typeof flowSpec extends fc.Arbitrary<infer Spec> ? Spec : never
export type BarRunSpec = typeof barRunSpec extends fc.Arbitrary<infer Spec> ? Spec : never
