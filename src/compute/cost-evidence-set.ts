import type { EpochMs } from '../domain/time.js'
import { InstantSet } from './accumulators/instant-set.js'

/** From when on orders and fees are evidence that an account has a source of costs; the first of them is what counts. */
export class CostEvidenceSet {
  readonly #instants = new InstantSet()
  readonly #known = new Map<string, EpochMs>()

  /** Takes up what one order or fee says now; undefined when it says nothing any more. */
  set(id: string, from: EpochMs | undefined): void {
    const before = this.#known.get(id)
    if (before !== undefined) this.#instants.remove(before)
    this.#known.delete(id)
    if (from === undefined) return
    this.#instants.add(from)
    this.#known.set(id, from)
  }

  /** From when on one order or fee is evidence; undefined when it is none. */
  of(id: string): EpochMs | undefined {
    return this.#known.get(id)
  }

  /** Infinity when there is none. */
  get first(): EpochMs {
    return this.#instants.first ?? Number.POSITIVE_INFINITY
  }
}
