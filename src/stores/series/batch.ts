import { type BookKey, bookId } from '../../domain/book.js'
import { DAY_MS, type EpochMs } from '../../domain/time.js'

/** What a store takes at once. */
export interface Batch {
  /** The same at every attempt: a store that has it already drops the repeat. */
  readonly token: string
  /** The days of its rows' T, counted from 1970. */
  readonly days: readonly number[]
  /** One row a line, as the store wants it. */
  readonly lines: readonly string[]
}

/** What must be known of a batch although its rows may be elsewhere. */
export interface BatchLabel extends Pick<Batch, 'token' | 'days'> {
  /** As whose its rows are written. */
  readonly backend: string
  readonly rowCount: number
  /** Of the rows, with the ends of their lines. */
  readonly bytes: number
  /** Of each book in it, the T of its newest row. */
  readonly books: readonly (BookKey & { readonly newestAt: EpochMs })[]
}

export function dayOf(at: EpochMs): number {
  return Math.floor(at / DAY_MS)
}

/** Rows that are being gathered for the next batch. */
export class OpenBatch {
  readonly #lines: string[] = []
  readonly #books = new Map<string, BatchLabel['books'][number]>()
  readonly #days = new Set<number>()
  #bytes = 0

  add(book: BookKey, at: EpochMs, lines: readonly string[]): number {
    let bytes = 0
    for (const line of lines) {
      this.#lines.push(line)
      bytes += Buffer.byteLength(line) + 1
    }
    this.#bytes += bytes
    this.#days.add(dayOf(at))
    const id = bookId(book)
    const { strategyId, account } = book
    const newestAt = Math.max(at, this.#books.get(id)?.newestAt ?? at)
    this.#books.set(id, { strategyId, account, newestAt })
    return bytes
  }

  get rowCount(): number {
    return this.#lines.length
  }

  seal({ token, backend }: Pick<BatchLabel, 'token' | 'backend'>): {
    readonly label: BatchLabel
    readonly lines: readonly string[]
  } {
    const { rowCount } = this
    const label = {
      token,
      backend,
      rowCount,
      bytes: this.#bytes,
      days: [...this.#days],
      books: [...this.#books.values()],
    }
    return { label, lines: this.#lines }
  }
}
