import type { Calendar, CalendarName } from '../domain/calendar.js'
import { type EpochMs, SECOND_MS } from '../domain/time.js'

/** Bars and signals older than this, in session time, are old: a fact of the field, not a setting. */
export const FEED_LIMIT_MS = 120 * SECOND_MS

/** Ticks in a row on the other side before a judgement changes: one late poll is no outage. */
const TICKS_TO_TURN = 2

/** One yes-or-no judgement with hysteresis; the first tick decides at once. */
export class Judgement {
  #stale: boolean | undefined
  #against = 0

  get stale(): boolean {
    return this.#stale ?? false
  }

  /** Judges at a tick; true when the judgement turned. */
  judge(stale: boolean): boolean {
    const before = this.stale
    this.#stale ??= stale
    this.#against = stale === this.#stale ? 0 : this.#against + 1
    if (this.#against >= TICKS_TO_TURN) {
      this.#stale = stale
      this.#against = 0
    }
    return this.stale !== before
  }
}

/** Ages at one tick in session time: many books ask for the same ones. */
export class SessionAges {
  readonly #known = new Map<CalendarName, Map<EpochMs, number>>()

  constructor(readonly at: EpochMs) {}

  /** True when something of `from` is older than a limit; it stands still from close to open. */
  exceeds(limitMs: number, from: EpochMs, calendar: Calendar): boolean {
    return this.at - from > limitMs && this.#ageOf(from, calendar) > limitMs
  }

  #ageOf(from: EpochMs, calendar: Calendar): number {
    const known = this.#known.get(calendar.name) ?? new Map<EpochMs, number>()
    this.#known.set(calendar.name, known)
    const age = known.get(from) ?? calendar.sessionTimeBetween(from, this.at)
    known.set(from, age)
    return age
  }
}
