import { type BookKey, bookId } from '../../../src/domain/book.js'
import type { Calendar, CalendarName } from '../../../src/domain/calendar.js'
import type {
  CashFlowFact,
  DecisionFact,
  ExecutionFact,
  Fact,
  FillFact,
  PositionSnapshotFact,
} from '../../../src/domain/facts.js'
import { identityOf } from '../../../src/domain/identity.js'
import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, isWithin, magnitude, sum } from './exact.js'

export interface ReferenceOptions {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly calendarOf: (strategyId: string) => CalendarName
  readonly sessionRollMs: number
  readonly markMaxAgeMs: number
  /** How many returns a figure made of returns needs; 20 when not given. */
  readonly minObservations?: number
  /** Of a year; 0 when not given. */
  readonly riskFreeAnnual?: number
  /** A book's part of its account, 0.7 for 70 per cent, where configuration gives one. */
  readonly shareOf?: (strategyId: string, account: string) => number | undefined
  /** What an order's fills cost by the schedule of an account, where configuration has one. */
  readonly scheduledCostIn?: (
    account: string,
    calendar: CalendarName,
  ) => ((order: ExecutionFact, quantity: bigint, notional: bigint) => bigint | undefined) | undefined
}

/** In the order in which an account takes the first that has any. */
export const COST_SOURCES = ['order_records', 'broker_activities', 'fee_schedule'] as const
export type CostSource = (typeof COST_SOURCES)[number]
/** What something cost, as each source tells it. */
export type Costs = Readonly<Record<CostSource, bigint>>

/** A value, or the reason why there is none. */
export type Answer = number | Reason

export interface ReferenceFill {
  readonly order: ExecutionFact
  readonly id: string
  readonly at: EpochMs
  readonly quantity: bigint
  /** Before the multiplier. */
  readonly notional: bigint
  readonly costs: Costs
}

export interface Point {
  readonly at: EpochMs
  readonly price: bigint
}

interface Terms {
  readonly multiplier: bigint
  readonly lotSize: bigint
  readonly currency: string
}

export const QUANTITY_ONE = 10n ** 9n
export const MINUTE_MS = 60_000
/** Prices of the last 70 minutes are kept one by one, older ones as the last of each cell. */
const FINE_MS = 70 * MINUTE_MS
/** Snapshots are read from the close of the session before the longest window's first. */
export const SNAPSHOT_SESSIONS = 21
const ORDINARY: Terms = { multiplier: QUANTITY_ONE, lotSize: 1n, currency: 'USD' }

/** The facts with an event at or before T, in lists; of several with one identity the last given. */
export class Knowledge {
  readonly books = new Map<string, BookKey>()
  readonly decisions: readonly DecisionFact[]
  readonly orders: readonly ExecutionFact[]
  /** Oldest first. */
  readonly snapshots: readonly PositionSnapshotFact[]
  readonly cashFlows: readonly CashFlowFact[]
  /** In canonical order, those of orders that belong to no book too. */
  readonly allFills: readonly ReferenceFill[]
  /** What the broker says of single fills, those of quantity 0 too, of orders that are there. */
  readonly evidence: readonly FillFact[]
  /** Those of books. */
  readonly fills: readonly ReferenceFill[]
  readonly bars = new Map<string, Point[]>()
  /** Of source `ta`: bid and ask, where the row has a quote. */
  readonly signals = new Map<string, { at: EpochMs; bid: bigint | undefined; ask: bigint | undefined }[]>()
  readonly universes = new Map<string, readonly string[]>()
  readonly benchmarks = new Map<string, string>()
  readonly #terms = new Map<string, Terms>()

