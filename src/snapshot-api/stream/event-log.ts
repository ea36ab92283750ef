import { type EventScope, passes, type StreamFilter } from './stream-filter.js'

/** One event, serialised once, whoever gets it; the line with its id is the client's. */
export interface StreamEvent extends EventScope {
  readonly n: number
  /** When it was made, by a clock that does not go back. */
  readonly madeMs: number
  /** Its fields `event` and `data`, and the empty line that ends it. */
  readonly text: string
}

export interface EventLogLimits {
  readonly events: number
  /** Characters of all texts. */
  readonly size: number
  /** For how long an event is remembered, until the next one is. */
  readonly ageMs: number
}

/** The newest events, for clients that were cut off and come back. */
export class EventLog {
  readonly #limits: EventLogLimits
  #events: StreamEvent[] = []
  /** How many from the front are forgotten and wait to be cut off, all at once. */
  #forgotten = 0
  #size = 0
  #n = 0

  constructor(limits: EventLogLimits) {
    this.#limits = limits
  }

  /** The number of the newest event; 0 before the first. */
  get n(): number {
    return this.#n
  }

  append(event: Omit<StreamEvent, 'n'>): StreamEvent {
    this.#n += 1
    const numbered = { ...event, n: this.#n }
    this.#events.push(numbered)
    this.#size += numbered.text.length
    this.#forget()
    return numbered
  }

  /** What a filter lets through of the events after number `n`; undefined where some of them are forgotten, or not made yet. */
  after(n: number, filter: StreamFilter): readonly StreamEvent[] | undefined {
    const oldest = this.#n - (this.#events.length - this.#forgotten) + 1
    if (n > this.#n || n < oldest - 1) return undefined
    return this.#events.slice(this.#forgotten + (n - oldest + 1)).filter((event) => passes(filter, event))
  }

  #forget(): void {
    const { events, size, ageMs } = this.#limits
    const since = (this.#events.at(-1)?.madeMs ?? 0) - ageMs
    for (let oldest = this.#events[this.#forgotten]; oldest !== undefined; oldest = this.#events[this.#forgotten]) {
      if (this.#events.length - this.#forgotten <= events && this.#size <= size && oldest.madeMs >= since) break
      this.#size -= oldest.text.length
      this.#forgotten += 1
    }
    if (2 * this.#forgotten < this.#events.length) return
    this.#events = this.#events.slice(this.#forgotten)
    this.#forgotten = 0
  }
}
