import { absolute, divideHalfEven, type MoneyE17, type PriceE8, type QuantityE9 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { insertAt, lastDatedAtOrBefore, partitionPoint } from '../../lib/sorted-search.js'
import { type Costs, NO_COSTS, plusCosts } from '../costs.js'
import { compareFills, type Fill } from '../fills.js'
import { marketValue, timesMultiplier } from '../market-value.js'

/** How the history of a symbol begins: see METRICS section 1, "Opening inventory". */
export type Opening =
  | { readonly kind: 'flat' }
  /** Taken over from a snapshot; earlier fills move no position. `unrealized` is mark × quantity − cost at that moment. */
  | {
      readonly kind: 'snapshot'
      readonly at: EpochMs
      readonly quantity: QuantityE9
      readonly cost: MoneyE17
      readonly unrealized: MoneyE17
      /** Largest size so far of the round trip that is open; that of the position where nobody knows. */
      readonly largest?: QuantityE9
      /** What the round trip has done so far, where it is known: then it will be a trade. */
      readonly trip?: CarriedTrip
    }
  /** Nobody can say what was held until a snapshot shows the symbol flat, at `until`. */
  | { readonly kind: 'unknown'; readonly until: EpochMs | undefined }

/** An open round trip up to where its ledger begins. Moments are quantity times instant, summed. */
export interface CarriedTrip {
  readonly openedAt: EpochMs
  readonly entered: QuantityE9
  readonly entryMoment: bigint
  readonly exited: QuantityE9
  readonly exitMoment: bigint
  /** Realised in it so far, fees in coin taken off. */
  readonly earned: MoneyE17
  readonly costs: Costs
}

/**
 * What an account's snapshots taught of a position that the fills do not explain: see METRICS section 2, fine print 1.
 * From `at` on the ledger holds `quantity`.
 */
export type Adjustment =
  /** A fee taken in coin: booked as a cost at the mark, and the round trip goes on. */
  | { readonly kind: 'fee_in_kind'; readonly at: EpochMs; readonly quantity: QuantityE9; readonly price: PriceE8 }
  /** Quantity and average price are another way to write the same position. */
  | { readonly kind: 'split'; readonly at: EpochMs; readonly quantity: QuantityE9; readonly cost: MoneyE17 }
  /** A fill of the difference at the mark that nobody recorded. */
  | { readonly kind: 'rebase'; readonly at: EpochMs; readonly quantity: QuantityE9; readonly price: PriceE8 }

/** Everything about a symbol up to an instant; sums run from the beginning, so a window is a difference of two. */
export interface LedgerState {
  readonly at: EpochMs
  /** Signed: negative is short. */
  readonly quantity: QuantityE9
  /** What the position cost, signed like it: mark × quantity − cost is its unrealised result. */
  readonly cost: MoneyE17
  readonly realized: MoneyE17
  readonly notional: MoneyE17
  readonly costs: Costs
  readonly feesInKind: MoneyE17
  /** The part of `realized` that adjustments made. */
  readonly rebased: MoneyE17
  /** Unrealised results that came with positions taken over: they were nobody's profit here. */
  readonly takenOver: MoneyE17
  readonly fillCount: number
  /** Largest size that the open round trip has had; 0 when flat. */
  readonly largest: QuantityE9
}

/** One thing that happened to a symbol. */
export interface LedgerStep {
  readonly at: EpochMs
  /** Undefined for the entry that an adjustment, a takeover or a return to certainty makes. */
  readonly fill: Fill | undefined
  readonly adjustment?: Adjustment
  /** What the round trip had done that a ledger begins with. */
  readonly trip?: CarriedTrip | undefined
  /** What stands after it; another object after every change before it. */
  readonly state: LedgerState
}

interface Entry extends LedgerStep {
  state: LedgerState
}

const NOTHING: LedgerState = {
  at: Number.NEGATIVE_INFINITY,
  quantity: 0n,
  cost: 0n,
  realized: 0n,
  notional: 0n,
  costs: NO_COSTS,
  feesInKind: 0n,
  rebased: 0n,
  takenOver: 0n,
  fillCount: 0,
  largest: 0n,
}

export interface InstrumentTerms {
  /** Scaled like a quantity. */
  readonly multiplier: QuantityE9
  readonly lotSize: QuantityE9
}

/**
 * Average-cost ledger of one symbol in one book, long and short, as a timeline that can be read at any instant.
 *
 * Each entry holds the state after it, so a read is a binary search, an ordinary fill is one step, and a late, replaced
 * or vanished fill redoes only what follows it, when it is next read. Order is (time, submit time, execution id, fill
 * id): arrival does not matter. Guarantees: a flat symbol has cost exactly 0, and then the sum of realised results is the sum of cash.
 */
export class SymbolLedger {
  #entries: Entry[] = []
  #adjustments: Adjustment[] = []
  #opening: Opening = { kind: 'flat' }
  /** Entries before this one hold their state. */
  #validLength = 0

  constructor(public terms: InstrumentTerms) {}

  /** Takes up what has been learnt about the instrument since; false when it is nothing new. */
  revalue(terms: InstrumentTerms): boolean {
    if (terms.multiplier === this.terms.multiplier && terms.lotSize === this.terms.lotSize) return false
    this.terms = terms
    this.#validLength = 0
    return true
  }

  get opening(): Opening {
    return this.#opening
  }

  /** Replaces the fills of one order; both lists are in the order's own canonical order. */
  replace(before: readonly Fill[], after: readonly Fill[]): void {
    let from = this.#entries.length
    for (const fill of before) {
      const index = this.#indexOf(fill)
      this.#entries.splice(index, 1)
      from = Math.min(from, index)
    }
    for (const fill of after) {
      const index = this.#insertionIndex(fill)
      insertAt(this.#entries, index, { at: fill.at, fill, state: NOTHING })
      from = Math.min(from, index)
    }
    this.#validLength = Math.min(this.#validLength, from)
  }

  open(opening: Opening): void {
    this.#opening = opening
    const at = startOf(opening)
    this.#entries = this.#entries.filter((entry) => entry.fill !== undefined)
    this.#adjustments = []
    if (Number.isFinite(at)) {
      let index = this.#entries.findIndex((entry) => entry.at > at)
      if (index < 0) index = this.#entries.length
      const trip = opening.kind === 'snapshot' ? opening.trip : undefined
      this.#entries.splice(index, 0, { at, fill: undefined, trip, state: NOTHING })
    }
    this.#validLength = 0
  }

  /** What snapshots taught of the position, oldest first. */
  get adjustments(): readonly Adjustment[] {
    return this.#adjustments
  }

  /** Whether snapshots taught anything in (from, to]. */
  isAdjustedIn(from: EpochMs, to: EpochMs): boolean {
    return this.#adjustments.some(({ at }) => at > from && at <= to)
  }

  /** Takes up what the snapshots of an instant teach, after everything that happened until then. */
  adjust(adjustment: Adjustment): void {
    this.#adjustments.splice(lastDatedAtOrBefore(this.#adjustments, adjustment.at) + 1, 0, adjustment)
    const index = this.#lastIndexAt(adjustment.at) + 1
    this.#entries.splice(index, 0, { at: adjustment.at, fill: undefined, adjustment, state: NOTHING })
    this.#validLength = Math.min(this.#validLength, index)
  }

  /** Forgets what was learnt at an instant or later; the instant of the first that went, undefined when none did. */
  dropAdjustmentsFrom(at: EpochMs): EpochMs | undefined {
    const first = this.#adjustments.find((adjustment) => adjustment.at >= at)
    if (first === undefined) return undefined
    this.#adjustments = this.#adjustments.filter((adjustment) => adjustment.at < at)
    const index = this.#entries.findIndex((entry) => entry.adjustment !== undefined && entry.at >= at)
    this.#entries = this.#entries.filter((entry) => entry.adjustment === undefined || entry.at < at)
    this.#validLength = Math.min(this.#validLength, index)
    return first.at
  }

  /** The state at an instant, everything stamped with it included. */
  stateAt(at: EpochMs): LedgerState {
    const index = this.#lastIndexAt(at)
    if (this.#validLength <= index) this.#settleTo(index)
    return this.#entries[index]?.state ?? NOTHING
  }

  /** What happened, in order; the first `count` steps, those up to an instant, hold the state after them. */
  stepsUpTo(at: EpochMs): { readonly steps: readonly LedgerStep[]; readonly count: number } {
    this.stateAt(at)
    return { steps: this.#entries, count: this.#lastIndexAt(at) + 1 }
  }

  /** The first instant after `at` at which the state is another one; Infinity when nothing follows. */
  nextChangeAfter(at: EpochMs): EpochMs {
    return this.#entries[this.#lastIndexAt(at) + 1]?.at ?? Number.POSITIVE_INFINITY
  }

  /** True when what was held at some moment after `start` cannot be known. */
  isUnknownAfter(start: EpochMs): boolean {
    return this.#opening.kind === 'unknown' && (this.#opening.until === undefined || start < this.#opening.until)
  }

  /** Signed quantity of all fills up to an instant, as if history had begun flat. */
  filledUpTo(at: EpochMs): QuantityE9 {
    let total = 0n
    for (const { fill } of this.#entries) {
      if (fill === undefined) continue
      if (fill.at > at) break
      total += signed(fill)
    }
    return total
  }

  /** Money paid for the fills in (from, to]: bought less sold, costs left out. */
  paidIn(from: EpochMs, to: EpochMs): MoneyE17 {
    let paid = 0n
    for (let index = this.#lastIndexAt(from) + 1; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index]
      if (entry === undefined || entry.at > to) break
      if (entry.fill === undefined) continue
      const notional = timesMultiplier(entry.fill.notional, this.terms.multiplier)
      paid += entry.fill.side === 'buy' ? notional : -notional
    }
    return paid
  }

  /** Times of the fills in (from, to], ascending. */
  fillTimesIn(from: EpochMs, to: EpochMs): EpochMs[] {
    const ats: EpochMs[] = []
    for (let index = this.#lastIndexAt(from) + 1; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index]
      if (entry === undefined || entry.at > to) break
      if (entry.fill !== undefined) ats.push(entry.at)
    }
    return ats
  }

  get firstFillAt(): EpochMs | undefined {
    return this.#entries.find((entry) => entry.fill !== undefined)?.at
  }

  get lastAt(): EpochMs {
    return this.#entries.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  }

  /** The newest own fill at or before an instant: the last resort of a mark. */
  lastFillAt(at: EpochMs): Fill | undefined {
    for (let index = this.#lastIndexAt(at); index >= 0; index -= 1) {
      const fill = this.#entries[index]?.fill
      if (fill !== undefined) return fill
    }
    return undefined
  }

  /** Works out the states that a change left behind, as far as somebody asks: a burst of late fills costs one pass. */
  #settleTo(last: number): void {
    const counts = startOf(this.#opening)
    for (let index = this.#validLength; index <= last; index += 1) {
      const entry = this.#entries[index]
      if (entry === undefined) break
      const before = this.#entries[index - 1]?.state ?? NOTHING
      if (entry.fill !== undefined) entry.state = applyFill(before, entry.fill, this.terms, entry.fill.at > counts)
      else if (entry.adjustment !== undefined) entry.state = applyAdjustment(before, entry.adjustment, this.terms)
      else entry.state = this.#opened(before, entry.at)
    }
    this.#validLength = last + 1
  }

  #opened(before: LedgerState, at: EpochMs): LedgerState {
    if (this.#opening.kind !== 'snapshot') return { ...before, at, quantity: 0n, cost: 0n, largest: 0n }
    const { quantity, cost, unrealized, largest = absolute(quantity) } = this.#opening
    return { ...before, at, quantity, cost, takenOver: before.takenOver + unrealized, largest }
  }

  #lastIndexAt(at: EpochMs): number {
    return lastDatedAtOrBefore(this.#entries, at)
  }

  #insertionIndex(fill: Fill): number {
    return partitionPoint(this.#entries.length, (index) => {
      const entry = this.#entries[index]
      return entry !== undefined && precedes(entry, fill)
    })
  }

  #indexOf(fill: Fill): number {
    const index = this.#insertionIndex(fill)
    const found = this.#entries[index]?.fill
    if (found?.executionId !== fill.executionId || found.fillId !== fill.fillId)
      throw new Error(`fill ${fill.executionId}/${fill.fillId} is not in the ledger`)
    return index
  }
}

/** Fills up to and including this instant move no position. */
function startOf(opening: Opening): EpochMs {
  if (opening.kind === 'flat') return Number.NEGATIVE_INFINITY
  return opening.kind === 'snapshot' ? opening.at : (opening.until ?? Number.POSITIVE_INFINITY)
}

/** Canonical order; an opening comes after every fill of its instant, which it already contains. */
function precedes(entry: Entry, fill: Fill): boolean {
  if (entry.at !== fill.at) return entry.at < fill.at
  return entry.fill !== undefined && compareFills(entry.fill, fill) < 0
}

function signed(fill: Fill): QuantityE9 {
  return fill.side === 'buy' ? fill.quantity : -fill.quantity
}

/** One fill on top of a state. Written out field by field: this is the hot path of reading a history. */
function applyFill(before: LedgerState, fill: Fill, terms: InstrumentTerms, movesPosition: boolean): LedgerState {
  const notional = timesMultiplier(fill.notional, terms.multiplier)
  const { quantity, cost, gain } = movesPosition
    ? movePosition(before, signed(fill), notional, terms.lotSize)
    : { ...before, gain: 0n }
  return {
    at: fill.at,
    quantity,
    cost,
    realized: before.realized + gain,
    notional: before.notional + notional,
    costs: plusCosts(before.costs, fill.costs),
    feesInKind: before.feesInKind,
    rebased: before.rebased,
    takenOver: before.takenOver,
    fillCount: before.fillCount + 1,
    largest: largestOf(before, quantity),
  }
}

/** What a snapshot taught, on top of a state: it moves the position, and neither turnover nor the count of fills. */
function applyAdjustment(before: LedgerState, adjustment: Adjustment, terms: InstrumentTerms): LedgerState {
  const { at, quantity } = adjustment
  if (adjustment.kind === 'split') {
    const { cost } = adjustment
    // No result: what the average price was rounded by is taken over, not earned.
    return {
      ...before,
      at,
      quantity,
      cost,
      takenOver: before.takenOver + before.cost - cost,
      largest: absolute(quantity),
    }
  }
  const traded = quantity - before.quantity
  if (traded === 0n) return { ...before, at }
  const value = marketValue(absolute(traded), adjustment.price, terms.multiplier)
  const move = movePosition(before, traded, value, terms.lotSize)
  return {
    ...before,
    at,
    quantity: move.quantity,
    cost: move.cost,
    realized: before.realized + move.gain,
    rebased: before.rebased + move.gain,
    feesInKind: before.feesInKind + (adjustment.kind === 'fee_in_kind' ? value : 0n),
    largest: largestOf(before, move.quantity),
  }
}

function largestOf(before: LedgerState, quantity: QuantityE9): QuantityE9 {
  if (quantity === 0n) return 0n
  const size = absolute(quantity)
  const goesOn = before.quantity !== 0n && before.quantity > 0n === quantity > 0n
  return goesOn && before.largest > size ? before.largest : size
}

interface Move {
  readonly quantity: QuantityE9
  readonly cost: MoneyE17
  /** Realised by this fill. */
  readonly gain: MoneyE17
}

/** Opens, adds, closes in part or whole; a fill through zero closes the old position and opens the rest at its own price. */
function movePosition(before: LedgerState, traded: QuantityE9, notional: MoneyE17, lotSize: QuantityE9): Move {
  const value = traded > 0n ? notional : -notional
  const quantity = before.quantity + traded
  const closes = before.quantity !== 0n && before.quantity > 0n !== traded > 0n
  if (!closes) return { quantity, cost: before.cost + value, gain: 0n }

  const tradedSize = absolute(traded)
  const heldSize = absolute(before.quantity)
  const closed = tradedSize < heldSize ? tradedSize : heldSize
  const closingValue = closed === tradedSize ? value : divideHalfEven(value * closed, tradedSize)
  const closedCost = closed === heldSize ? before.cost : divideHalfEven(before.cost * closed, heldSize)
  const cost = before.cost - closedCost + (value - closingValue)
  const gain = -closingValue - closedCost
  return absolute(quantity) >= lotSize ? { quantity, cost, gain } : { quantity: 0n, cost: 0n, gain: gain - cost }
}
