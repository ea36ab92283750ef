import type { SourceName, StageHealth } from '../domain/ports.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'

/** What is remembered of a stage: its last success and its last failure. */
export class StageStatus {
  #lastSuccessAt: EpochMs | undefined
  #lastErrorAt: EpochMs | undefined
  #lastErrorCode: string | undefined
  #errorsTotal = 0
  #up = false

  constructor(
    readonly stage: `ingest:${SourceName}` | `compute:${string}` | `materialize:${string}` | 'stream',
    /** How often the stage succeeds when all is well, in milliseconds of T. */
    readonly periodMs: number,
  ) {}

  get isUp(): boolean {
    return this.#up
  }

  get hasSucceeded(): boolean {
    return this.#lastSuccessAt !== undefined
  }

  /** True when this success ends an outage, or is the first. */
  succeeded(at: EpochMs): boolean {
    const changed = !this.#up
    this.#lastSuccessAt = at
    this.#up = true
    return changed
  }

  /** True when this failure begins an outage, or is the first. */
  failed(at: EpochMs, code: string): boolean {
    const changed = this.#up || this.#errorsTotal === 0
    this.erred(at, code)
    this.#up = false
    return changed
  }

  /** Something beside the stage's own round has failed: that is told, but the stage goes on. */
  erred(at: EpochMs, code: string): void {
    this.#lastErrorAt = at
    this.#lastErrorCode = code
    this.#errorsTotal += 1
  }

  /** Degraded when late by two periods or in error within a minute; failing when later than what counts as stale. */
  health(now: EpochMs, maxStalenessMs: number, lastFrameSeq: number | null): StageHealth {
    const lagMs = this.#lastSuccessAt === undefined ? undefined : Math.max(0, now - this.#lastSuccessAt)
    const isFailing = lagMs === undefined || lagMs > maxStalenessMs + this.periodMs
    const isDegraded =
      isFailing || lagMs > 2 * this.periodMs || (this.#lastErrorAt !== undefined && now - this.#lastErrorAt < MINUTE_MS)
    return {
      stage: this.stage,
      status: isFailing ? 'failing' : isDegraded ? 'degraded' : 'ok',
      lagSeconds: lagMs === undefined ? null : lagMs / 1000,
      lastSuccessAt: this.#lastSuccessAt ?? null,
      lastErrorAt: this.#lastErrorAt ?? null,
      lastErrorCode: this.#lastErrorCode ?? null,
      errorsTotal: this.#errorsTotal,
      lastFrameSeq,
    }
  }
}

/** A stage that is not configured. */
export function disabledStage(stage: string): StageHealth {
  return {
    stage,
    status: 'disabled',
    lagSeconds: null,
    lastSuccessAt: null,
    lastErrorAt: null,
    lastErrorCode: null,
    errorsTotal: 0,
    lastFrameSeq: null,
  }
}
