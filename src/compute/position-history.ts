import type { PriceE8, QuantityE9 } from '../domain/exact.js'
import type { PositionSnapshotFact } from '../domain/facts.js'
import type { EpochMs } from '../domain/time.js'
import { lastAtOrBefore, lastDatedAtOrBefore } from '../lib/sorted-search.js'

/** What a snapshot shows of one symbol. */
export interface Shown {
  readonly quantity: QuantityE9
  readonly avgEntryPrice: PriceE8 | undefined
}

interface Step extends Shown {
  readonly at: EpochMs
}

const NOTHING_SHOWN: Shown = { quantity: 0n, avgEntryPrice: undefined }

/**
 * Which quantities of each symbol an account's snapshots showed, from the first to the last: all instants, and of each
 * symbol only where it changed. Positions change a few times a day and snapshots come every 15 s, so this is small.
 */
export class PositionHistory {
  readonly #instants: EpochMs[] = []
  readonly #steps = new Map<string, Step[]>()
  /** Symbols that the newest snapshot shows, in its order. */
  #shown: readonly string[] = []

  /** How many snapshots there are. */
  get length(): number {
    return this.#instants.length
  }

  /** Instant of the snapshot with a number, from 0. */
  at(index: number): EpochMs | undefined {
    return this.#instants[index]
  }

  /** Number of the newest snapshot at or before an instant; −1 when there is none. */
  indexAt(at: EpochMs): number {
    return lastAtOrBefore(this.#instants, at, this.#instants.length)
  }

  /** What the newest snapshot at or before an instant shows of a symbol; nothing before the first. */
  shownAt(symbol: string, at: EpochMs): Shown {
    const steps = this.#steps.get(symbol)
    return steps?.[lastDatedAtOrBefore(steps, at)] ?? NOTHING_SHOWN
  }

  /** The first snapshot after an instant that shows of a symbol what the one before did not; Infinity for none. */
  nextChangeAfter(symbol: string, at: EpochMs): EpochMs {
    const steps = this.#steps.get(symbol) ?? []
    return steps[lastDatedAtOrBefore(steps, at) + 1]?.at ?? Number.POSITIVE_INFINITY
  }

  /** The first snapshot that does not show a symbol; undefined when all do. */
  firstFlat(symbol: string): EpochMs | undefined {
    const first = this.#instants[0]
    if (first === undefined || this.shownAt(symbol, first).quantity === 0n) return first
    return this.#steps.get(symbol)?.find(({ quantity }) => quantity === 0n)?.at
  }

  /** The last snapshot that showed a symbol. */
  lastShown(symbol: string): EpochMs | undefined {
    const steps = this.#steps.get(symbol) ?? []
    const last = steps.findLastIndex(({ quantity }) => quantity !== 0n)
    if (last < 0) return undefined
    const goneAt = steps[last + 1]?.at ?? Number.POSITIVE_INFINITY
    return this.#instants[this.indexAt(goneAt - 1)]
  }

  symbols(): Iterable<string> {
    return this.#steps.keys()
  }

  /** Takes a snapshot in, instead of one of the same instant. */
  put({ at, positions }: PositionSnapshotFact): void {
    const index = this.indexAt(at)
    const isNewest = index === this.#instants.length - 1 && this.#instants[index] !== at
    if (this.#instants[index] !== at) this.#instants.splice(index + 1, 0, at)
    if (isNewest && this.#isShownAgain(positions)) {
      for (const { symbol, qty, avgEntryPrice } of positions) this.#append(symbol, at, qty, avgEntryPrice)
      return
    }
    const shown = new Map(
      positions.flatMap(({ symbol, qty, avgEntryPrice }) =>
        qty === 0n ? [] : [[symbol, { quantity: qty, avgEntryPrice }] as const],
      ),
    )
    if (isNewest) {
      for (const [symbol, { quantity, avgEntryPrice }] of shown) this.#append(symbol, at, quantity, avgEntryPrice)
      for (const symbol of this.#shown) if (!shown.has(symbol)) this.#append(symbol, at, 0n, undefined)
      this.#shown = [...shown.keys()]
      return
    }
    for (const symbol of new Set([...this.#steps.keys(), ...shown.keys()]))
      this.#rewrite(symbol, at, shown.get(symbol) ?? NOTHING_SHOWN)
    this.#lookAgain()
  }

  /** Forgets the snapshot of an instant; false when there was none. */
  remove(at: EpochMs): boolean {
    const index = this.indexAt(at)
    if (this.#instants[index] !== at) return false
    for (const symbol of this.#steps.keys()) this.#rewrite(symbol, at, this.shownAt(symbol, at - 1))
    this.#instants.splice(index, 1)
    this.#lookAgain()
    return true
  }

  /** Most snapshots show the symbols of the one before, each once. */
  #isShownAgain(positions: PositionSnapshotFact['positions']): boolean {
    if (positions.length !== this.#shown.length) return false
    return positions.every(({ symbol, qty }, index) => qty !== 0n && symbol === this.#shown[index])
  }

  #append(symbol: string, at: EpochMs, quantity: QuantityE9, avgEntryPrice: PriceE8 | undefined): void {
    const known = this.#steps.get(symbol)
    const steps = known ?? []
    if (known === undefined) this.#steps.set(symbol, steps)
    const last = steps[steps.length - 1] ?? NOTHING_SHOWN
    if (last.quantity !== quantity || last.avgEntryPrice !== avgEntryPrice) steps.push({ at, quantity, avgEntryPrice })
  }

  /** Says something else at one snapshot and leaves what the next one shows as it was. */
  #rewrite(symbol: string, at: EpochMs, now: Shown): void {
    const next = this.#instants[this.indexAt(at) + 1]
    const atNext = next === undefined ? undefined : this.shownAt(symbol, next)
    const steps = (this.#steps.get(symbol) ?? []).filter((step) => step.at !== at && step.at !== next)
    this.#steps.set(symbol, steps)
    this.#insert(steps, at, now)
    if (next !== undefined && atNext !== undefined) this.#insert(steps, next, atNext)
  }

  #insert(steps: Step[], at: EpochMs, now: Shown): void {
    const index = lastDatedAtOrBefore(steps, at)
    if (!isSame(steps[index] ?? NOTHING_SHOWN, now))
      steps.splice(index + 1, 0, { quantity: now.quantity, avgEntryPrice: now.avgEntryPrice, at })
  }

  #lookAgain(): void {
    this.#shown = [...this.#steps].flatMap(([symbol, steps]) => ((steps.at(-1)?.quantity ?? 0n) === 0n ? [] : symbol))
  }
}

function isSame(a: Shown, b: Shown): boolean {
  return a.quantity === b.quantity && a.avgEntryPrice === b.avgEntryPrice
}
