/** What another machine's clock said, and ours just before it was asked and just after it answered. */
export interface ClockReading {
  readonly sentMs: number
  readonly theirsMs: number
  readonly answeredMs: number
}

/** Readings that are compared: a few seconds of polls, so that a clock that was set right is seen soon. */
const COMPARED = 8
/** A reading that took longer says too little: it may be wrong by half of that. */
const LONGEST_ROUND_TRIP_MS = 1_000

/**
 * How far another machine's clock is ahead of ours, from what it says along with its answers.
 *
 * The other clock was read somewhere between question and answer, so of several readings that of the shortest round trip
 * counts: a slow answer, or a pause of our own, makes no offset.
 */
export class ClockOffset {
  #readings: { readonly offsetMs: number; readonly roundTripMs: number }[] = []

  read({ sentMs, theirsMs, answeredMs }: ClockReading): void {
    const roundTripMs = answeredMs - sentMs
    // A negative one is our own clock being set.
    if (!Number.isFinite(theirsMs) || roundTripMs < 0 || roundTripMs > LONGEST_ROUND_TRIP_MS) return
    const offsetMs = theirsMs - (sentMs + answeredMs) / 2
    this.#readings = [...this.#readings.slice(1 - COMPARED), { offsetMs, roundTripMs }]
  }

  /** Milliseconds, positive when their clock is ahead; undefined before the first usable reading. */
  get ms(): number | undefined {
    const [first, ...others] = this.#readings
    return others.reduce((best, next) => (next.roundTripMs <= (best?.roundTripMs ?? 0) ? next : best), first)?.offsetMs
  }
}
