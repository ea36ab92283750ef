import { bookId } from '../../domain/book.js'
import type { OtherBook } from '../../domain/frame.js'
import type { EpochMs } from '../../domain/time.js'
import { readOnce } from '../../lib/read-once.js'
import type { Book } from '../book.js'
import { BookReader, type BookReaderOptions } from '../book-reader.js'
import type { BookTotals } from '../book-totals.js'
import { calendarEnds } from '../guarded.js'
import type { MarketNews } from '../market.js'
import { longestReach } from '../price-demand.js'

/** What happened to a book since the last tick. */
export interface BookNews {
  /** A fact is another one, or what was remembered of the past is gone. */
  readonly isTouched: boolean
  readonly market: MarketNews
}

/**
 * The books that other shards publish. They are held like all others, since what an account is depends on all of its
 * books, but nothing of them is worked out save what an account that is published here adds up.
 */
export class OtherBooks {
  readonly #optionsOf: (book: Book) => BookReaderOptions
  readonly #totals = new Map<string, CountedTotals>()

  constructor(optionsOf: (book: Book) => BookReaderOptions) {
    this.#optionsOf = optionsOf
  }

  /** Moves a book on to T without working it out, and says what has to be known of it everywhere. */
  noteTick(book: Book, at: EpochMs): OtherBook {
    const { orderFlow, changes, description } = book
    orderFlow.place(longestReach(book, at))
    orderFlow.leaveUnread()
    changes.take()
    return { book: description, adapters: orderFlow.placedAdapters }
  }

  /** What the book's account adds up, as of T; undefined where the calendar does not know. */
  totalsOf(book: Book, at: EpochMs, news: BookNews): BookTotals | undefined {
    const id = bookId(book.description)
    if (this.#totals.get(id)?.book !== book) this.#totals.delete(id)
    const totals = readOnce(this.#totals, id, () => new CountedTotals(this.#optionsOf(book)))
    totals.note(news)
    return totals.at(at)
  }

  /** Forgets books that are there no more. */
  keepOnly(books: ReadonlyMap<string, Book>): void {
    for (const [id, { book }] of this.#totals) if (books.get(id) !== book) this.#totals.delete(id)
  }
}

/** The totals of one book, read again when a fact or a price may have made them others, or when their time has come. */
class CountedTotals {
  readonly #options: BookReaderOptions
  readonly #reader: BookReader
  #isDirty = true
  #holdsUntil: EpochMs = Number.NEGATIVE_INFINITY
  #totals: BookTotals | undefined

  constructor(options: BookReaderOptions) {
    this.#options = options
    this.#reader = new BookReader(options, Number.NEGATIVE_INFINITY)
  }

  get book(): Book {
    return this.#options.book
  }

  note({ isTouched, market: { latest, quoted, past } }: BookNews): void {
    const { ledgers } = this.book
    const isPriced = [latest, quoted, past].some((news) => [...news.keys()].some((symbol) => ledgers.has(symbol)))
    if (isTouched || isPriced) this.#isDirty = true
  }

  at(at: EpochMs): BookTotals | undefined {
    if (!this.#isDirty && at < this.#holdsUntil) return this.#totals
    if (this.#isDirty) this.#reader.forget()
    this.#reader.moveTo(at)
    try {
      const { value, horizon } = this.#reader.noted(() => this.#reader.totals())
      this.#totals = value
      this.#holdsUntil = horizon.moves ? Number.NEGATIVE_INFINITY : horizon.until
      this.#isDirty = false
    } catch (error) {
      calendarEnds(error)
      this.#totals = undefined
      this.#isDirty = true
    }
    return this.#totals
  }
}
