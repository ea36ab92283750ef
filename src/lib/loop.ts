import { setTimeout as timeout } from 'node:timers/promises'
import { Backoff } from './backoff.js'

/** Waits, or returns early when the signal aborts. */
export type Sleep = (durationMs: number, signal: AbortSignal) => Promise<void>

export const realSleep: Sleep = async (durationMs, signal) => {
  await timeout(durationMs, undefined, { signal }).catch(() => undefined)
}

export interface LoopOptions {
  readonly periodMs: number
  /** One round; a rejection is told to onError, with how long it took, and the loop goes on, after a back-off. */
  readonly run: (signal: AbortSignal) => Promise<void>
  readonly onError: (error: unknown, tookMs: number) => void
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
  readonly #backoff: Backoff
  #running: Promise<void> | undefined

  constructor(options: LoopOptions) {
    this.#options = options
    const { periodMs, random } = options
    const longestMs = Math.max(periodMs, LONGEST_BACKOFF_MS)
    this.#backoff = new Backoff({ firstMs: 2 * periodMs, longestMs, ...(random === undefined ? {} : { random }) })
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
    let backoffMs: number | undefined
    while (!signal.aborted) {
      await sleep(backoffMs ?? periodMs - (nowMs() % periodMs), signal)
      if (signal.aborted) return
      const startedMs = nowMs()
      try {
        await run(signal)
        this.#backoff.reset()
        backoffMs = undefined
      } catch (error) {
        if (signal.aborted) return
        backoffMs = this.#backoff.next()
        onError(error, nowMs() - startedMs)
      }
      const lateMs = nowMs() - startedMs - periodMs
      if (lateMs > 0) onOverrun?.(lateMs)
    }
  }
}
