import type { Clock, EpochMs } from '../domain/time.js'

/** The one place where the machine's clock is read. */
export function wallNow(): EpochMs {
  return Date.now()
}

/** Milliseconds of a clock that never jumps, for durations. */
export function monotonicMs(): number {
  return performance.now()
}

/** T of a live exporter: the machine's clock, but never going back, so that a corrected clock makes no frame older. */
export function createSystemClock(): Clock {
  let latest = Number.NEGATIVE_INFINITY
  return {
    speed: 1,
    now() {
      latest = Math.max(latest, wallNow())
      return latest
    },
  }
}

export interface HeldClock extends Clock {
  /** Lets time run; before, the clock stands at its start. */
  release(): void
}

/** A clock that starts at another moment and may run at another speed, from a monotonic source; it stands until released. */
export function createHeldClock({
  startAt,
  speed,
  monotonicMs: elapsedMs = monotonicMs,
}: {
  startAt: EpochMs
  speed: number
  monotonicMs?: () => number
}): HeldClock {
  let releasedMs: number | undefined
  return {
    speed,
    now: () => Math.floor(startAt + (releasedMs === undefined ? 0 : (elapsedMs() - releasedMs) * speed)),
    release() {
      releasedMs ??= elapsedMs()
    },
  }
}
