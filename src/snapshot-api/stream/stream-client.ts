import type { Response } from 'express'
import { formatEventId } from './event-id.js'
import type { StreamEvent } from './event-log.js'

/** Bytes that wait in a client's socket: above the first no more deltas are sent, below the second it has caught up. */
const BEHIND_BYTES = 256 * 1024
const CAUGHT_UP_BYTES = 64 * 1024
/** How long a client may be behind without taking anything. */
const STUCK_MS = 30_000

export type Disconnection = 'buffer_full' | 'stuck'

export interface StreamClientOptions {
  readonly response: Response
  readonly epoch: string
  readonly filter: string
  readonly maxBufferBytes: number
  /** The text of a book's snapshot now; undefined where it is live no more. */
  readonly snapshotOf: (id: string) => string | undefined
  /** The number of the newest event. */
  readonly newest: () => number
  readonly onConflated: () => void
}

/**
 * One connection, and what it still has to be told.
 *
 * A client that does not read gets no more deltas; each book concerned goes on a list, and when the socket has drained
 * the list is worked off with snapshots, one at a time as it drains further. A new client is one that has all its books
 * on that list. While something is on it events carry an empty id, so that a client that is cut off then starts anew
 * instead of resuming with half of the books.
 */
export class StreamClient {
  readonly #options: StreamClientOptions
  readonly #pending = new Set<string>()
  #behindSinceMs: number | undefined

  constructor(options: StreamClientOptions, pending: Iterable<string>) {
    this.#options = options
    for (const id of pending) this.#pending.add(id)
    options.response.on('drain', () => {
      this.#behindSinceMs = undefined
      this.#pump()
    })
  }

  /** Whether it takes what everybody with its filter takes. */
  get isCurrent(): boolean {
    return this.#pending.size === 0 && !this.#isBehind
  }

  start(): void {
    this.#pump()
  }

  write(text: string): void {
    this.#options.response.write(text)
  }

  /** One event of a book, or with `id` undefined an alert, which is never left out. */
  tell(event: StreamEvent, id: string | undefined): void {
    if (id === undefined) this.write(this.#withId(event))
    else if (this.#pending.has(id)) return
    else if (this.#isBehind) {
      this.#pending.add(id)
      this.#options.onConflated()
    } else this.write(this.#withId(event))
  }

  /** Why it has to be disconnected; undefined while it has not. */
  failing(nowMs: number): Disconnection | undefined {
    if (!this.#isBehind) {
      this.#behindSinceMs = undefined
      return undefined
    }
    if (this.#waiting > this.#options.maxBufferBytes) return 'buffer_full'
    this.#behindSinceMs ??= nowMs
    return nowMs - this.#behindSinceMs > STUCK_MS ? 'stuck' : undefined
  }

  #pump(): void {
    const { snapshotOf, newest, epoch, filter } = this.#options
    for (const id of this.#pending) {
      if (this.#waiting > CAUGHT_UP_BYTES) return
      this.#pending.delete(id)
      const text = snapshotOf(id)
      const isLast = this.#pending.size === 0
      if (text !== undefined)
        this.write(`${isLast ? `id: ${formatEventId({ epoch, filter, n: newest() })}` : 'id'}\n${text}`)
    }
  }

  #withId({ n, text }: StreamEvent): string {
    const { epoch, filter } = this.#options
    return `${this.#pending.size === 0 ? `id: ${formatEventId({ epoch, filter, n })}` : 'id'}\n${text}`
  }

  /** Whether more waits than the first limit. A socket that takes more says so at once, while counting what waits takes time. */
  get #isBehind(): boolean {
    return this.#options.response.writableNeedDrain && this.#waiting > BEHIND_BYTES
  }

  get #waiting(): number {
    return this.#options.response.writableLength
  }
}
