import type { EpochMs } from '../../domain/time.js'
import { insertAt, lastAtOrBefore } from '../../lib/sorted-search.js'
import { type Digest, minus, plus } from './digest.js'

/** The digest of inputs of which there is one an instant. */
export class DatedTerms {
  readonly #ats: EpochMs[] = []
  readonly #terms: Digest[] = []
  #digest: Digest = 0n
  /** What was asked for last, while nothing before it changes. */
  #past: { readonly at: EpochMs; readonly digest: Digest } | undefined

  get digest(): Digest {
    return this.#digest
  }

  /** Of the inputs up to an instant. */
  upTo(at: EpochMs): Digest {
    if (this.#past?.at !== at) {
      const digest = this.#terms.slice(0, this.#indexAt(at) + 1).reduce(plus, 0n)
      this.#past = { at, digest }
    }
    return this.#past.digest
  }

  put(at: EpochMs, term: Digest): void {
    this.remove(at)
    const index = this.#indexAt(at) + 1
    insertAt(this.#ats, index, at)
    insertAt(this.#terms, index, term)
    this.#changed(at)
    this.#digest = plus(this.#digest, term)
  }

  remove(at: EpochMs): void {
    const index = this.#indexAt(at)
    if (this.#ats[index] !== at) return
    this.#digest = minus(this.#digest, this.#terms[index] ?? 0n)
    this.#ats.splice(index, 1)
    this.#terms.splice(index, 1)
    this.#changed(at)
  }

  #changed(at: EpochMs): void {
    if (this.#past !== undefined && at <= this.#past.at) this.#past = undefined
  }

  #indexAt(at: EpochMs): number {
    return lastAtOrBefore(this.#ats, at, this.#ats.length)
  }
}
