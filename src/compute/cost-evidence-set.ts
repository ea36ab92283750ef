import type { EpochMs } from '../domain/time.js'
import { InstantSet } from './accumulators/instant-set.js'

/** What names a cost. */
export type CostTeller = 'order' | 'flow'

/** From when on orders and fees are evidence that an account has a source of costs; the first of them is what counts. */
export class CostEvidenceSet {
  readonly #instants = new InstantSet()
  readonly #known: Readonly<Record<CostTeller, Map<string, EpochMs>>> = { order: new Map(), flow: new Map() }

  /** Takes up what one order or fee says now; undefined when it says nothing any more. */
  set(teller: CostTeller, id: string, from: EpochMs | undefined): void {
    const known = this.#known[teller]
    const before = known.get(id)
    if (before === from) return
    if (before !== undefined) {
      this.#instants.remove(before)
      known.delete(id)
    }
    if (from === undefined) return
    this.#instants.add(from)
    known.set(id, from)
  }

  /** Infinity when there is none. */
  get first(): EpochMs {
    return this.#instants.first ?? Number.POSITIVE_INFINITY
  }
}
