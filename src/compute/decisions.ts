import type { PriceE8 } from '../domain/exact.js'
import type { DecisionFact } from '../domain/facts.js'
import type { EpochMs } from '../domain/time.js'
import { partitionPoint } from '../lib/sorted-search.js'
import { InstantSet } from './accumulators/instant-set.js'
import { compareText } from './fills.js'
import { type Digest, minus, plus, termOfFact } from './inputs/digest.js'

/** A decision that was reviewed, and what the review said of the context that it saw. */
export interface Review {
  readonly decisionId: string
  readonly decidedAt: EpochMs
  readonly reviewedAt: EpochMs
  readonly contextFreshnessSeconds: number | undefined
  readonly contextQuality: number | undefined
  readonly confidence: number | undefined
}

interface Decision {
  readonly at: EpochMs
  readonly price: PriceE8 | undefined
  readonly isBrokerReject: boolean
  readonly symbol: string
  readonly status: string
  readonly isVetoed: boolean
  readonly review: Review | undefined
  readonly term: Digest
}

/** What counts of a decision, by its id. */
export interface NamedDecision extends Pick<Decision, 'at' | 'symbol' | 'status' | 'isVetoed' | 'isBrokerReject'> {
  readonly decisionId: string
}

/**
 * What one book decided, as timelines: how many decisions and vetoes fall into a window, which symbols they were about,
 * which review is the newest.
 *
 * A decision is replaced as a whole by its latest revision: its status counts from its own time, since nothing dates it.
 */
export class Decisions {
  readonly made = new InstantSet()
  readonly vetoed = new InstantSet()
  readonly #known = new Map<string, Decision>()
  #digest: Digest = 0n
  readonly #bySymbol = new Map<string, InstantSet>()
  /** By (reviewed at, decision id). */
  readonly #reviews: Review[] = []
  readonly #onChange: (decisionId: string) => void

  /** `onChange` is told of each decision that comes, changes or goes. */
  constructor(onChange: (decisionId: string) => void = () => undefined) {
    this.#onChange = onChange
  }

  /** Applies the latest revision of a decision; false when it says nothing new. */
  apply(fact: DecisionFact): boolean {
    const before = this.#known.get(fact.decisionId)
    const term = termOfFact(fact)
    if (before !== undefined && before.term === term) return false
    const { at, symbol, price, status } = fact
    const standing = { isVetoed: isVetoed(fact), isBrokerReject: isBrokerReject(fact), review: reviewOf(fact) }
    const decision = { at, symbol, price, status, term, ...standing }
    if (before !== undefined) this.#remove(before)
    this.#known.set(fact.decisionId, decision)
    this.#add(decision)
    this.#onChange(fact.decisionId)
    return true
  }

  /** Forgets a decision that its source has no more. */
  remove(decisionId: string): void {
    const decision = this.#known.get(decisionId)
    if (decision === undefined) return
    this.#known.delete(decisionId)
    this.#remove(decision)
    this.#onChange(decisionId)
  }

  /** Forgets what was decided up to an instant that no window reaches: a process that starts now does not read it. */
  expire(oldest: EpochMs): void {
    if ((this.made.first ?? Number.POSITIVE_INFINITY) > oldest) return
    for (const [decisionId, { at }] of this.#known) if (at <= oldest) this.remove(decisionId)
  }

  get isEmpty(): boolean {
    return this.#known.size === 0
  }

  get digest(): Digest {
    return this.#digest
  }

  /** What an order rests on that was made of a decision. */
  find(decisionId: string): Pick<Decision, 'at' | 'price' | 'isBrokerReject'> | undefined {
    return this.#known.get(decisionId)
  }

  at(decisionId: string): EpochMs | undefined {
    return this.#known.get(decisionId)?.at
  }

  /** Those of (from, to], with their ids, for who looks at them one by one. */
  madeIn(from: EpochMs, to: EpochMs): NamedDecision[] {
    return [...this.#known].flatMap(([decisionId, decision]) =>
      decision.at > from && decision.at <= to ? { decisionId, ...decision } : [],
    )
  }

  symbolsIn(from: EpochMs, to: EpochMs): string[] {
    return [...this.#bySymbol].filter(([, instants]) => instants.hasIn(from, to)).map(([symbol]) => symbol)
  }

  /** The newest review written up to `at`, of a decision made after `since`. */
  newestReview(since: EpochMs, at: EpochMs): Review | undefined {
    for (let index = this.#reviewIndexAt(at); index >= 0; index -= 1) {
      const review = this.#reviews[index]
      if (review === undefined || review.reviewedAt <= since) return undefined
      if (review.decidedAt > since) return review
    }
    return undefined
  }

  nextReviewAfter(at: EpochMs): EpochMs {
    return this.#reviews[this.#reviewIndexAt(at) + 1]?.reviewedAt ?? Number.POSITIVE_INFINITY
  }

  #add({ at, symbol, isVetoed: vetoed, review, term }: Decision): void {
    this.#digest = plus(this.#digest, term)
    this.made.add(at)
    if (vetoed) this.vetoed.add(at)
    const ofSymbol = this.#bySymbol.get(symbol) ?? new InstantSet()
    this.#bySymbol.set(symbol, ofSymbol)
    ofSymbol.add(at)
    if (review !== undefined) this.#reviews.splice(this.#placeOf(review), 0, review)
  }

  #remove({ at, symbol, isVetoed: vetoed, review, term }: Decision): void {
    this.#digest = minus(this.#digest, term)
    this.made.remove(at)
    if (vetoed) this.vetoed.remove(at)
    this.#bySymbol.get(symbol)?.remove(at)
    if (review !== undefined) this.#reviews.splice(this.#placeOf(review), 1)
  }

  #placeOf(review: Review): number {
    return partitionPoint(this.#reviews.length, (index) => {
      const other = this.#reviews[index]
      return other !== undefined && isBefore(other, review)
    })
  }

  #reviewIndexAt(at: EpochMs): number {
    return (
      partitionPoint(
        this.#reviews.length,
        (index) => (this.#reviews[index]?.reviewedAt ?? Number.POSITIVE_INFINITY) <= at,
      ) - 1
    )
  }
}

/**
 * Rejected or blocked for a reason that is not the broker's, or for none that anybody told.
 * Source: METRICS section 2, fine print 13 and 15.
 */
function isVetoed({ status, vetoReasons = [], brokerRejectReasons = [] }: DecisionFact): boolean {
  if (status !== 'rejected' && status !== 'blocked') return false
  return vetoReasons.length > 0 || brokerRejectReasons.length === 0
}

/** Refused by the broker, whatever else was held against it. */
function isBrokerReject({ status, brokerRejectReasons = [] }: DecisionFact): boolean {
  return status === 'rejected' && brokerRejectReasons.length > 0
}

function reviewOf(decision: DecisionFact): Review | undefined {
  const { decisionId, at, reviewedAt, contextFreshnessSeconds, contextQuality, confidence } = decision
  return reviewedAt === undefined
    ? undefined
    : { decisionId, decidedAt: at, reviewedAt, contextFreshnessSeconds, contextQuality, confidence }
}

function isBefore(a: Review, b: Review): boolean {
  return a.reviewedAt !== b.reviewedAt ? a.reviewedAt < b.reviewedAt : compareText(a.decisionId, b.decisionId) < 0
}
