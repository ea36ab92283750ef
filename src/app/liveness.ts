import { MINUTE_MS } from '../domain/time.js'

/**
 * Whether the process still does its work: what /healthz answers.
 *
 * Counted on a monotonic clock. T stands still while the machine's clock is behind it, and no tick completes then; a
 * probe on that same clock would call this alive for as long as it lasts.
 */
export class Liveness {
  readonly #monotonicMs: () => number
  #beatAt: number

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs
    this.#beatAt = monotonicMs()
  }

  /** A tick has completed, or a step of reading the history. */
  beat(): void {
    this.#beatAt = this.#monotonicMs()
  }

  /** False when nothing has completed for a minute. */
  get isAlive(): boolean {
    return this.#monotonicMs() - this.#beatAt < MINUTE_MS
  }
}
