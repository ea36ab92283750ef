import { absolute, divideHalfEven, type MoneyE17, QUANTITY_DIGITS, type QuantityE9 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { compareText, type Fill } from '../fills.js'
import { partitionPoint } from './sorted-search.js'

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
    }
  /** Nobody can say what was held until a snapshot shows the symbol flat, at `until`. */
  | { readonly kind: 'unknown'; readonly until: EpochMs | undefined }

/** Everything about a symbol up to an instant; sums run from the beginning, so a window is a difference of two. */
export interface LedgerState {
  readonly at: EpochMs
  /** Signed: negative is short. */
  readonly quantity: QuantityE9
  /** What the position cost, signed like it: mark × quantity − cost is its unrealised result. */
  readonly cost: MoneyE17
  readonly realized: MoneyE17
  readonly notional: MoneyE17
  readonly costs: MoneyE17
  /** Unrealised results that came with positions taken over: they were nobody's profit here. */
  readonly takenOver: MoneyE17
  readonly fillCount: number
}

interface Entry extends LedgerState {
  /** Undefined for the entry that a takeover or a return to certainty makes. */
  readonly fill: Fill | undefined
}

const NOTHING: LedgerState = {
  at: Number.NEGATIVE_INFINITY,
  quantity: 0n,
  cost: 0n,
  realized: 0n,
  notional: 0n,
  costs: 0n,
  takenOver: 0n,
  fillCount: 0,
}

export interface InstrumentTerms {
  /** Scaled like a quantity. */
  readonly multiplier: QuantityE9
  readonly lotSize: QuantityE9
}

const ONE = 10n ** BigInt(QUANTITY_DIGITS)

/**
 * Average-cost ledger of one symbol in one book, long and short, as a timeline that can be read at any instant.
 *
 * Each entry holds the state after it, so a read is a binary search, an ordinary fill is one step, and a late, replaced
 * or vanished fill redoes only what follows it. Order is (time, submit time, execution id, fill id): arrival does not
 * matter. Guarantees: a flat symbol has cost exactly 0, and then the sum of realised results is the sum of cash.
 */
export class SymbolLedger {
  #entries: Entry[] = []
  #opening: Opening = { kind: 'flat' }

  constructor(readonly terms: InstrumentTerms) {}

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
      this.#entries.splice(index, 0, { ...NOTHING, at: fill.at, fill })
      from = Math.min(from, index)
    }
    this.#redoFrom(from)
  }

  open(opening: Opening): void {
    this.#opening = opening
    const at = startOf(opening)
    this.#entries = this.#entries.filter((entry) => entry.fill !== undefined)
    if (Number.isFinite(at)) {
      let index = this.#entries.findIndex((entry) => entry.at > at)
      if (index < 0) index = this.#entries.length
      this.#entries.splice(index, 0, { ...NOTHING, at, fill: undefined })
    }
    this.#redoFrom(0)
  }

  /** The state at an instant, everything stamped with it included. */
  stateAt(at: EpochMs): LedgerState {
    return this.#entries[this.#lastIndexAt(at)] ?? NOTHING
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

  #redoFrom(from: number): void {
    const counts = startOf(this.#opening)
    for (let index = from; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index]
      if (entry === undefined) break
      const before = this.#entries[index - 1] ?? NOTHING
      const after =
        entry.fill === undefined
          ? this.#opened(before, entry.at)
          : applyFill(before, entry.fill, this.terms, entry.fill.at > counts)
      this.#entries[index] = { ...after, fill: entry.fill }
    }
  }

  #opened(before: LedgerState, at: EpochMs): LedgerState {
    if (this.#opening.kind !== 'snapshot') return { ...before, at, quantity: 0n, cost: 0n }
    const { quantity, cost, unrealized } = this.#opening
    return { ...before, at, quantity, cost, takenOver: before.takenOver + unrealized }
  }

  #lastIndexAt(at: EpochMs): number {
    return (
      partitionPoint(this.#entries.length, (index) => (this.#entries[index]?.at ?? Number.POSITIVE_INFINITY) <= at) - 1
    )
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
  if (entry.fill === undefined) return false
  const other = entry.fill
  return (
    (other.submittedAt - fill.submittedAt ||
      compareText(other.executionId, fill.executionId) ||
      compareText(other.fillId, fill.fillId)) < 0
  )
}

function signed(fill: Fill): QuantityE9 {
  return fill.side === 'buy' ? fill.quantity : -fill.quantity
}

function applyFill(before: LedgerState, fill: Fill, terms: InstrumentTerms, movesPosition: boolean): LedgerState {
  const notional = terms.multiplier === ONE ? fill.notional : divideHalfEven(fill.notional * terms.multiplier, ONE)
  const sums = {
    at: fill.at,
    notional: before.notional + notional,
    costs: before.costs + fill.costs,
    takenOver: before.takenOver,
    fillCount: before.fillCount + 1,
  }
  if (!movesPosition) return { ...before, ...sums }

  const quantity = signed(fill)
  const value = fill.side === 'buy' ? notional : -notional
  const closes = before.quantity !== 0n && before.quantity > 0n !== quantity > 0n
  if (!closes)
    return { ...sums, quantity: before.quantity + quantity, cost: before.cost + value, realized: before.realized }

  const closed = absolute(quantity) < absolute(before.quantity) ? absolute(quantity) : absolute(before.quantity)
  const closingValue = divideHalfEven(value * closed, absolute(quantity))
  const closedCost = divideHalfEven(before.cost * closed, absolute(before.quantity))
  const after = { quantity: before.quantity + quantity, cost: before.cost - closedCost + (value - closingValue) }
  const realized = before.realized - closingValue - closedCost
  if (absolute(after.quantity) >= terms.lotSize) return { ...sums, ...after, realized }
  return { ...sums, quantity: 0n, cost: 0n, realized: realized - after.cost }
}
