import type { EpochMs } from '../../domain/time.js'
import { insertAt, lastAtOrBefore } from '../accumulators/sorted-search.js'
import { type Digest, minus, plus } from './digest.js'

/** The digest of inputs of which there is one an instant. */
export class DatedTerms {
  readonly #ats: EpochMs[] = []
  readonly #terms: Digest[] = []
  #digest: Digest = 0n

  get digest(): Digest {
    return this.#digest
  }

  put(at: EpochMs, term: Digest): void {
    this.remove(at)
    const index = this.#indexAt(at) + 1
    insertAt(this.#ats, index, at)
    insertAt(this.#terms, index, term)
    this.#digest = plus(this.#digest, term)
  }

  remove(at: EpochMs): void {
    const index = this.#indexAt(at)
    if (this.#ats[index] !== at) return
    this.#digest = minus(this.#digest, this.#terms[index] ?? 0n)
    this.#ats.splice(index, 1)
    this.#terms.splice(index, 1)
  }

  #indexAt(at: EpochMs): number {
    return lastAtOrBefore(this.#ats, at, this.#ats.length)
  }
}
