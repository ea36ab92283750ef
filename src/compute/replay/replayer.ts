import type { Fact } from '../../domain/facts.js'
import type { FrameSet } from '../../domain/frame.js'
import { TIERS, type Tier } from '../../domain/metric.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import type { Engine, Watermarks } from '../engine.js'
import { firstEventAt } from '../waiting-facts.js'
import { Knowledge } from './knowledge.js'
import type { PriceHistory } from './price-history.js'

export interface ReplayerOptions {
  /** Made for the first instant that is asked for. */
  readonly engine: Engine
  /** All tellings of all facts but bars and signals; any order, repeats allowed. */
  readonly facts: readonly Fact[]
  /** Undefined where prices are read from a source as they are asked for. */
  readonly prices: PriceHistory | undefined
  readonly periodsMs: Readonly<Record<Tier, number>>
  /** Undefined: everything is known. */
  readonly knownBy: EpochMs | undefined
  /** What the sources have answered by an instant. */
  readonly sourcesAt: (at: EpochMs) => Watermarks
}

/**
 * Facts and instants in, the frames of those instants out: the same engine as the live one, told the facts as they count.
 *
 * Where all is known, a fact is told in its latest revision when its first event comes. With an instant of knowing K, the
 * frame of T is what a live process could say. A slower tier rests on what has happened, and was known, by its own
 * instant, so the engine ticks at those instants first. Instants go forward only. The order of the facts given does not matter.
 * Source: METRICS section 6 and fine print 14.
 */
export class Replayer {
  readonly #options: ReplayerOptions
  readonly #knowledge: Knowledge
  /** Facts that are known and whose first event is still to come, by that event; told last first. */
  #coming: { readonly from: EpochMs; readonly fact: Fact }[] = []
  #tickedAt: EpochMs = Number.NEGATIVE_INFINITY

  constructor(options: ReplayerOptions) {
    this.#options = options
    this.#knowledge = new Knowledge(options.facts)
    options.prices?.settle(options.knownBy)
    if (options.knownBy !== undefined) return
    this.#coming = this.#knowledge
      .advanceTo(Number.POSITIVE_INFINITY)
      .filter(({ fact }) => fact !== 'retraction')
      .map((fact) => ({ fact, from: eventOf(fact) }))
    // Stable: of one instant they stay in the order of knowledge.
    this.#coming = this.#coming.reverse().sort((a, b) => b.from - a.from)
  }

  /** The instants at which the engine has to tick, in turn, so that the last tick is the frame of T. */
  instantsFor(at: EpochMs): EpochMs[] {
    const { periodsMs } = this.#options
    const ofTiers = TIERS.map((tier) => Math.floor(at / periodsMs[tier]) * periodsMs[tier])
    return [...new Set([...ofTiers, at])].filter((instant) => instant > this.#tickedAt).sort((a, b) => a - b)
  }

  /** Tells the engine what counts by an instant. */
  tell(at: EpochMs): void {
    const { engine, knownBy, prices } = this.#options
    engine.apply(knownBy === undefined ? this.#due(at) : this.#knowledge.advanceTo(Math.min(knownBy, at)))
    engine.advanceTo(at)
    prices?.tell(engine, engine.demand(), at)
  }

  /** The frames of an instant, once it has been told. */
  tick(at: EpochMs): FrameSet {
    this.#tickedAt = at
    return this.#options.engine.tick(at, this.#options.sourcesAt(at))
  }

  /** The frames of T, of facts alone. */
  framesAt(at: EpochMs): FrameSet {
    const [last, ...before] = this.instantsFor(at).reverse()
    for (const instant of before.reverse()) {
      this.tell(instant)
      this.tick(instant)
    }
    this.tell(last ?? at)
    return this.tick(last ?? at)
  }

  #due(at: EpochMs): Fact[] {
    const due: Fact[] = []
    for (let next = this.#coming.at(-1); next !== undefined && next.from <= at; next = this.#coming.at(-1)) {
      due.push(next.fact)
      this.#coming.pop()
    }
    return due
  }
}

function eventOf(fact: Fact): EpochMs {
  switch (fact.fact) {
    case 'watermark':
      return Number.NEGATIVE_INFINITY
    case 'feed_minutes':
      // The event was somewhere in the minute.
      return fact.at - MINUTE_MS + 1
    case 'bar':
    case 'signal':
      return fact.at
    default:
      return firstEventAt(fact)
  }
}
