import type { Tier } from '../domain/metric.js'
import type { StageHealth } from '../domain/ports.js'
import type { EpochMs } from '../domain/time.js'
import { StageStatus } from './stage-status.js'

/** The stages `compute:<tier>`: one tick computes all tiers that are due at its T. */
export class ComputeStages {
  readonly #stages: readonly { readonly tier: Tier; readonly periodMs: number; readonly status: StageStatus }[]

  /** Periods in milliseconds of T; a clock that runs faster passes several between two ticks. */
  constructor(tiers: readonly Tier[], periodsMs: Readonly<Record<Tier, number>>, speed: number) {
    this.#stages = tiers.map((tier) => {
      const periodMs = periodsMs[tier]
      return { tier, periodMs, status: new StageStatus(`compute:${tier}`, periodMs * speed) }
    })
  }

  /** A tick at `at` is through, the first after the one at `before`; the tiers that were due. */
  succeeded(at: EpochMs, before: EpochMs): readonly Tier[] {
    const due = this.#due(at, before)
    for (const { status } of due) status.succeeded(at)
    return due.map(({ tier }) => tier)
  }

  /** A tick at `at` came to nothing, the last one that did not being at `before`. True when an outage begins. */
  failed(at: EpochMs, before: EpochMs, code: string): boolean {
    const due = this.#due(at, before)
    // Between two ticks it is the fastest tier whose frame is missing.
    const concerned = due.length > 0 ? due : this.#stages.slice(0, 1)
    return concerned.map(({ status }) => status.failed(at, code)).includes(true)
  }

  health(now: EpochMs, maxStalenessMs: number, lastFrameSeq: number | null): StageHealth[] {
    return this.#stages.map(({ status }) => status.health(now, maxStalenessMs, lastFrameSeq))
  }

  #due(at: EpochMs, before: EpochMs) {
    return this.#stages.filter(({ periodMs }) => Math.floor(at / periodMs) > Math.floor(before / periodMs))
  }
}
