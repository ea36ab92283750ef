import type { PriceE8 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { lastAtOrBefore } from '../../lib/sorted-search.js'
import { BlockTerms } from '../inputs/block-terms.js'
import type { Digest } from '../inputs/digest.js'
import type { InstantSet } from './instant-set.js'

export interface PricePoint {
  readonly at: EpochMs
  readonly priceE8: PriceE8
}

/** What adding a point did: `news` at the end, a `correction` of the past, or nothing new. */
export type PriceChange = 'news' | 'correction' | 'none'

const INITIAL_CAPACITY = 64
const BYTES_A_POINT = 16

/**
 * Prices of one symbol over time, one an instant, in typed arrays: 16 bytes a point.
 *
 * Points older than a boundary are thinned to the last one of each cell (a, b] of a fixed grid. Because whole cells are
 * thinned and the last point of a cell stays, "the last price at or before t" is the same as without thinning for every
 * t behind the boundary and for every t on the grid. A process that has run for weeks and one that has just read the
 * thinned history hold the same points.
 */
export class PriceSeries {
  #ats = new Float64Array(INITIAL_CAPACITY)
  #prices = new BigInt64Array(INITIAL_CAPACITY)
  #length = 0
  #thinnedLength = 0
  #pins: readonly EpochMs[] = []
  /** Of this symbol alone. */
  #ownPins: InstantSet | undefined
  readonly #terms: BlockTerms | undefined

  /** Empty, or with the points of another series. With a label, which tells it from all others, it keeps a digest of them. */
  constructor(
    readonly cellMs: number,
    { label, from }: { readonly label?: string; readonly from?: PriceSeries | undefined } = {},
  ) {
    this.#terms = label === undefined ? undefined : new BlockTerms(label)
    if (from === undefined) return
    this.#ats = from.#ats.slice()
    this.#prices = from.#prices.slice()
    this.#length = from.#length
    for (let index = 0; index < this.#length; index += 1) this.#terms?.appended(this.#ats[index] ?? 0)
  }

  /** The digest of the points up to T; 0 without a label. */
  digestUpTo(at: EpochMs): Digest {
    const newestAt = this.#ats[this.#length - 1]
    if (newestAt === undefined || this.#length === 0) return 0n
    return this.#terms?.upTo(at, newestAt, (from, to) => this.#bytesOf(from, to)) ?? 0n
  }

  get length(): number {
    return this.#length
  }

  add(at: EpochMs, priceE8: PriceE8): PriceChange {
    const index = lastAtOrBefore(this.#ats, at, this.#length)
    if (index >= 0 && this.#ats[index] === at) {
      if (this.#prices[index] === priceE8) return 'none'
      this.#prices[index] = priceE8
      this.#terms?.changed(at)
      return index === this.#length - 1 ? 'news' : 'correction'
    }
    this.#insert(index + 1, at, priceE8)
    if (index + 2 === this.#length) this.#terms?.appended(at)
    else this.#terms?.changed(at)
    return index + 2 === this.#length ? 'news' : 'correction'
  }

  at(index: number): PricePoint | undefined {
    const at = this.#ats[index]
    const priceE8 = this.#prices[index]
    return index < 0 || index >= this.#length || at === undefined || priceE8 === undefined ? undefined : { at, priceE8 }
  }

  indexAt(at: EpochMs): number {
    return lastAtOrBefore(this.#ats, at, this.#length)
  }

  latestAt(at: EpochMs): PricePoint | undefined {
    return this.at(this.indexAt(at))
  }

  nextAfter(at: EpochMs): EpochMs {
    const index = this.indexAt(at) + 1
    return index < this.#length ? (this.#ats[index] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  }

  /** Forgets the prices of instants that have none any more; true when there were any. */
  remove(instants: ReadonlySet<EpochMs>): boolean {
    let [oldest, newest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const at of instants) [oldest, newest] = [Math.min(oldest, at), Math.max(newest, at)]
    let read = this.indexAt(oldest - 1) + 1
    const end = this.indexAt(newest) + 1
    let kept = read
    for (; read < end; read += 1) {
      const at = this.#ats[read] ?? 0
      if (instants.has(at)) {
        this.#terms?.changed(at)
        continue
      }
      this.#ats[kept] = at
      this.#prices[kept] = this.#prices[read] ?? 0n
      kept += 1
    }
    if (kept === read) return false
    this.#ats.copyWithin(kept, read, this.#length)
    this.#prices.copyWithin(kept, read, this.#length)
    this.#length -= read - kept
    this.#thinnedLength = Math.min(this.#thinnedLength, kept)
    return true
  }

  /**
   * Keeps, of every cell that ends at or before `boundary`, the last point only; drops what is older than `oldest`.
   * A cell ends at a pin as well: pins are ascending instants at which the price stays exact, `own` those of this symbol
   * alone, from `changedFrom` on others than before. True when points went: what was read from them may read otherwise now.
   */
  thin(
    boundary: EpochMs,
    oldest: EpochMs,
    pins: readonly EpochMs[] = [],
    own?: { readonly instants: InstantSet; readonly changedFrom: EpochMs },
  ): boolean {
    const lengthBefore = this.#length
    if (!areSame(pins, this.#pins)) {
      // What a pin that has gone kept apart has to be thinned again.
      this.#pins = pins
      this.#thinnedLength = 0
    }
    this.#ownPins = own?.instants
    if (own !== undefined && Number.isFinite(own.changedFrom))
      this.#thinnedLength = Math.min(this.#thinnedLength, Math.max(0, this.indexAt(own.changedFrom - this.cellMs)))
    const next = this.#ats[this.#thinnedLength]
    if (this.#thinnedLength < this.#length && next !== undefined && this.#cellEnd(next) <= boundary)
      this.#thinCells(boundary)
    const expired = lastAtOrBefore(this.#ats, oldest - 1, this.#length) + 1
    if (expired > 0) this.#removeFirst(expired)
    return this.#length < lengthBefore
  }

  #thinCells(boundary: EpochMs): void {
    let kept = this.#thinnedLength > 0 ? this.#thinnedLength - 1 : 0
    let read = kept
    for (; read < this.#length; read += 1) {
      const at = this.#ats[read] ?? 0
      if (this.#cellEnd(at) > boundary) break
      const following = this.#ats[read + 1]
      const isLastOfCell = read + 1 === this.#length || following === undefined || !this.#areInOneCell(at, following)
      if (isLastOfCell) {
        this.#ats[kept] = at
        this.#prices[kept] = this.#prices[read] ?? 0n
        kept += 1
      } else this.#terms?.changed(at)
    }
    this.#ats.copyWithin(kept, read, this.#length)
    this.#prices.copyWithin(kept, read, this.#length)
    this.#length -= read - kept
    this.#thinnedLength = kept
  }

  #areInOneCell(at: EpochMs, following: EpochMs): boolean {
    if (this.#cellEnd(following) !== this.#cellEnd(at)) return false
    const pin = this.#pins[lastAtOrBefore(this.#pins, following - 1, this.#pins.length)]
    const own = this.#ownPins?.lastAtOrBefore(following - 1)
    return (pin === undefined || pin < at) && (own === undefined || own < at)
  }

  #cellEnd(at: EpochMs): EpochMs {
    return Math.ceil(at / this.cellMs) * this.cellMs
  }

  #insert(index: number, at: EpochMs, priceE8: PriceE8): void {
    if (this.#length === this.#ats.length) this.#grow()
    this.#ats.copyWithin(index + 1, index, this.#length)
    this.#prices.copyWithin(index + 1, index, this.#length)
    this.#ats[index] = at
    this.#prices[index] = priceE8
    this.#length += 1
    if (index < this.#thinnedLength) this.#thinnedLength = index
  }

  #removeFirst(count: number): void {
    for (let index = 0; index < count; index += 1) this.#terms?.changed(this.#ats[index] ?? 0)
    this.#ats.copyWithin(0, count, this.#length)
    this.#prices.copyWithin(0, count, this.#length)
    this.#length -= count
    this.#thinnedLength = Math.max(0, this.#thinnedLength - count)
  }

  #bytesOf(from: EpochMs, to: EpochMs): Uint8Array {
    const [first, end] = [this.indexAt(from) + 1, this.indexAt(to) + 1]
    const bytes = Buffer.alloc((end - first) * BYTES_A_POINT)
    for (let index = first; index < end; index += 1) {
      const offset = (index - first) * BYTES_A_POINT
      bytes.writeDoubleLE(this.#ats[index] ?? 0, offset)
      bytes.writeBigInt64LE(this.#prices[index] ?? 0n, offset + 8)
    }
    return bytes
  }

  #grow(): void {
    const ats = new Float64Array(this.#ats.length * 2)
    const prices = new BigInt64Array(ats.length)
    ats.set(this.#ats)
    prices.set(this.#prices)
    this.#ats = ats
    this.#prices = prices
  }
}

function areSame(a: readonly EpochMs[], b: readonly EpochMs[]): boolean {
  return a === b || (a.length === b.length && a.every((at, index) => at === b[index]))
}
