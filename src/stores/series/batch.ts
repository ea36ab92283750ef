import { type BookKey, bookId } from '../../domain/book.js'
import type { EpochMs } from '../../domain/time.js'

/** What a store takes at once, and whole or not at all. */
export interface Batch {
  /** The same at every attempt: a store that has it already drops the repeat. */
  readonly token: string
  /** One row a line, as the store wants it. */
  readonly lines: readonly string[]
}

/** What must be known of a batch although its rows may be elsewhere. */
export interface BatchLabel {
  readonly token: string
  readonly rowCount: number
  /** Of the rows, with the ends of their lines. */
  readonly bytes: number
  /** Of each book in it, the T of its newest row. */
  readonly books: readonly (BookKey & { readonly newestAt: EpochMs })[]
}

/** Rows that are being gathered for the next batch. */
export class OpenBatch {
  readonly #lines: string[] = []
  readonly #books = new Map<string, BatchLabel['books'][number]>()
  #bytes = 0

  add(book: BookKey, at: EpochMs, lines: readonly string[]): number {
    let bytes = 0
    for (const line of lines) {
      this.#lines.push(line)
      bytes += Buffer.byteLength(line) + 1
    }
    this.#bytes += bytes
    const id = bookId(book)
    const { strategyId, account } = book
    const newestAt = Math.max(at, this.#books.get(id)?.newestAt ?? at)
    this.#books.set(id, { strategyId, account, newestAt })
    return bytes
  }

  get rowCount(): number {
    return this.#lines.length
  }

  seal(token: string): { readonly label: BatchLabel; readonly lines: readonly string[] } {
    const label = { token, rowCount: this.rowCount, bytes: this.#bytes, books: [...this.#books.values()] }
    return { label, lines: this.#lines }
  }
}
