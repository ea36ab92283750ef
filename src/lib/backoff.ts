export interface BackoffOptions {
  /** The wait after the first failure, before jitter. */
  readonly firstMs: number
  readonly longestMs: number
  /** From 0 to 1; tests give their own. */
  readonly random?: () => number
}

/**
 * How long to wait before the next attempt: twice as long after each failure in a row, up to a limit, and of that a random
 * part between half and all, so that many who lost the same server do not come back to it at once.
 */
export class Backoff {
  readonly #options: BackoffOptions
  #failures = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** The wait after one more failure, in milliseconds. */
  next(): number {
    const { firstMs, longestMs, random = Math.random } = this.#options
    const waitMs = Math.min(longestMs, firstMs * 2 ** Math.min(this.#failures, 30))
    this.#failures += 1
    return waitMs * (0.5 + random() / 2)
  }

  /** An attempt went well. */
  reset(): void {
    this.#failures = 0
  }
}
