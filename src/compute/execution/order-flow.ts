import type { BookKey } from '../../domain/book.js'
import { DAY_MS, type EpochMs, MINUTE_MS } from '../../domain/time.js'
import type { Window } from '../../domain/window.js'
import { readOnce } from '../../lib/read-once.js'
import { type SummedItem, SummedTimeline } from '../accumulators/summed-timeline.js'
import type { MarketNews } from '../market.js'
import { Channel, type ExecutionWindow, type Span } from './channel.js'
import { EndedOrders } from './ended-orders.js'
import {
  type DecidedOn,
  endOf,
  type FlowOrder,
  NO_PARTS,
  type OrderParts,
  type OrderPricing,
  partsOf,
  pinsOf,
  rejectedDecision,
} from './order-parts.js'
import type { OrderPins } from './order-pins.js'

export interface FlowDecision extends DecidedOn {
  /** The broker refused it. */
  readonly isBrokerReject: boolean
}

export interface OrderFlowOptions {
  readonly orderOf: (executionId: string) => FlowOrder | undefined
  readonly decisionOf: (decisionId: string) => FlowDecision | undefined
  /** Shared by all books. */
  readonly pins: OrderPins
  /** The book that the orders belong to. */
  readonly of: () => BookKey
}

/** A price is held against one that is at most two minutes of session time older; a little more does not hurt. */
const PREVIOUS_MARK_MS = 5 * MINUTE_MS

/** Between the last bar of one session and the first of the next. */
const LONGEST_PAUSE_MS = 5 * DAY_MS

/** Where an order stands among the others: its decision, its symbol, and the last instant at which it is priced. */
interface Place {
  readonly decisionId: string | undefined
  readonly symbol: string
  readonly lastAt: EpochMs
  readonly pins: readonly EpochMs[]
}

/**
 * The orders of one book as execution figures see them, in all and by adapter.
 *
 * What a change touches is noted and worked out when somebody reads: an order that changed, one whose decision did, one
 * that was priced at or after an instant from which prices are others. All else stays as it is, so a read costs what
 * changed. Orders that ended before any window are not taken in.
 */
export class OrderFlow {
  /** Those that came to an end while somebody watched. */
  readonly ended: EndedOrders
  readonly #options: OrderFlowOptions
  readonly #all = new Channel()
  readonly #byAdapter = new Map<string, Channel>()
  readonly #places = new Map<string, Place>()
  readonly #ofDecision = new Map<string, Set<string>>()
  readonly #pricedAt = new Map<string, SummedTimeline<SummedItem, never>>()
  readonly #parts = new Map<string, OrderParts>()
  readonly #expiries = new SummedTimeline<SummedItem, never>([], () => ({}))
  #placedAdapters: readonly string[] | undefined
  #changedOrders = new Set<string>()
  #unpriced = new Set<string>()
  #changedDecisions = new Set<string>()
  /** By symbol, from when on all prices are others. */
  readonly #repriced = new Map<string, EpochMs>()
  /** What ended before is in no window any more. */
  #placedFrom: EpochMs = Number.NEGATIVE_INFINITY
  /** Decisions that may be rejects without an order now, or no more. */
  #unjudged = new Set<string>()

  constructor(options: OrderFlowOptions) {
    this.#options = options
    this.ended = new EndedOrders(options.of)
  }

  /** An order is another one than it was, new or gone. */
  orderChanged(executionId: string): void {
    this.#changedOrders.add(executionId)
  }

  decisionChanged(decisionId: string): void {
    this.#changedDecisions.add(decisionId)
  }

  /**
   * Prices of a symbol are others from an instant on, up to another: after that what matters is how far back a mark was
   * looked for, and the price before it, which has a say in whether it counts.
   */
  pricesChanged(symbol: string, from: EpochMs, to = Number.POSITIVE_INFINITY): void {
    const priced = this.#pricedAt.get(symbol)
    const last = priced?.at(priced.length - 1)
    if (last === undefined || last.at < from) return
    if (to === Number.POSITIVE_INFINITY) {
      // Every fill of a symbol may be a mark of what comes after it: many at once are one change.
      this.#repriced.set(symbol, Math.min(from, this.#repriced.get(symbol) ?? from))
      return
    }
    this.#reprice(symbol, from, (marksFrom) => marksFrom <= to + PREVIOUS_MARK_MS)
  }

