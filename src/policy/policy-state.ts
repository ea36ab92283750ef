import type { ResolvedReason } from '../domain/alerts.js'
import { type EpochMs, SECOND_MS } from '../domain/time.js'
import { MIN_OPEN_SECONDS, NATURAL_CLEAR_SECONDS, type Policy } from './catalogue.js'
import { isBeyond, type Judgement } from './judgement.js'

/** What is known of an open breach. */
export interface OpenBreach {
  readonly openedAt: EpochMs
  /** True: it was there at the first tick that this process judged, and nobody remembers when it began. */
  readonly isRestart: boolean
}

export type StateChange =
  | { readonly kind: 'opened'; readonly breach: OpenBreach }
  | { readonly kind: 'closed'; readonly reason: ResolvedReason }
  | undefined

/**
 * How one policy stands in one book: counts frames, opens after so many in a row that breach, latches, and closes after as
 * many good ones. Frames of which nothing is known change neither count.
 */
export class PolicyState {
  readonly policy: Policy
  #limit: number
  /** The limit that the newest breach was beyond: another one may be why it ends. */
  #breachedLimit: number | undefined
  #breachFrames = 0
  #goodFrames = 0
  #breachingSince: EpochMs | undefined
  #nothingSince: EpochMs | undefined
  #open: OpenBreach | undefined
  #observed: number | undefined
  #hasValue = false
  #isEvaluable = true

  constructor(policy: Policy, limit: number) {
    this.policy = policy
    this.#limit = limit
  }

  get limit(): number {
    return this.#limit
  }

  set limit(limit: number) {
    this.#limit = limit
  }

  get open(): OpenBreach | undefined {
    return this.#open
  }

  /** The last value that was judged; undefined before the first, and once nothing has happened for a while. */
  get observed(): number | undefined {
    return this.#observed
  }

  /** Whether the metric had a value in the newest frame. */
  get hasValue(): boolean {
    return this.#hasValue
  }

  get breachFrames(): number {
    return this.#breachFrames
  }

  /** False while the data do not allow a judgement. */
  get isEvaluable(): boolean {
    return this.#isEvaluable
  }

  /** Goes on with a breach that was opened before. */
  resume(openedAt: EpochMs, limit: number): void {
    this.#open = { openedAt, isRestart: false }
    this.#breachedLimit = limit
  }

  /**
   * Counts one frame of an instant. `firstAt`: the first instant that this process judged, where nobody remembers what was
   * open before; a breach that is as old opens as of then.
   */
  step(judgement: Judgement, at: EpochMs, firstAt: EpochMs | undefined): StateChange {
    this.#isEvaluable = judgement.kind !== 'unknown'
    this.#hasValue = judgement.kind === 'value' || (judgement.kind === 'unknown' && judgement.hasValue)
    if (judgement.kind !== 'nothing_happened') this.#nothingSince = undefined
    switch (judgement.kind) {
      case 'unknown':
        return undefined
      case 'closed':
        return this.#reset('no_data')
      case 'nothing_happened':
        this.#nothingSince ??= at
        if (at - this.#nothingSince < NATURAL_CLEAR_SECONDS * SECOND_MS) return undefined
        this.#observed = undefined
        return this.#reset('no_data')
      case 'value':
        return this.#count(judgement, at, firstAt)
    }
  }

  /** Ends what is open: the policy no longer judges the book. */
  end(reason: ResolvedReason): StateChange {
    return this.#reset(reason)
  }

  #count(
    { observed, breaches, clears }: Judgement & { kind: 'value' },
    at: EpochMs,
    firstAt: EpochMs | undefined,
  ): StateChange {
    this.#observed = observed
    this.#goodFrames = clears ? this.#goodFrames + 1 : 0
    this.#breachFrames = breaches ? this.#breachFrames + 1 : 0
    if (!breaches) this.#breachingSince = undefined
    else {
      this.#breachingSince ??= at
      this.#breachedLimit = this.#limit
    }
    const { frames } = this.policy
    if (this.#open === undefined) {
      if (this.#breachFrames < frames) return undefined
      const isRestart = firstAt !== undefined && this.#breachingSince === firstAt
      this.#open = { openedAt: isRestart ? firstAt : at, isRestart }
      return { kind: 'opened', breach: this.#open }
    }
    const isOldEnough = at - this.#open.openedAt >= MIN_OPEN_SECONDS * SECOND_MS
    if (this.#goodFrames < frames || !isOldEnough) return undefined
    return this.#reset(this.#wouldStillBreach(observed) ? 'policy_changed' : 'recovered')
  }

  #wouldStillBreach(observed: number): boolean {
    const before = this.#breachedLimit
    return before !== undefined && before !== this.#limit && isBeyond(this.policy, before, observed)
  }

  #reset(reason: ResolvedReason): StateChange {
    this.#breachFrames = 0
    this.#goodFrames = 0
    this.#breachingSince = undefined
    if (this.#open === undefined) return undefined
    this.#open = undefined
    return { kind: 'closed', reason }
  }
}
