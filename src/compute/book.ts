import type { BookDescription } from '../domain/book.js'
import type { Calendar } from '../domain/calendar.js'
import type { MoneyE17 } from '../domain/exact.js'
import type { DecisionFact, ExecutionFact, FillFact, OpeningPositionFact } from '../domain/facts.js'
import type { EpochMs } from '../domain/time.js'
import { readOnce } from '../lib/read-once.js'
import { InstantSet } from './accumulators/instant-set.js'
import { RoundTrips } from './accumulators/round-trips.js'
import { type InstrumentTerms, type Opening, SymbolLedger } from './accumulators/symbol-ledger.js'
import { givenOpening } from './carried-trip.js'
import type { BookCheckpoint } from './checkpoints/checkpoint.js'
import { CheckpointBase } from './checkpoints/checkpoint-base.js'
import { type CostSource, type Costs, costsBy, NO_COSTS } from './costs.js'
import { Decisions } from './decisions.js'
import { TimelineChanges } from './equity/timeline-changes.js'
import { OrderFlow } from './execution/order-flow.js'
import type { FlowOrder } from './execution/order-parts.js'
import type { OrderPins } from './execution/order-pins.js'
import { brokerCostsOf, deriveFills, type Fill, isFinal, type ScheduledCost, waitsForPrice } from './fills.js'
import type { Digest } from './inputs/digest.js'
import { FactSum } from './inputs/fact-sum.js'
import { OpenOrders } from './open-orders.js'
import { Routing } from './routing.js'

interface Order {
  readonly row: ExecutionFact
  readonly fills: readonly Fill[]
}

/** An order as far as it has been told. */
export interface ToldOrder extends Order {
  readonly evidence: readonly FillFact[]
  /** It filled something at a price that has not been told yet. */
  readonly isWaiting: boolean
}

/** A cost that no fill carries: of an order that ended without one. */
interface LooseCost {
  readonly at: EpochMs
  readonly costs: Costs
}

/** From when on an order's record, and the broker's own word, are evidence of a source of costs. */
export interface CostEvidence {
  readonly order_records: EpochMs | undefined
  readonly broker_activities: EpochMs | undefined
}

export interface BookOptions {
  readonly description: BookDescription
  readonly calendar: Calendar
  readonly termsOf: (symbol: string) => InstrumentTerms
  readonly scheduledCost: ScheduledCost
  /** What the book's account was told. */
  readonly facts: FactSum
  readonly orderPins: OrderPins
  /** Told that an order of a symbol is another one now, with the instant of its submission. */
  readonly onOrder: (symbol: string, submittedAt: EpochMs) => void
}

/**
 * One strategy in one account: its orders, and what they made of each symbol, as timelines that can be read at any T.
 *
 * Nothing here depends on the order of arrival: an order is replaced as a whole by its latest revision, and a fact that
 * is equal to what is known changes nothing.
 */
export class Book {
  description: BookDescription
  calendar: Calendar
  readonly ledgers = new Map<string, SymbolLedger>()
  readonly activity = new InstantSet()
  /** When orders were submitted. */
  readonly submissions = new InstantSet()
  readonly changes = new TimelineChanges()
  readonly decisions = new Decisions((decisionId) => this.orderFlow.decisionChanged(decisionId))
  /** Its orders as execution figures see them. */
  readonly orderFlow: OrderFlow
  readonly routing = new Routing()
  readonly openOrders = new OpenOrders()
  readonly #facts: FactSum
  readonly #scheduledCost: ScheduledCost
  readonly #onOrder: BookOptions['onOrder']
  readonly #termsOf: BookOptions['termsOf']
  readonly #roundTrips = new Map<string, RoundTrips>()
  readonly #orders = new Map<string, Order>()
  readonly #brokerFills = new Map<string, Map<string, FillFact>>()
  readonly #looseCosts = new Map<string, LooseCost>()
  readonly #waiting = new Set<string>()
  readonly #givenOpenings = new Map<string, { readonly fact: OpeningPositionFact; readonly opening: Opening }>()
  #base: CheckpointBase | undefined
  /** Of orders, as far as somebody asked. */
  readonly #digests = new Map<string, Digest>()

  constructor({ description, calendar, termsOf, scheduledCost, facts, orderPins, onOrder }: BookOptions) {
    this.orderFlow = new OrderFlow({
      orderOf: (executionId) => this.#flowOrderOf(executionId),
      decisionOf: (decisionId) => this.decisions.find(decisionId),
      pins: orderPins,
      of: () => this.description,
    })
    this.#facts = facts
    this.#scheduledCost = scheduledCost
    this.description = description
    this.calendar = calendar
    this.#termsOf = termsOf
    this.#onOrder = onOrder
  }

