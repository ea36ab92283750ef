import type { EpochMs } from '../../domain/time.js'
import { compareText } from '../fills.js'
import { lastDatedAtOrBefore, partitionPoint } from './sorted-search.js'

/** Exact sums by name; counts are sums too. */
export type Sums<Name extends string> = Readonly<Record<Name, bigint>>

export interface SummedItem {
  readonly at: EpochMs
  /** Tells it from the others of its instant. */
  readonly id: string
}

/**
 * Dated items with running sums of what each adds, so that what lies in (from, to] is the difference of two, however
 * much that is. An item at the end is one step; a late one, or one that goes, has only what follows it added up again,
 * when somebody asks. All sums are exact, so the order of arrival does not matter.
 */
export class SummedTimeline<Item extends SummedItem, Name extends string> {
  readonly #names: readonly Name[]
  readonly #nothing: Sums<Name>
  readonly #termsOf: (item: Item) => Sums<Name>
  readonly #items: Item[] = []
  /** What the items up to and with each add up to. */
  #sums: Sums<Name>[] = []

  constructor(names: readonly Name[], termsOf: (item: Item) => Sums<Name>) {
    this.#names = names
    this.#nothing = Object.fromEntries(names.map((name) => [name, 0n])) as Sums<Name>
    this.#termsOf = termsOf
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
    this.#items.splice(index, 0, item)
    this.#forgetSums(index)
  }

  /** Takes an item away; one that is not there is left alone. */
  remove(item: SummedItem): void {
    const index = this.#placeOf(item)
    if (this.#items[index]?.id !== item.id || this.#items[index]?.at !== item.at) return
    this.#items.splice(index, 1)
    this.#forgetSums(index)
  }

  /** Keeps the first items only. */
  truncate(length: number): void {
    this.#items.length = Math.min(length, this.#items.length)
    this.#forgetSums(length)
  }

  /** What an item adds is another than it was. */
  recount(): void {
    this.#sums = []
  }

  /** What the items in (from, to] add up to. */
  between(from: EpochMs, to: EpochMs): Sums<Name> {
    const [first, last] = [this.indexAt(from), this.indexAt(to)]
    return last <= first ? this.#nothing : this.#combined(this.#upTo(last), this.#upTo(first), (a, b) => a - b)
  }

  #upTo(last: number): Sums<Name> {
    for (let index = this.#sums.length; index <= last; index += 1) {
      const item = this.#items[index]
      if (item === undefined) break
      this.#sums.push(this.#combined(this.#sums[index - 1] ?? this.#nothing, this.#termsOf(item), (a, b) => a + b))
    }
    return this.#sums[last] ?? this.#nothing
  }

  #combined(a: Sums<Name>, b: Sums<Name>, combine: (a: bigint, b: bigint) => bigint): Sums<Name> {
    const result: Partial<Record<Name, bigint>> = {}
    for (const name of this.#names) result[name] = combine(a[name], b[name])
    return result as Sums<Name>
  }

  #placeOf({ at, id }: SummedItem): number {
    return partitionPoint(this.#items.length, (index) => {
      const item = this.#items[index]
      return item !== undefined && (item.at !== at ? item.at < at : compareText(item.id, id) < 0)
    })
  }

  #forgetSums(from: number): void {
    if (this.#sums.length > from) this.#sums.length = from
  }
}

/** The sum of several, name by name. */
export function plusSums<Name extends string>(a: Sums<Name>, b: Sums<Name>): Sums<Name> {
  const result: Partial<Record<Name, bigint>> = {}
  for (const name of Object.keys(a) as Name[]) result[name] = a[name] + b[name]
  return result as Sums<Name>
}