  #reprice(symbol: string, from: EpochMs, concerns: (marksFrom: EpochMs) => boolean): void {
    const priced = this.#pricedAt.get(symbol)
    for (let index = (priced?.length ?? 0) - 1; index >= 0; index -= 1) {
      const item = priced?.at(index)
      if (item === undefined || item.at < from) break
      if (concerns(this.#parts.get(item.id)?.marksFrom ?? Number.NEGATIVE_INFINITY)) this.#unpriced.add(item.id)
    }
  }

  /** Takes in what the market told of the symbols that were ordered. */
  noteMarket({ latest, quoted, corrected, oldest }: MarketNews): void {
    if (latest.size + quoted.size + corrected.size === 0) return
    for (const symbol of this.#pricedAt.keys()) {
      const from = Math.min(
        latest.get(symbol) ?? Number.POSITIVE_INFINITY,
        quoted.get(symbol) ?? Number.POSITIVE_INFINITY,
      )
      if (Number.isFinite(from)) this.pricesChanged(symbol, from)
      const span = corrected.get(symbol)
      if (span === undefined) continue
      this.pricesChanged(symbol, ...span)
      // Bars that went may have had a say in whether the next one counts, which may be of another week.
      this.pricesChanged(symbol, Number.NEGATIVE_INFINITY, oldest + LONGEST_PAUSE_MS)
    }
  }

  /** The same of all symbols. */
  allPricesChanged(from: EpochMs): void {
    for (const symbol of this.#pricedAt.keys()) this.pricesChanged(symbol, from)
  }

  /** Whether figures may be others than when they were read last. */
  get isUnsettled(): boolean {
    const { size } = this.#changedOrders
    return size + this.#unpriced.size + this.#repriced.size + this.#changedDecisions.size + this.#unjudged.size > 0
  }

  /** Symbols of orders that happened after an instant, or are open. */
  symbolsAfter(oldest: EpochMs): string[] {
    this.place(oldest)
    return [...this.#pricedAt].flatMap(([symbol, priced]) => {
      const last = priced.at(priced.length - 1)
      return last !== undefined && last.at > oldest ? symbol : []
    })
  }

  /** Finds the place of what changed, so that the prices it needs are kept, and drops what ended before every window. */
  place(oldest: EpochMs): void {
    if (oldest !== this.#placedFrom) {
      this.#placedFrom = oldest
      for (const priced of this.#pricedAt.values())
        for (let index = priced.indexAt(oldest); index >= 0; index -= 1) {
          const item = priced.at(index)
          if (item !== undefined) this.#changedOrders.add(item.id)
        }
    }
    for (const id of this.#changedDecisions) {
      for (const order of this.#ofDecision.get(id) ?? []) this.#changedOrders.add(order)
      this.#unjudged.add(id)
    }
    this.#changedDecisions = new Set()
    if (this.#changedOrders.size > 0) this.#placedAdapters = undefined
    for (const id of this.#changedOrders) {
      const order = this.#options.orderOf(id)
      const place = order === undefined || isOver(order, oldest) ? undefined : this.#placeOf(order)
      this.#move(id, place)
      this.#unpriced.add(id)
    }
    this.#changedOrders = new Set()
  }

  /** Nobody reads figures of it in this process: what waits to be worked out is forgotten. */
  leaveUnread(): void {
    this.#unpriced.clear()
    this.#repriced.clear()
    this.#unjudged.clear()
  }

  /** Adapters that took one of the orders that have a place, sorted: those that `adaptersAfter` says once it is settled. */
  get placedAdapters(): readonly string[] {
    this.#placedAdapters ??= [
      ...new Set([...this.#places.keys()].flatMap((id) => this.#options.orderOf(id)?.row.adapter ?? [])),
    ].sort()
    return this.#placedAdapters
  }

  /** Works out what changed, with the prices of T. */
  settle(at: EpochMs, oldest: EpochMs, pricing: OrderPricing): void {
    this.place(oldest)
    for (const [symbol, from] of this.#repriced) this.#reprice(symbol, from, () => true)
    this.#repriced.clear()
    for (let index = this.#expiries.indexAt(at); index >= 0; index -= 1) {
      const expiring = this.#expiries.at(index)
      if (expiring !== undefined) this.#unpriced.add(expiring.id)
    }
    for (const id of this.#unpriced) {
      const order = this.#places.has(id) ? this.#options.orderOf(id) : undefined
      const decided = order?.row.decisionId === undefined ? undefined : this.#options.decisionOf(order.row.decisionId)
      this.#replace(id, order === undefined ? NO_PARTS : partsOf(order, decided, pricing, at))
    }
    for (const id of this.#unjudged) {
      const decision = this.#options.decisionOf(id)
      const isReject = decision?.isBrokerReject === true && (this.#ofDecision.get(id)?.size ?? 0) === 0
      this.#replace(`decision ${id}`, isReject ? rejectedDecision(id, decision.at) : NO_PARTS)
    }
    this.#unpriced = new Set()
    this.#unjudged = new Set()
    this.ended.advanceTo(at, pricing.costSource)
  }

  /** The first T after the one that was settled at which a price is too old to be used; Infinity when none is. */
  get holdsUntil(): EpochMs {
    return this.#expiries.at(0)?.at ?? Number.POSITIVE_INFINITY
  }

  /** Adapters to whose orders anything happened after an instant, or that have open ones; sorted. */
  adaptersAfter(oldest: EpochMs, at: EpochMs): string[] {
    const live = [...this.#byAdapter].filter(([, channel]) => channel.isLive({ from: oldest, to: at }))
    return live.map(([adapter]) => adapter).sort()
  }

  /** What happened in a span, to all orders or to those that one adapter took. */
  read(window: Window, span: Span, adapter?: string): ExecutionWindow {
    return (this.#channelOf(adapter) ?? this.#all).read(window, span)
  }

  #placeOf(order: FlowOrder): Place {
    const { decisionId, symbol, submittedAt } = order.row
    const decided = decisionId === undefined ? undefined : this.#options.decisionOf(decisionId)
    const lastAt = Math.max(submittedAt, endOf(order) ?? submittedAt)
    const pins = pinsOf(order, decided)
    return { decisionId, symbol, lastAt, pins }
  }

  #move(id: string, now: Place | undefined): void {
    const before = this.#places.get(id)
    if (before?.decisionId !== now?.decisionId) {
      if (before?.decisionId !== undefined) this.#unlink(before.decisionId, id)
      if (now?.decisionId !== undefined) this.#link(now.decisionId, id)
    }
    if (before?.symbol !== now?.symbol || before?.lastAt !== now?.lastAt) {
      if (before !== undefined) this.#pricedAt.get(before.symbol)?.remove({ at: before.lastAt, id })
      if (now !== undefined)
        readOnce(this.#pricedAt, now.symbol, () => new SummedTimeline<SummedItem, never>([], () => ({}))).add({
          at: now.lastAt,
          id,
        })
    }
    const isPinnedAlike = before?.symbol === now?.symbol && String(before?.pins) === String(now?.pins)
    if (!isPinnedAlike) {
      for (const pin of before?.pins ?? []) this.#options.pins.remove(before?.symbol ?? '', pin)
      for (const pin of now?.pins ?? []) this.#options.pins.add(now?.symbol ?? '', pin)
    }
    if (now === undefined) this.#places.delete(id)
    else this.#places.set(id, now)
    if (before === undefined && now !== undefined) this.ended.seen(id)
  }

  #link(decisionId: string, id: string): void {
    readOnce(this.#ofDecision, decisionId, () => new Set<string>()).add(id)
    this.#unjudged.add(decisionId)
  }

  #unlink(decisionId: string, id: string): void {
    const orders = this.#ofDecision.get(decisionId)
    orders?.delete(id)
    if (orders?.size === 0) this.#ofDecision.delete(decisionId)
    this.#unjudged.add(decisionId)
  }

  #replace(id: string, now: OrderParts): void {
    const before = this.#parts.get(id) ?? NO_PARTS
    this.ended.follow(id, now)
    if (before === now) return
    this.#all.replace(before, now)
    if (before.adapter === now.adapter) this.#channelOf(now.adapter)?.replace(before, now)
    else {
      this.#channelOf(before.adapter)?.replace(before, NO_PARTS)
      this.#channelOf(now.adapter)?.replace(NO_PARTS, now)
    }
    if (Number.isFinite(before.holdsUntil)) this.#expiries.remove({ at: before.holdsUntil, id })
    if (Number.isFinite(now.holdsUntil)) this.#expiries.add({ at: now.holdsUntil, id })
    if (now === NO_PARTS) this.#parts.delete(id)
    else this.#parts.set(id, now)
  }

  #channelOf(adapter: string | undefined): Channel | undefined {
    return adapter === undefined ? undefined : readOnce(this.#byAdapter, adapter, () => new Channel())
  }
}

/** Nothing of it can be in a window that begins after an instant. */
function isOver(order: FlowOrder, oldest: EpochMs): boolean {
  const end = endOf(order)
  if (end === undefined) return false
  return Math.max(end, order.row.submittedAt, order.fills.at(-1)?.at ?? end) <= oldest
}