  /** Applies the latest revision of an order; the symbols whose positions it may have changed, or undefined for no news. */
  applyExecution(row: ExecutionFact): string[] | undefined {
    const before = this.#orders.get(row.executionId)
    if (before !== undefined && sameContent(before.row, row)) return undefined
    this.#facts.replace(before?.row, row)
    return this.#setOrder(row, before)
  }

  /** Begins the ledger of a symbol where a recorded range begins. */
  beginWith(fact: OpeningPositionFact): void {
    const { symbol, at } = fact
    this.#facts.replace(this.#givenOpenings.get(symbol)?.fact, fact)
    this.#givenOpenings.set(symbol, { fact, opening: givenOpening(fact) })
    this.#ledger(symbol)
    this.changes.changedFrom(at)
  }

  /** Begins with what a checkpoint holds, before any of its orders is told. */
  beginAt(checkpoint: BookCheckpoint): void {
    this.#base = new CheckpointBase(checkpoint)
    this.#facts.add(this.#base.digest)
    for (const symbol of this.#base.opened) this.#ledger(symbol)
    this.changes.changedFrom(Number.NEGATIVE_INFINITY)
  }

  /** The checkpoint does not hold any more: the orders that it spared are told next. */
  forgetCheckpoint(): void {
    if (this.#base === undefined) return
    this.#facts.add(-this.#base.digest)
    this.#base = undefined
    this.changes.changedFrom(Number.NEGATIVE_INFINITY)
  }

  /** What it began with, where that was a checkpoint. */
  get base(): CheckpointBase | undefined {
    return this.#base
  }

  /** An order and the broker's fills of it, as facts; 0 of one that is not known. */
  digestOfOrder(executionId: string): Digest {
    return readOnce(this.#digests, executionId, () => {
      const sum = new FactSum()
      sum.replace(undefined, this.#orders.get(executionId)?.row)
      for (const fill of this.#evidenceOf(executionId)) sum.replace(undefined, fill)
      return sum.digest
    })
  }

  /** How the ledger of a symbol begins where a recording or a checkpoint says so; else the first snapshot settles it. */
  givenOpening(symbol: string): Opening | undefined {
    return this.#givenOpenings.get(symbol)?.opening ?? this.#base?.openingOf(symbol)
  }

  /** Forgets an order that belongs elsewhere; the symbols whose positions it may have changed. */
  removeExecution(executionId: string): string[] {
    const order = this.#orders.get(executionId)
    if (order === undefined) return []
    this.#base?.note(executionId, order, undefined)
    this.#digests.delete(executionId)
    this.#facts.replace(order.row, undefined)
    for (const at of activityOf(order)) this.activity.remove(at)
    this.submissions.remove(order.row.submittedAt)
    this.#onOrder(order.row.symbol, order.row.submittedAt)
    this.openOrders.remove(order.row.symbol, lifetimeOf(order))
    this.changes.changedFrom(firstChangeOf(order))
    if (order.fills.length > 0) this.#ledger(order.row.symbol).replace(order.fills, [])
    this.routing.remove(order.row)
    this.#orders.delete(executionId)
    this.#looseCosts.delete(executionId)
    this.#waiting.delete(executionId)
    this.#flowChanged(order)
    return [order.row.symbol]
  }

  /** Hands over the broker's fills of an order that belongs elsewhere. */
  takeBrokerFills(executionId: string): FillFact[] {
    const fills = [...(this.#brokerFills.get(executionId)?.values() ?? [])]
    this.#brokerFills.delete(executionId)
    this.#digests.delete(executionId)
    for (const fill of fills) this.#facts.replace(fill, undefined)
    return fills
  }

  /** Applies the broker's evidence of one fill; it may come before the order's own row. */
  applyFill(fill: FillFact): string[] | undefined {
    const known = this.#brokerFills.get(fill.executionId) ?? new Map<string, FillFact>()
    const same = known.get(fill.fillId)
    if (same !== undefined && sameContent(same, fill)) return undefined
    this.#facts.replace(same, fill)
    this.#brokerFills.set(fill.executionId, known.set(fill.fillId, fill))
    const order = this.#orders.get(fill.executionId)
    return order === undefined ? undefined : this.#setOrder(order.row, order)
  }

  /** Applies a decision; true when it is news. */
  applyDecision(decision: DecisionFact): boolean {
    const before = this.decisions.at(decision.decisionId)
    if (!this.decisions.apply(decision)) return false
    if (before !== undefined) this.activity.remove(before)
    this.activity.add(decision.at)
    return true
  }

  /** Forgets a decision that belongs elsewhere or is no more. */
  removeDecision(decisionId: string): void {
    const at = this.decisions.at(decisionId)
    if (at !== undefined) this.activity.remove(at)
    this.decisions.remove(decisionId)
  }

  /** Forgets one of the broker's fills; the symbols whose positions it may have changed, or undefined for no news. */
  removeFill(executionId: string, fillId: string): string[] | undefined {
    const fills = this.#brokerFills.get(executionId)
    const fill = fills?.get(fillId)
    if (fill === undefined) return undefined
    fills?.delete(fillId)
    this.#facts.replace(fill, undefined)
    const order = this.#orders.get(executionId)
    return order === undefined ? undefined : this.#setOrder(order.row, order)
  }

  /** What the ledger of a symbol came to, round trip by round trip. */
  roundTripsOf(symbol: string, ledger: SymbolLedger): RoundTrips {
    return readOnce(this.#roundTrips, symbol, () => new RoundTrips(ledger))
  }

  /** When the order's costs begin to count as evidence of a cost source: its first fill, else its end. */
  costEvidenceOf(executionId: string): CostEvidence {
    const order = this.#orders.get(executionId)
    if (order === undefined) return { order_records: undefined, broker_activities: undefined }
    const from = order.fills[0]?.at ?? order.row.endedAt
    const named = this.#evidenceOf(executionId).filter(({ costs }) => costs !== undefined)
    return {
      order_records: order.row.costs === undefined ? undefined : from,
      broker_activities: named.length === 0 ? undefined : Math.min(...named.map(({ at }) => at)),
    }
  }

  /** Costs of orders that ended without a fill, in (from, to]. */
  looseCostsIn(from: EpochMs, to: EpochMs, source: CostSource | 'none'): MoneyE17 {
    let total = 0n
    for (const { cost } of this.looseChargesIn(from, to, source)) total += cost
    return total
  }

  /** The orders of (from, to] that ended without a fill and cost something, by the source that counts. */
  looseChargesIn(from: EpochMs, to: EpochMs, source: CostSource | 'none') {
    return [...this.#looseCosts].flatMap(([executionId, { at, costs }]) => {
      const cost = costsBy(source, costs)
      return at > from && at <= to && cost !== 0n ? { executionId, at, cost } : []
    })
  }

  nextLooseCostAfter(at: EpochMs): EpochMs {
    let next = Number.POSITIVE_INFINITY
    for (const cost of this.#looseCosts.values()) if (cost.at > at && cost.at < next) next = cost.at
    return next
  }

  /** Works out anew what the orders of a symbol cost: an instrument is another one than was thought. */
  recost(symbol: string): void {
    for (const order of [...this.#orders.values()]) if (order.row.symbol === symbol) this.#setOrder(order.row, order)
  }

  /** True when no fact is of the book. */
  get isEmpty(): boolean {
    const isTold = this.#orders.size > 0 || this.#givenOpenings.size > 0 || this.#base !== undefined
    return !isTold && this.decisions.isEmpty
  }

  get waitingForPrice(): number {
    return this.#waiting.size
  }

  #setOrder(row: ExecutionFact, before: Order | undefined): string[] {
    const evidence = this.#evidenceOf(row.executionId)
    const fills = deriveFills(row, evidence, this.#scheduledCost)
    if (before !== undefined) {
      for (const at of activityOf(before)) this.activity.remove(at)
      this.submissions.remove(before.row.submittedAt)
      this.#onOrder(before.row.symbol, before.row.submittedAt)
      this.openOrders.remove(before.row.symbol, lifetimeOf(before))
      this.changes.changedFrom(firstChangeOf(before))
      this.routing.remove(before.row)
    }
    const order = { row, fills }
    this.#base?.note(row.executionId, before, order)
    this.#digests.delete(row.executionId)
    for (const at of activityOf(order)) this.activity.add(at)
    this.submissions.add(row.submittedAt)
    this.#onOrder(row.symbol, row.submittedAt)
    this.openOrders.add(row.symbol, lifetimeOf(order))
    this.changes.changedFrom(firstChangeOf(order))
    this.#orders.set(row.executionId, order)
    this.routing.add(row)

    if (waitsForPrice(row, evidence)) this.#waiting.add(row.executionId)
    else this.#waiting.delete(row.executionId)
    const loose = fills.length === 0 ? looseCostOf(row, evidence) : undefined
    if (loose === undefined) this.#looseCosts.delete(row.executionId)
    else this.#looseCosts.set(row.executionId, loose)

    if (before !== undefined) this.#flowChanged(before)
    this.#flowChanged(order)
    const touched: string[] = []
    if (before !== undefined && before.row.symbol !== row.symbol && before.fills.length > 0) {
      this.#ledger(before.row.symbol).replace(before.fills, NO_FILLS)
      touched.push(before.row.symbol)
    }
    const earlier = before?.row.symbol === row.symbol ? before.fills : NO_FILLS
    if (earlier.length + fills.length > 0) {
      this.#ledger(row.symbol).replace(earlier, fills)
      touched.push(row.symbol)
    }
    return touched
  }

  /** Its own figures are others, and so may be the marks of orders that were priced by its fills. */
  #flowChanged({ row: { executionId, symbol }, fills }: Order): void {
    this.orderFlow.orderChanged(executionId)
    const first = fills[0]
    if (first !== undefined) this.orderFlow.pricesChanged(symbol, first.at)
  }

  /** Every order that is known, for who looks at them one by one. */
  orders(): FlowOrder[] {
    return [...this.#orders.keys()].flatMap((executionId) => this.#flowOrderOf(executionId) ?? [])
  }

  /** Every order with what the broker said of it. */
  *toldOrders(): Generator<ToldOrder> {
    for (const [executionId, { row, fills }] of this.#orders)
      yield { row, fills, evidence: this.#evidenceOf(executionId), isWaiting: this.#waiting.has(executionId) }
  }

  #flowOrderOf(executionId: string): FlowOrder | undefined {
    const order = this.#orders.get(executionId)
    return order && { row: order.row, fills: order.fills, looseCosts: this.#looseCosts.get(executionId)?.costs }
  }

  /** What the broker said of the fills of an order. */
  #evidenceOf(executionId: string): readonly FillFact[] {
    const fills = this.#brokerFills.get(executionId)
    return fills === undefined ? NO_EVIDENCE : [...fills.values()]
  }

  #ledger(symbol: string): SymbolLedger {
    const known = this.ledgers.get(symbol)
    if (known !== undefined) return known
    const ledger = new SymbolLedger(this.#termsOf(symbol))
    this.ledgers.set(symbol, ledger)
    return ledger
  }
}

const NO_FILLS: readonly Fill[] = []
const NO_EVIDENCE: readonly FillFact[] = []

/** When anything happened to an order. */
function activityOf({ row: { submittedAt, endedAt }, fills }: Order): EpochMs[] {
  const activity = endedAt === undefined ? [submittedAt] : [submittedAt, endedAt]
  for (const { at } of fills) activity.push(at)
  return activity
}

/** The first instant at which an order moved positions or money. */
function firstChangeOf({ row, fills }: Order): EpochMs {
  return fills[0]?.at ?? row.endedAt ?? Number.POSITIVE_INFINITY
}

/** An order that is over and says no time for it ended with its last fill, else at its submission. */
function lifetimeOf({ row, fills }: Order): { id: string; submittedAt: EpochMs; endsAt: EpochMs } {
  const { executionId, submittedAt, endedAt, status } = row
  const endsAt = endedAt ?? (isFinal(status) ? (fills.at(-1)?.at ?? submittedAt) : Number.POSITIVE_INFINITY)
  return { id: executionId, submittedAt, endsAt }
}

/** What an order without a fill cost, at its end; before that it is not known to have none. */
function looseCostOf({ costs, endedAt }: ExecutionFact, brokerFills: readonly FillFact[]): LooseCost | undefined {
  const broker = brokerCostsOf(brokerFills)
  if (endedAt === undefined || (costs === undefined && broker === undefined)) return undefined
  return { at: endedAt, costs: { ...NO_COSTS, order_records: costs ?? 0n, broker_activities: broker ?? 0n } }
}

/** Equal in everything that means something; when and in which revision it was learnt does not. */
function sameContent<Fact extends object>(a: Fact, b: Fact): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const key of ['at', 'knownAt', 'revision']) keys.delete(key)
  if ('fillId' in a) keys.add('at')
  for (const key of keys) if (a[key as keyof Fact] !== b[key as keyof Fact]) return false
  return true
}
