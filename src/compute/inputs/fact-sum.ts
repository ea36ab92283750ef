import type { Fact } from '../../domain/facts.js'
import { type Digest, minus, plus, termOfFact } from './digest.js'

/** The digest of facts that come, are replaced and vanish. */
export class FactSum {
  #digest: Digest = 0n

  get digest(): Digest {
    return this.#digest
  }

  /** What facts come to that are not told themselves, or 0 less them where they are told after all. */
  add(digest: Digest): void {
    this.#digest = plus(this.#digest, digest)
  }

  /** One fact instead of another; undefined on either side where there is none. */
  replace(before: Fact | undefined, now: Fact | undefined): void {
    if (before !== undefined && isInput(before)) this.#digest = minus(this.#digest, termOfFact(before))
    if (now !== undefined && isInput(now)) this.#digest = plus(this.#digest, termOfFact(now))
  }
}

/** A fill of nothing that cost nothing only takes back what was thought before. */
function isInput(fact: Fact): boolean {
  return fact.fact !== 'fill' || fact.qty !== 0n || fact.costs !== undefined
}
