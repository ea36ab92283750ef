import type { FeedInstant } from '../domain/instants.js'
import type { MinuteRuns } from '../domain/ports.js'
import { type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../domain/time.js'
import { MinuteSet, minuteEndOf } from './accumulators/minute-set.js'

/** A minute is due this long after its end: what was on its way has arrived by then. */
export const DUE_AFTER_MS = 15 * SECOND_MS

interface SymbolEvents {
  readonly minutes: MinuteSet
  newest: FeedInstant | undefined
}

interface WaitingEvent extends FeedInstant {
  readonly symbol: string
}

/**
 * When the symbols of one feed had events: in which minutes, and the newest one up to T.
 *
 * What is in a minute matters to nobody, so history may come as runs of minutes. An event stamped after T waits.
 */
export class FeedEvents {
  readonly #symbols = new Map<string, SymbolEvents>()
  #waiting: WaitingEvent[] = []
  #late = new Set<string>()
  #revision = 0
  #now: EpochMs
  #forgetsAgainAt = Number.NEGATIVE_INFINITY
  readonly #newestOf = new Map<Iterable<string>, FeedInstant | undefined>()

  constructor(now: EpochMs) {
    this.#now = now
  }

  /** Takes in the events of one symbol; `newestIngestedAt` belongs to the newest of them. */
  add(symbol: string, ats: readonly EpochMs[], newestIngestedAt: EpochMs | undefined): void {
    if (ats.length === 0) return
    const events = this.#eventsOf(symbol)
    const newestAt = ats.reduce((newest, at) => Math.max(newest, at))
    for (const at of ats) {
      this.#addMinute(symbol, events, minuteEndOf(at))
      this.#see({ symbol, newestAt: at, ingestedAt: at === newestAt ? newestIngestedAt : undefined })
    }
  }

  addRuns(runs: readonly MinuteRuns[]): void {
    for (const { symbol, runs: ofSymbol } of runs) {
      const events = this.#eventsOf(symbol)
      for (const [first, last] of ofSymbol) {
        for (let end = first; end <= last; end += MINUTE_MS) this.#addMinute(symbol, events, end)
        // When in its minute the event was is not told: no earlier than this.
        this.#see({ symbol, newestAt: last - MINUTE_MS + 1, ingestedAt: undefined })
      }
    }
  }

  /** Counts minutes that came to be known when they were due already: while it stays, what was due is as it was. */
  get revision(): number {
    return this.#revision
  }

  minutesOf(symbol: string): MinuteSet | undefined {
    return this.#symbols.get(symbol)?.minutes
  }

  /** The newest event up to T among symbols; of one list of symbols it is looked up once a tick. */
  newestOf(symbols: Iterable<string>): FeedInstant | undefined {
    if (!this.#newestOf.has(symbols)) {
      let newest: FeedInstant | undefined
      for (const symbol of symbols) newest = newer(newest, this.#symbols.get(symbol)?.newest)
      this.#newestOf.set(symbols, newest)
    }
    return this.#newestOf.get(symbols)
  }

  /**
   * Moves T on and forgets what ended before `oldest`; returns and forgets the symbols of which a minute that was due at
   * the T before has turned out not to be missing.
   */
  settle(at: EpochMs, oldest: EpochMs): ReadonlySet<string> {
    this.#now = at
    this.#newestOf.clear()
    const waiting = this.#waiting
    this.#waiting = []
    for (const event of waiting) this.#see(event)
    if (oldest >= this.#forgetsAgainAt) this.#forgetBefore(oldest)
    const late = this.#late
    this.#late = new Set()
    return late
  }

  #eventsOf(symbol: string): SymbolEvents {
    const known = this.#symbols.get(symbol)
    if (known !== undefined) return known
    const events = { minutes: new MinuteSet(), newest: undefined }
    this.#symbols.set(symbol, events)
    return events
  }

  #addMinute(symbol: string, { minutes }: SymbolEvents, end: EpochMs): void {
    if (!minutes.add(end) || end > this.#now - DUE_AFTER_MS) return
    this.#revision += 1
    this.#late.add(symbol)
  }

  #see(event: WaitingEvent): void {
    if (event.newestAt > this.#now) {
      this.#waiting.push(event)
      return
    }
    const events = this.#eventsOf(event.symbol)
    events.newest = newer(events.newest, event)
  }

  #forgetBefore(oldest: EpochMs): void {
    this.#forgetsAgainAt = oldest + HOUR_MS
    for (const [symbol, { minutes }] of this.#symbols) {
      minutes.forgetBefore(minuteEndOf(oldest))
      if (minutes.isEmpty) this.#symbols.delete(symbol)
    }
  }
}

/** The later of two events; of equal ones the one that is known to have been ingested, first of all. */
export function newer(a: FeedInstant | undefined, b: FeedInstant | undefined): FeedInstant | undefined {
  if (a === undefined || b === undefined) return a ?? b
  if (a.newestAt !== b.newestAt) return a.newestAt > b.newestAt ? a : b
  return (b.ingestedAt ?? Number.POSITIVE_INFINITY) < (a.ingestedAt ?? Number.POSITIVE_INFINITY) ? b : a
}