  constructor(
    readonly at: EpochMs,
    facts: readonly Fact[],
    readonly options: ReferenceOptions,
    /** When the sources were read that this is known from; a slower metric is of an instant before. */
    readonly readAt: EpochMs = at,
  ) {
    // A retraction has the identity of what it takes back, and stands for nothing itself.
    const latest = [...new Map(facts.map((fact) => [identityOf(fact), fact])).values()]
    const of = <Kind extends Fact['fact']>(kind: Kind) =>
      latest.filter((fact): fact is Extract<Fact, { fact: Kind }> => fact.fact === kind)
    this.decisions = of('decision').filter((decision) => decision.at <= at)
    this.orders = of('execution').filter((order) => order.submittedAt <= at)
    this.snapshots = of('position_snapshot')
      .filter((snapshot) => snapshot.at <= at)
      .sort((a, b) => a.at - b.at)
    this.cashFlows = of('cash_flow').filter((flow) => flow.at <= at)
    const ids = new Set(this.orders.map(({ executionId }) => executionId))
    this.evidence = of('fill').filter((fill) => fill.at <= at && ids.has(fill.executionId))
    this.allFills = this.orders
      .flatMap((order) => fillsOf(order, this.evidenceOf(order), this.#scheduleOf(order)))
      .sort(inOrder)
    this.fills = this.allFills.filter(({ order }) => order.strategyId !== undefined)
    for (const { symbol, multiplier, lotSize, currency } of of('instrument'))
      this.#terms.set(symbol, {
        multiplier: multiplier ?? ORDINARY.multiplier,
        lotSize: lotSize ?? ORDINARY.lotSize,
        currency: currency ?? ORDINARY.currency,
      })
    for (const { symbol, at: end, close } of of('bar').filter((bar) => bar.at <= at))
      this.bars.set(symbol, [...(this.bars.get(symbol) ?? []), { at: end, price: close }])
    for (const { symbol, at: time, bid, ask } of of('signal').filter((row) => row.at <= at && row.source === 'ta'))
      this.signals.set(symbol, [...(this.signals.get(symbol) ?? []), { at: time, bid, ask }])
    for (const { strategyId, universe = [], benchmark } of of('strategy')) {
      this.universes.set(strategyId, universe)
      if (benchmark !== undefined) this.benchmarks.set(strategyId, benchmark)
    }
    const described = of('strategy').flatMap(({ strategyId, accounts = [] }) =>
      accounts.map((account) => ({ strategyId, account })),
    )
    for (const { strategyId, account } of [...described, ...this.decisions, ...this.orders])
      if (strategyId !== undefined) this.books.set(bookId({ strategyId, account }), { strategyId, account })
  }

  evidenceOf({ executionId }: ExecutionFact): readonly FillFact[] {
    return this.evidence.filter((fill) => fill.executionId === executionId)
  }

  #scheduleOf({ account, strategyId }: ExecutionFact) {
    const calendar = strategyId === undefined ? 'XNYS' : this.options.calendarOf(strategyId)
    return this.options.scheduledCostIn?.(account, calendar)
  }

  /** The snapshots of an account that are still there at T with their positions: of old minutes the last, and the last plausible one. */
  keptSnapshots(account: string): readonly PositionSnapshotFact[] {
    const all = this.snapshotsOf(account)
    const kept = [...thinned(all, MINUTE_MS, this.readAt), ...this.plausibleSnapshots(account)]
    return all.filter((snapshot) => kept.includes(snapshot))
  }

  /** The same, those alone whose equity counts. */
  plausibleSnapshots(account: string): readonly PositionSnapshotFact[] {
    const plausible = this.snapshotsOf(account).filter((snapshot) => isPlausible(snapshot, this))
    return thinned(plausible, MINUTE_MS, this.readAt)
  }

  /** Every snapshot of an account that is not too old at T, oldest first. */
  snapshotsOf(account: string): readonly PositionSnapshotFact[] {
    const { at, options, snapshots } = this
    const oldest = Math.min(
      ...Object.values(options.calendars).map((calendar) => calendar.sessionBefore(at, SNAPSHOT_SESSIONS).closesAt),
    )
    return snapshots
      .filter((snapshot) => snapshot.account === account && snapshot.at >= oldest)
      .sort((a, b) => a.at - b.at)
  }

  termsOf(symbol: string): Terms {
    return this.#terms.get(symbol) ?? ORDINARY
  }

  calendarOf(strategyId: string | undefined): Calendar {
    return this.options.calendars[strategyId === undefined ? 'XNYS' : this.options.calendarOf(strategyId)]
  }

  /** What a fill was worth, the multiplier included. */
  worthOf({ notional, order }: ReferenceFill): bigint {
    return divide(notional * this.termsOf(order.symbol).multiplier, QUANTITY_ONE)
  }
}

/** What a fill changed a position by. */
export function signed(fill: ReferenceFill): bigint {
  return fill.order.side === 'buy' ? fill.quantity : -fill.quantity
}

