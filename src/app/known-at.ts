import type { EpochMs } from '../domain/time.js'

export interface KnownAtOptions {
  /** T when the process started. */
  readonly startAt: EpochMs
  readonly lightMs: number
  readonly heavyMs: number
  /** Whether other recordings tell what was known before this process. */
  readonly isContinued: boolean
}

/**
 * Stamps facts with the instant of knowing that makes a replay exact: a frame of T rests on the facts that were applied
 * before its tick ran, and those have to be the ones known by T.
 *
 * A tick runs a little after its T, so a fact that is applied meanwhile is known by that T: never later than the next
 * whole tick after the last frame. It is in no earlier frame, so it is known after the last one. What is read before the
 * first frame is in its slowest tier already, so it is known by that tier's instant; of the time before, a first
 * recording takes it as known when it happened, one that goes on leaves that to the recordings before.
 */
export class KnownAt {
  readonly #options: KnownAtOptions
  readonly #floor: EpochMs
  #frameAt: EpochMs | undefined

  constructor(options: KnownAtOptions) {
    this.#options = options
    this.#floor = Math.floor(options.startAt / options.heavyMs) * options.heavyMs
  }

  /** A frame of this T is out. */
  frameShown(at: EpochMs): void {
    this.#frameAt = at
  }

  /** When a fact counts as known that happened at `happenedAt` and is applied at `now`, both of T. */
  of(happenedAt: EpochMs, now: EpochMs): EpochMs {
    const { lightMs, isContinued } = this.#options
    const frameAt = this.#frameAt
    if (frameAt === undefined) return isContinued ? this.#floor : Math.min(happenedAt, this.#floor)
    const nextTick = (Math.floor(frameAt / lightMs) + 1) * lightMs
    return Math.max(frameAt + 1, Math.min(now, nextTick))
  }
}
