import type { SourceName } from '../domain/ports.js'
import { type Clock, type EpochMs, MINUTE_MS } from '../domain/time.js'

/** A row that says it was written later than this from now has another clock: it would wait here for nothing. */
const FURTHEST_AHEAD_MS = MINUTE_MS

export interface IngestDelaysOptions {
  readonly clock: Clock
  readonly observe: (source: SourceName, delaySeconds: number) => void
}

/**
 * How long it takes from the writing of a row to the frame that shows it, in real time: a row waits from the poll that
 * saw it first to the first frame of its own instant or later. What is read at a start is not measured.
 */
export class IngestDelays {
  readonly #options: IngestDelaysOptions
  #waiting: { readonly source: SourceName; readonly writtenAt: EpochMs }[] = []

  constructor(options: IngestDelaysOptions) {
    this.#options = options
  }

  /** Rows that were seen for the first time, by when they were written. */
  seen(source: SourceName, writtenAts: readonly EpochMs[]): void {
    const { clock } = this.#options
    const latest = clock.now() + FURTHEST_AHEAD_MS * clock.speed
    for (const writtenAt of writtenAts) if (writtenAt <= latest) this.#waiting.push({ source, writtenAt })
  }

  /** A frame of this instant is out. */
  shown(frameAt: EpochMs): void {
    const { clock, observe } = this.#options
    const now = clock.now()
    for (const { source, writtenAt } of this.#waiting)
      if (writtenAt <= frameAt) observe(source, Math.max(0, now - writtenAt) / 1000 / clock.speed)
    this.#waiting = this.#waiting.filter(({ writtenAt }) => writtenAt > frameAt)
  }
}
