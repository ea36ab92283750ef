import type { EpochMs } from '../domain/time.js'

/** For how long something that was read is what would be read later, if no fact comes. */
interface Horizon {
  /** The first T at which it may be another one; Infinity when only a fact can change it. */
  until: EpochMs
  /** True of what is another at every later T, since it counts from a window's start or up to T. */
  moves: boolean
}

interface Reading<Value> extends Noted<Value> {
  readonly at: EpochMs
  readonly generation: number
}

/** What was read, and for how long it holds. */
export interface Noted<Value> {
  readonly value: Value
  readonly horizon: Readonly<Horizon>
}

/** A place for one thing that is read again and again, with what was read last. */
export class Kept<Value> {
  reading: Reading<Value> | undefined
}

/**
 * Reads what figures are made of, each thing once for as long as it holds: who asks again gets what was read, and takes over
 * until when that holds. So a figure knows its own horizon, whatever it was made of and whoever read that first.
 */
export class Readings {
  #at: EpochMs
  #generation = 0
  #noting: Horizon = boundless()

  constructor(at: EpochMs) {
    this.#at = at
  }

  get at(): EpochMs {
    return this.#at
  }

  /** Looks from another instant from now on; what was read and still holds there stays. */
  moveTo(at: EpochMs): void {
    this.#at = at
  }

  /** A fact or a price is another one: all is read again when somebody asks. */
  forget(): void {
    this.#generation += 1
  }

  /** What is being read may be another one at an instant, if that is still to come. */
  changesAt(at: EpochMs): void {
    if (at > this.#at && at < this.#noting.until) this.#noting.until = at
  }

  /** What is being read is another one at every later T. */
  moves(): void {
    this.#noting.moves = true
  }

  /** What was read before, if it still holds, else what is read now. */
  of<Value>(kept: Kept<Value>, read: () => Value): Value {
    let { reading } = kept
    if (reading === undefined || !this.#holds(reading)) {
      const { value, horizon } = this.noted(read)
      reading = { value, horizon, at: this.#at, generation: this.#generation }
      kept.reading = reading
    }
    const { until, moves } = reading.horizon
    if (until < this.#noting.until) this.#noting.until = until
    if (moves) this.#noting.moves = true
    return reading.value
  }

  /** The same of what is only a means to read others: it is of this T alone, and what is read by it knows how long it holds. */
  atOnce<Value>(kept: Kept<Value>, make: () => Value): Value {
    const { reading } = kept
    if (reading !== undefined && reading.at === this.#at && reading.generation === this.#generation)
      return reading.value
    const value = make()
    kept.reading = { value, horizon: boundless(), at: this.#at, generation: this.#generation }
    return value
  }

  /** Reads something, and tells for how long it holds. */
  noted<Value>(read: () => Value): Noted<Value> {
    const outer = this.#noting
    const horizon = boundless()
    this.#noting = horizon
    try {
      return { value: read(), horizon }
    } finally {
      this.#noting = outer
    }
  }

  #holds({ at, generation, horizon: { until, moves } }: Reading<unknown>): boolean {
    return generation === this.#generation && (at === this.#at || (at < this.#at && this.#at < until && !moves))
  }
}

function boundless(): Horizon {
  return { until: Number.POSITIVE_INFINITY, moves: false }
}
