import type pg from 'pg'
import { QuantError } from '../../domain/errors.js'
import { createWriterClient, type StoreClientOptions } from './client.js'
import { asStoreError } from './errors.js'

/** Runs one statement on the writer's session. */
export type StoreQuery = <Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>

/** First half of the key of our advisory locks, the shard is the second; any number that nobody else uses. */
const LOCK_CLASS = 0x71_75_6e_74

export interface WriterSessionOptions extends StoreClientOptions {
  readonly shard: number
  /** Told when this process becomes the shard's writer, and when it is so no more. */
  readonly onChange: (isWriter: boolean) => void
}

/**
 * The one writer of a shard: whoever holds the shard's advisory lock. Everything is written on the very session that
 * holds it, so that a process that has lost the lock, even without knowing, cannot write.
 *
 * The server ends a session that has been silent for some seconds, so `beat` is called every second. Calls come one after
 * the other, never at once: the caller sees to it.
 */
export class WriterSession {
  readonly #options: WriterSessionOptions
  #client: pg.Client | undefined
  #term = 0
  #isWriter = false
  #isClosed = false

  constructor(options: WriterSessionOptions) {
    this.#options = options
  }

  get isWriter(): boolean {
    return this.#isWriter
  }

  /** Counts the times that this process became the writer: what was written in another term may be gone. */
  get term(): number {
    return this.#term
  }

  /**
   * Keeps the session alive, connecting where there is none, and takes the lock where nobody holds it. True while this
   * process is the writer. Rejects with a QuantError when the store cannot be reached; the next beat connects anew.
   */
  async beat(): Promise<boolean> {
    await this.#use(async (client) => {
      if (this.#isWriter) await client.query('SELECT 1')
      else {
        const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', [
          LOCK_CLASS,
          this.#options.shard,
        ])
        if (rows[0]?.taken === true) this.#become(true)
      }
    })
    return this.#isWriter
  }

  /** Writes, as the writer. Rejects with a QuantError; a session in an unknown state is given up, and the lock with it. */
  async write<Result>(work: (query: StoreQuery) => Promise<Result>): Promise<Result> {
    if (!this.#isWriter)
      throw new QuantError('refused', 'store: another process writes this shard', { retryable: true })
    return this.#use((client) => work(async (text, values = []) => (await client.query(text, [...values])).rows))
  }

  /** Gives the lock back. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    const client = this.#client
    this.#drop()
    await client?.end()
  }

  async #use<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.#client ?? (await this.#connect()))
    } catch (error) {
      const client = this.#client
      this.#drop()
      // Not waited for: an end that is not answered would hold up the next attempt.
      client?.end().catch(() => undefined)
      throw asStoreError(error)
    }
  }

  async #connect(): Promise<pg.Client> {
    if (this.#isClosed) throw new QuantError('refused', 'store: the writer is closed')
    const client = createWriterClient(this.#options)
    // A connection that ends between two statements says so by an event; the next statement fails, and that is told.
    client.on('error', () => {
      if (this.#client === client) this.#drop()
    })
    await client.connect()
    this.#client = client
    return client
  }

  #drop(): void {
    this.#client = undefined
    this.#become(false)
  }

  #become(isWriter: boolean): void {
    if (isWriter === this.#isWriter) return
    this.#isWriter = isWriter
    if (isWriter) this.#term += 1
    this.#options.onChange(isWriter)
  }
}
