import type { Calendar } from '../domain/calendar.js'
import { type EpochMs, SECOND_MS } from '../domain/time.js'

/** Bars and signals older than this, in session time, are old: a fact of the field, not a setting. */
export const PRICE_LIMIT_MS = 120 * SECOND_MS

/** Ticks in a row on the other side before a judgement changes: one late poll is no outage. */
const TICKS_TO_TURN = 2

/** One yes-or-no judgement with hysteresis; the first tick decides at once. */
export class Judgement {
  #stale: boolean | undefined
  #against = 0

  get stale(): boolean {
    return this.#stale ?? false
  }

  judge(stale: boolean): boolean {
    this.#stale ??= stale
    this.#against = stale === this.#stale ? 0 : this.#against + 1
    if (this.#against >= TICKS_TO_TURN) {
      this.#stale = stale
      this.#against = 0
    }
    return this.#stale
  }
}

/** True when a source that polls day and night has not been read completely for longer than the limit. */
export function isPollStale(asOf: EpochMs | undefined, at: EpochMs, limitMs: number): boolean {
  return asOf === undefined || at - asOf > limitMs
}

/** True when an event of a session-bound source is older than the limit in session time: it stands still overnight. */
export function isSessionStale(asOf: EpochMs, at: EpochMs, calendar: Calendar, limitMs: number): boolean {
  return at - asOf > limitMs && calendar.sessionTimeBetween(asOf, at) > limitMs
}
