/** Keeps work that is wanted again and again below a share of the time, so that what waits for it to end has some too. */
export class TimeShare {
  readonly #share: number
  readonly #leastMs: number
  #nextMs = Number.NEGATIVE_INFINITY

  /**
   * @param share above 0, at most 1
   * @param leastMs from one beginning to the next at least
   */
  constructor(share: number, leastMs = 0) {
    this.#share = share
    this.#leastMs = leastMs
  }

  /** Whether it may begin, by a clock that never jumps. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextMs
  }

  /** It took so long. */
  spent(fromMs: number, toMs: number): void {
    this.#nextMs = fromMs + Math.max(this.#leastMs, (toMs - fromMs) / this.#share)
  }
}
