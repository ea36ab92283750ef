import type { PriceE8 } from '../../domain/exact.js'
import { latestOf } from '../../domain/revisions.js'
import type { EpochMs } from '../../domain/time.js'

const INITIAL_CAPACITY = 256

/** Prices in the order in which they begin to count. */
export interface PriceTimeline {
  readonly length: number
  /** From when on each counts: it has happened, and it is known. */
  readonly countsFrom: Float64Array
  readonly ats: Float64Array
  readonly prices: BigInt64Array
}

/**
 * All that was told of one symbol's prices in one feed, in typed arrays: 16 bytes a price, and more only where a price
 * was known at another time than its own or has a revision.
 */
export class PriceTellings {
  #ats = new Float64Array(INITIAL_CAPACITY)
  #prices = new BigInt64Array(INITIAL_CAPACITY)
  #knownAts: Float64Array | undefined
  readonly #revisions = new Map<number, string | number>()
  #length = 0
  #isAscending = true

  add(at: EpochMs, priceE8: PriceE8, knownAt: EpochMs | undefined, revision: string | number | undefined): void {
    const index = this.#length
    if (index === this.#ats.length) this.#grow()
    if (index > 0 && at <= (this.#ats[index - 1] ?? 0)) this.#isAscending = false
    this.#ats[index] = at
    this.#prices[index] = priceE8
    if (knownAt !== undefined && knownAt !== at && this.#knownAts === undefined) {
      this.#knownAts = new Float64Array(this.#ats.length)
      this.#knownAts.set(this.#ats)
    }
    if (this.#knownAts !== undefined) this.#knownAts[index] = knownAt ?? at
    if (revision !== undefined) this.#revisions.set(index, revision)
    this.#length += 1
  }

  /** What counts when: all of it known from the start (undefined), or as it was known, up to an instant of knowing. */
  timeline(knownBy: EpochMs | undefined): PriceTimeline {
    const length = this.#length
    if (knownBy === undefined && this.#isAscending) {
      const ats = this.#ats.subarray(0, length)
      return { length, countsFrom: ats, ats, prices: this.#prices.subarray(0, length) }
    }
    const countsFrom = (index: number) =>
      knownBy === undefined ? this.#at(index) : Math.max(this.#at(index), this.#knownAt(index))
    const kept = this.#standing(knownBy, countsFrom)
    kept.sort((a, b) => countsFrom(a) - countsFrom(b) || this.#at(a) - this.#at(b))
    return {
      length: kept.length,
      countsFrom: Float64Array.from(kept, countsFrom),
      ats: Float64Array.from(kept, (index) => this.#at(index)),
      prices: BigInt64Array.from(kept, (index) => this.#prices[index] ?? 0n),
    }
  }

  /** The tellings that stand for some time: of several of one instant each until a later one counts. */
  #standing(knownBy: EpochMs | undefined, countsFrom: (index: number) => EpochMs): number[] {
    const byAt = Array.from({ length: this.#length }, (_, index) => index).filter(
      (index) => knownBy === undefined || this.#knownAt(index) <= knownBy,
    )
    if (!this.#isAscending) byAt.sort((a, b) => this.#at(a) - this.#at(b))
    const kept: number[] = []
    for (let start = 0; start < byAt.length; ) {
      let end = start + 1
      while (end < byAt.length && this.#at(byAt[end] ?? 0) === this.#at(byAt[start] ?? 0)) end += 1
      if (end === start + 1) kept.push(byAt[start] ?? 0)
      else kept.push(...this.#standingOf(byAt.slice(start, end), countsFrom))
      start = end
    }
    return kept
  }

  #standingOf(tellings: readonly number[], countsFrom: (index: number) => EpochMs): number[] {
    const kept: number[] = []
    const starts = [...new Set(tellings.map(countsFrom))].sort((a, b) => a - b)
    for (const start of starts) {
      const latest = latestOf(
        tellings.filter((index) => countsFrom(index) <= start),
        (index) => ({ revision: this.#revisions.get(index), knownAt: this.#knownAt(index) }),
        (index) => this.#prices[index] ?? 0n,
      )
      if (latest !== undefined && countsFrom(latest) === start) kept.push(latest)
    }
    return kept
  }

  #at(index: number): EpochMs {
    return this.#ats[index] ?? 0
  }

  #knownAt(index: number): EpochMs {
    return this.#knownAts?.[index] ?? this.#at(index)
  }

  #grow(): void {
    const ats = new Float64Array(this.#length * 2)
    const prices = new BigInt64Array(ats.length)
    ats.set(this.#ats)
    prices.set(this.#prices)
    this.#ats = ats
    this.#prices = prices
    if (this.#knownAts === undefined) return
    const knownAts = new Float64Array(ats.length)
    knownAts.set(this.#knownAts)
    this.#knownAts = knownAts
  }
}
