import { setTimeout as timeout } from 'node:timers/promises'

/** Waits, or returns early when the signal aborts. */
export type Sleep = (durationMs: number, signal: AbortSignal) => Promise<void>

export const realSleep: Sleep = async (durationMs, signal) => {
  await timeout(durationMs, undefined, { signal }).catch(() => undefined)
}

export interface LoopOptions {
  readonly periodMs: number
  /** One round; a rejection is told to onError and the loop goes on, after a back-off. */
  readonly run: (signal: AbortSignal) => Promise<void>
  readonly onError: (error: unknown) => void
  /** Told how late a round was when it took longer than its period. */
  readonly onOverrun?: (lateMs: number) => void
  readonly sleep?: Sleep
  readonly nowMs?: () => number
  readonly random?: () => number
}

const LONGEST_BACKOFF_MS = 10_000

/**
 * Runs one round a period, on whole multiples of the period, one at a time. A round that takes longer skips the beats
 * it missed instead of running them late. After failures it waits longer, with jitter, up to ten seconds.
 */
export class Loop {
  readonly #abort = new AbortController()
  readonly #options: LoopOptions
  #running: Promise<void> | undefined
  #failures = 0

  constructor(options: LoopOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#go()
  }

  /** Ends the loop; resolves when the round under way has ended. Idempotent. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  async #go(): Promise<void> {
    const { periodMs, run, onError, onOverrun, sleep = realSleep, nowMs = Date.now } = this.#options
    const { signal } = this.#abort
    while (!signal.aborted) {
      await sleep(this.#failures > 0 ? this.#backoffMs() : periodMs - (nowMs() % periodMs), signal)
      if (signal.aborted) return
      const startedMs = nowMs()
      try {
        await run(signal)
        this.#failures = 0
      } catch (error) {
        if (signal.aborted) return
        this.#failures += 1
        onError(error)
      }
      const lateMs = nowMs() - startedMs - periodMs
      if (lateMs > 0) onOverrun?.(lateMs)
    }
  }

  #backoffMs(): number {
    const { periodMs, random = Math.random } = this.#options
    const longest = Math.max(periodMs, LONGEST_BACKOFF_MS)
    return Math.min(longest, periodMs * 2 ** Math.min(this.#failures, 10)) * (0.5 + random() / 2)
  }
}
