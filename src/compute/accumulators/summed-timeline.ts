import type { EpochMs } from '../../domain/time.js'
import { lastDatedAtOrBefore, partitionPoint } from '../../lib/sorted-search.js'
import { compareText } from '../fills.js'

/** Exact sums by name; counts are sums too. */
export type Sums<Name extends string> = Readonly<Record<Name, bigint>>

export interface SummedItem {
  readonly at: EpochMs
  /** Tells it from the others of its instant. */
  readonly id: string
}

/** Running sums are kept after so many items each: eight additions a read cost less than eight times the memory. */
const BLOCK = 8

/**
 * Dated items with running sums of what each adds, so that what lies in (from, to] is the difference of two, however
 * much that is. An item at the end is one step; a late one, or one that goes, has only what follows it added up again,
 * when somebody asks. All sums are exact, so the order of arrival does not matter.
 */
export class SummedTimeline<Item extends SummedItem, Name extends string> {
  readonly #nothing: Sums<Name>
  readonly #termsOf: (item: Item) => Sums<Name>
  readonly #items: Item[] = []
  /** What the items of the first block, the first two blocks and so on add up to. */
  #sums: Sums<Name>[] = []
  #revision = 0

  constructor(names: readonly Name[], termsOf: (item: Item) => Sums<Name>) {
    this.#nothing = noSums(names)
    this.#termsOf = termsOf
  }

  /** Counts changes other than items that come at the end: while it stays, what was at an index is there. */
  get revision(): number {
    return this.#revision
  }

  get length(): number {
    return this.#items.length
  }

  at(index: number): Item | undefined {
    return this.#items[index]
  }

  /** Index of the last item at or before an instant; −1 when there is none. */
  indexAt(at: EpochMs): number {
    return lastDatedAtOrBefore(this.#items, at)
  }

  add(item: Item): void {
    const index = this.#placeOf(item)
    if (index < this.#items.length) this.#changedFrom(index)
    this.#items.splice(index, 0, item)
  }

  /** Takes an item away; one that is not there is left alone. */
  remove(item: SummedItem): void {
    const index = this.#placeOf(item)
    const found = this.#items[index]
    if (found?.id !== item.id || found.at !== item.at) return
    this.#items.splice(index, 1)
    this.#changedFrom(index)
  }

  /** Keeps the first items only. */
  truncate(length: number): void {
    if (length >= this.#items.length) return
    this.#items.length = length
    this.#changedFrom(length)
  }

  /** What items add is another than it was. */
  recount(): void {
    this.#changedFrom(0)
  }

  /** What the items in (from, to] add up to. */
  between(from: EpochMs, to: EpochMs): Sums<Name> {
    const [first, last] = [this.indexAt(from) + 1, this.indexAt(to) + 1]
    if (last <= first) return this.#nothing
    if (last - first <= BLOCK) return this.#added(this.#nothing, first, last)
    return minusSums(this.#upTo(last), this.#upTo(first))
  }

  /** Of the first items. */
  #upTo(count: number): Sums<Name> {
    const blocks = Math.floor(count / BLOCK)
    for (let block = this.#sums.length; block < blocks; block += 1)
      this.#sums.push(this.#added(this.#sums[block - 1] ?? this.#nothing, block * BLOCK, (block + 1) * BLOCK))
    return this.#added(this.#sums[blocks - 1] ?? this.#nothing, blocks * BLOCK, count)
  }

  #added(base: Sums<Name>, first: number, end: number): Sums<Name> {
    let sums = base
    for (let index = first; index < end; index += 1) {
      const item = this.#items[index]
      if (item !== undefined) sums = plusSums(sums, this.#termsOf(item))
    }
    return sums
  }

  #placeOf({ at, id }: SummedItem): number {
    const last = this.#items.at(-1)
    if (last === undefined || last.at < at) return this.#items.length
    return partitionPoint(this.#items.length, (index) => {
      const item = this.#items[index]
      return item !== undefined && (item.at !== at ? item.at < at : compareText(item.id, id) < 0)
    })
  }

  #changedFrom(index: number): void {
    this.#revision += 1
    const blocks = Math.floor(index / BLOCK)
    if (this.#sums.length > blocks) this.#sums.length = blocks
  }
}

/** Sums of nothing. */
export function noSums<Name extends string>(names: readonly Name[]): Sums<Name> {
  return Object.fromEntries(names.map((name) => [name, 0n])) as Sums<Name>
}

/** Name by name. */
export function plusSums<Name extends string>(a: Sums<Name>, b: Sums<Name>): Sums<Name> {
  return combined(a, b, (x, y) => x + y)
}

function minusSums<Name extends string>(a: Sums<Name>, b: Sums<Name>): Sums<Name> {
  return combined(a, b, (x, y) => x - y)
}

/** Most terms of an item are 0 and leave what is there. */
function combined<Name extends string>(a: Sums<Name>, b: Sums<Name>, of: (x: bigint, y: bigint) => bigint): Sums<Name> {
  const result: Record<Name, bigint> = { ...a }
  for (const name in b) if (b[name] !== 0n) result[name] = of(a[name], b[name])
  return result
}