export function heldIn(snapshot: PositionSnapshotFact, symbol: string): bigint {
  return snapshot.positions.find((position) => position.symbol === symbol)?.qty ?? 0n
}

/** Where everything is given, equity is cash and market values, to one per cent of the larger. */
export function isPlausible({ equity, cash, positions }: PositionSnapshotFact, known: Knowledge): boolean {
  let worth = cash
  for (const { symbol, qty, mark } of positions) {
    if (qty === 0n) continue
    if (mark === undefined) return true
    worth += divide(qty * mark * known.termsOf(symbol).multiplier, QUANTITY_ONE)
  }
  return isWithin(equity, worth, 1n, magnitude(equity) > magnitude(worth) ? equity : worth)
}

/** What no order comes back from. */
export const FINAL = ['filled', 'canceled', 'cancelled', 'expired', 'rejected', 'replaced']

type Schedule = ReturnType<NonNullable<ReferenceOptions['scheduledCostIn']>>

/** Broker fills first; what they leave of the row is one more, after them at one time. */
function fillsOf(order: ExecutionFact, evidence: readonly FillFact[], schedule: Schedule): ReferenceFill[] {
  const told = sum(evidence.map((fill) => fill.qty))
  const rowWins = FINAL.includes(order.status) && order.filledQty < told
  const parts = (rowWins ? [] : evidence)
    .filter((fill) => fill.qty > 0n)
    .map(({ fillId, at, qty, price, costs = 0n }) => ({
      id: fillId,
      at,
      quantity: qty,
      notional: qty * price,
      own: costs,
    }))
  const rest = order.filledQty - sum(parts.map((part) => part.quantity))
  if (rest > 0n && order.avgFillPrice !== undefined) {
    const left = order.filledQty * order.avgFillPrice - sum(parts.map((part) => part.notional))
    parts.push({
      id: '\uffff',
      at: order.filledAt ?? order.submittedAt,
      quantity: rest,
      notional: left > 0n ? left : rest * order.avgFillPrice,
      own: 0n,
    })
  }
  parts.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const whole = sum(parts.map((part) => part.notional))
  const upTo = (count: number, amount: bigint) =>
    whole === 0n ? 0n : divide(amount * sum(parts.slice(0, count).map((part) => part.notional)), whole)
  const partOf = (index: number, amount: bigint) => upTo(index + 1, amount) - upTo(index, amount)
  // What names the order and no fill that counts is spread over those that do.
  const unnamed = sum(evidence.map(({ costs }) => costs ?? 0n)) - sum(parts.map(({ own }) => own))
  const scheduled = schedule?.(order, sum(parts.map((part) => part.quantity)), whole) ?? 0n
  return parts.map(({ own, ...part }, index) => ({
    ...part,
    order,
    costs: {
      order_records: partOf(index, order.costs ?? 0n),
      broker_activities: own + partOf(index, unnamed),
      fee_schedule: partOf(index, scheduled),
    },
  }))
}

/** Of every cell (a, b] of the past the last one only. */
export function thinned<Dated extends { readonly at: EpochMs }>(
  points: readonly Dated[],
  cellMs: number,
  at: EpochMs,
  pins: readonly EpochMs[] = [],
): Dated[] {
  const gridEnd = (point: Dated) => Math.ceil(point.at / cellMs) * cellMs
  const cellOf = (point: Dated | undefined) =>
    point === undefined ? Number.NaN : Math.min(gridEnd(point), ...pins.filter((pin) => pin >= point.at))
  const sorted = [...points].sort((a, b) => a.at - b.at)
  // A pin parts a cell and makes none older: whole cells of the past are thinned.
  return sorted.filter((point, index) => gridEnd(point) > at - FINE_MS || cellOf(sorted[index + 1]) !== cellOf(point))
}

function inOrder(a: ReferenceFill, b: ReferenceFill): number {
  if (a.at !== b.at) return a.at - b.at
  if (a.order.submittedAt !== b.order.submittedAt) return a.order.submittedAt - b.order.submittedAt
  if (a.order.executionId !== b.order.executionId) return a.order.executionId < b.order.executionId ? -1 : 1
  return a.id < b.id ? -1 : 1
}
