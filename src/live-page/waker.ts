/** Waits that can be cut short: when the network is back, when somebody looks at the page again, or asks for it. */
export class Waker {
  #wake: (() => void) | undefined
  #untilMs = 0

  constructor() {
    addEventListener('online', () => this.wake())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.wake()
    })
  }

  /** What is left of the wait under way, in milliseconds; 0 without one. */
  leftMs(nowMs: number): number {
    return this.#wake === undefined ? 0 : Math.max(0, this.#untilMs - nowMs)
  }

  wake(): void {
    this.#wake?.()
  }

  readonly wait = (durationMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      this.#untilMs = performance.now() + durationMs
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        if (this.#wake === done) this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(done, durationMs)
      signal.addEventListener('abort', done)
      this.#wake = done
    })
}
