import type { EpochMs } from '../../domain/time.js'
import { insertAt, lastAtOrBefore } from '../../lib/sorted-search.js'

/** A multiset of instants that answers "did anything happen in (from, to]?" without walking it. */
export class InstantSet {
  readonly #ats: EpochMs[] = []

  add(at: EpochMs): void {
    insertAt(this.#ats, lastAtOrBefore(this.#ats, at, this.#ats.length) + 1, at)
  }

  /** Takes one occurrence away; an instant that is not there is left alone. */
  remove(at: EpochMs): void {
    const index = lastAtOrBefore(this.#ats, at, this.#ats.length)
    if (this.#ats[index] === at) this.#ats.splice(index, 1)
  }

  /** Forgets everything before an instant. */
  dropBefore(oldest: EpochMs): void {
    this.#ats.splice(0, lastAtOrBefore(this.#ats, oldest - 1, this.#ats.length) + 1)
  }

  /** Ascending; what is added later shows in it. */
  get instants(): readonly EpochMs[] {
    return this.#ats
  }

  get size(): number {
    return this.#ats.length
  }

  hasIn(from: EpochMs, to: EpochMs): boolean {
    return this.countIn(from, to) > 0
  }

  countIn(from: EpochMs, to: EpochMs): number {
    return Math.max(
      0,
      lastAtOrBefore(this.#ats, to, this.#ats.length) - lastAtOrBefore(this.#ats, from, this.#ats.length),
    )
  }

  /** The first instant after `at`; Infinity when nothing follows. */
  nextAfter(at: EpochMs): EpochMs {
    return this.#ats[lastAtOrBefore(this.#ats, at, this.#ats.length) + 1] ?? Number.POSITIVE_INFINITY
  }

  lastAtOrBefore(at: EpochMs): EpochMs | undefined {
    return this.#ats[lastAtOrBefore(this.#ats, at, this.#ats.length)]
  }

  get first(): EpochMs | undefined {
    return this.#ats[0]
  }
}
