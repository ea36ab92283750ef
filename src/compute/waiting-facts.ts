import type { Fact } from '../domain/facts.js'
import { identityOf } from '../domain/identity.js'
import type { EpochMs } from '../domain/time.js'

/** What books and accounts are made of; prices belong to the market. */
export type BookFact = Exclude<Fact, { fact: 'bar' | 'signal' | 'feed_minutes' | 'watermark' }>

/** Facts whose first event lies after T. Of two revisions of one fact only the newer waits, or neither if it is due. */
export class WaitingFacts {
  readonly #facts = new Map<string, BookFact>()

  /** Takes a fact in if it has to wait; false when it is due. Either way an older revision waits no longer. */
  waits(fact: BookFact, now: EpochMs): boolean {
    const isDue = firstEventAt(fact) <= now
    if (isDue && this.#facts.size === 0) return false
    const identity = identityOf(fact)
    this.#facts.delete(identity)
    if (isDue) return false
    this.#facts.set(identity, fact)
    return true
  }

  /** Hands over the facts whose time has come, in the order in which they came. */
  takeDue(now: EpochMs): BookFact[] {
    const due: BookFact[] = []
    for (const [identity, fact] of this.#facts) {
      if (firstEventAt(fact) > now) continue
      this.#facts.delete(identity)
      due.push(fact)
    }
    return due
  }
}

/** The instant from which on a fact says anything; descriptions say something always. */
export function firstEventAt(fact: BookFact): EpochMs {
  switch (fact.fact) {
    case 'execution':
      return fact.submittedAt
    case 'strategy':
    case 'instrument':
    case 'retraction':
      return Number.NEGATIVE_INFINITY
    default:
      return fact.at
  }
}
