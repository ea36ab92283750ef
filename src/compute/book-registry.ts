import { type BookKey, bookId } from '../domain/book.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { EndedOrder } from '../domain/ended-order.js'
import type { MoneyE17, QuantityE9 } from '../domain/exact.js'
import type { ExecutionFact } from '../domain/facts.js'
import { type FeeRule, hasFeeRules, scheduledCost } from '../domain/fee-schedule.js'
import type { EpochMs } from '../domain/time.js'
import { Account } from './account.js'
import { Book } from './book.js'
import { OrderPins } from './execution/order-pins.js'
import type { Instruments } from './instruments.js'
import { timesMultiplier } from './market-value.js'
import type { Strategies } from './strategies.js'

export interface BookRegistryOptions {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly strategies: Strategies
  readonly instruments: Instruments
  readonly sessionRollMs: number
  readonly feeRules: readonly FeeRule[]
  /** Told of a book that is there now. */
  readonly onBook: (book: Book) => void
  /** Told of an order of an account from an instant on, as far as a symbol's positions are concerned. */
  readonly onOrder: (account: Account, symbol: string, submittedAt: EpochMs) => void
}

/** The books and accounts that there are: each is made when the first fact names it. */
export class BookRegistry {
  readonly books = new Map<string, Book>()
  readonly accounts = new Map<string, Account>()
  /** The instants at which orders of all books need prices. */
  readonly orderPins = new OrderPins()
  readonly #options: BookRegistryOptions
  #watches: ((book: BookKey) => boolean) | undefined

  constructor(options: BookRegistryOptions) {
    this.#options = options
  }

  account(label: string): Account {
    const known = this.accounts.get(label)
    if (known !== undefined) return known
    const account = new Account(label, {
      multiplierOf: (symbol) => this.#options.instruments.multiplierOf(symbol),
      sessionRollMs: this.#options.sessionRollMs,
      hasFeeSchedule: (of) => this.#hasFeeSchedule(of),
    })
    this.accounts.set(label, account)
    return account
  }

  accountOf({ description }: Book): Account {
    return this.account(description.account)
  }

  book({ strategyId, account: label }: BookKey): Book {
    const account = this.account(label)
    const known = account.books.get(strategyId)
    if (known !== undefined) return known
    const { calendars, strategies, instruments, onOrder, onBook } = this.#options
    const calendar = strategies.calendarOf(strategyId)
    const book: Book = new Book({
      description: { strategyId, account: label, strategyName: strategies.nameOf(strategyId), calendar },
      calendar: calendars[calendar],
      termsOf: (symbol) => instruments.termsOf(symbol),
      scheduledCost: (row, quantity, notional) => this.#scheduledCost(book, row, quantity, notional),
      facts: account.facts,
      orderPins: this.orderPins,
      onOrder: (symbol, submittedAt) => onOrder(account, symbol, submittedAt),
    })
    this.books.set(bookId({ strategyId, account: label }), book)
    if (this.#watches?.(book.description) === true) book.orderFlow.ended.watch()
    account.books.set(strategyId, book)
    onBook(book)
    return book
  }

  /** The book of an account's orders that name no strategy; it has no frames. */
  orphansOf(label: string): Book {
    const account = this.account(label)
    const { calendars, instruments, onOrder } = this.#options
    account.orphans ??= new Book({
      onOrder: (symbol, submittedAt) => onOrder(account, symbol, submittedAt),
      description: { strategyId: '', account: label, strategyName: '', calendar: 'XNYS' },
      calendar: calendars.XNYS,
      termsOf: (symbol) => instruments.termsOf(symbol),
      scheduledCost: () => undefined,
      facts: account.facts,
      orderPins: new OrderPins(),
    })
    return account.orphans
  }

  /** A book is there while a strategy names it or a fact is of it: without either it is as if it had never been. */
  isNeedless(book: Book): boolean {
    const { description } = book
    const isThere = this.account(description.account).books.get(description.strategyId) === book
    return isThere && book.isEmpty && !this.#options.strategies.names(description)
  }

  forget({ description }: Book): void {
    this.books.delete(bookId(description))
    this.account(description.account).books.delete(description.strategyId)
  }

  /** What is there has been read: orders that come from now on are new. Watched are those of the books that are published here. */
  watchOrders(isPublished: (book: BookKey) => boolean): void {
    if (this.#watches !== undefined) return
    this.#watches = isPublished
    for (const book of this.books.values()) if (isPublished(book.description)) book.orderFlow.ended.watch()
  }

  /** Orders that have ended since the last call, of those that are watched. */
  takeEndedOrders(): EndedOrder[] {
    return [...this.books.values()].flatMap((book) => book.orderFlow.ended.take())
  }

  #scheduledCost(book: Book, row: ExecutionFact, quantity: QuantityE9, notional: MoneyE17): MoneyE17 | undefined {
    const { feeRules, instruments } = this.#options
    if (feeRules.length === 0) return undefined
    const { account, calendar } = book.description
    const { side, adapter, submittedAt, symbol } = row
    const worth = timesMultiplier(notional, instruments.multiplierOf(symbol))
    const order = { side, adapter, account, calendar, submittedAt, quantity, notional: worth }
    return scheduledCost(feeRules, order)
  }

  #hasFeeSchedule(account: Account): boolean {
    return [...account.books.values()].some(({ description }) => hasFeeRules(this.#options.feeRules, description))
  }
}
