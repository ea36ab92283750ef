import { type BookKey, bookId } from '../domain/book.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import { QUANTITY_DIGITS, type QuantityE9 } from '../domain/exact.js'
import type {
  CashFlowFact,
  DecisionFact,
  ExecutionFact,
  FillFact,
  InstrumentFact,
  PositionSnapshotFact,
  StrategyFact,
} from '../domain/facts.js'
import type { EpochMs } from '../domain/time.js'
import { Account } from './account.js'
import type { InstrumentTerms } from './accumulators/symbol-ledger.js'
import { Book } from './book.js'
import { openingOf } from './opening.js'
import { type BookFact, WaitingFacts } from './waiting-facts.js'

const ONE = 10n ** BigInt(QUANTITY_DIGITS)

export interface PortfolioOptions {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** What configuration says about a strategy or an instrument; it goes before what the facts say. */
  readonly calendarOf: (strategyId: string) => CalendarName | undefined
  readonly instruments: readonly InstrumentFact[]
  readonly sessionRollMs: number
  readonly capitalShareOf: (strategyId: string) => QuantityE9 | undefined
}

/**
 * Routes facts to the books and accounts they belong to, and remembers which books have to be computed again.
 *
 * A fact whose first event lies after T waits until T reaches it: whatever a row says today, the future is not in a frame.
 */
export class Portfolio {
  readonly books = new Map<string, Book>()
  readonly accounts = new Map<string, Account>()
  readonly strategies = new Map<string, StrategyFact>()
  readonly #options: PortfolioOptions
  readonly #instruments = new Map<string, InstrumentFact>()
  readonly #bookOfExecution = new Map<string, Book>()
  readonly #orphans = new Set<string>()
  readonly #fillsBeforeTheirOrder = new Map<string, FillFact[]>()
  readonly #future = new WaitingFacts()
  #dirty = new Set<Book>()
  /** Openings that a fill stamped after T may change, once T gets there. */
  #laterOpenings: { readonly at: EpochMs; readonly account: Account; readonly symbol: string }[] = []
  #unsettledOpenings = new Map<Account, Set<string>>()

  constructor(
    options: PortfolioOptions,
    public now: EpochMs,
  ) {
    this.#options = options
    for (const instrument of options.instruments) this.#instruments.set(instrument.symbol, instrument)
  }

  /** Orders that name no strategy: they belong to an account and to no book. */
  get orphans(): number {
    return this.#orphans.size
  }

  get waitingForPrice(): number {
    let count = 0
    for (const book of this.books.values()) count += book.waitingForPrice
    return count
  }

  apply(facts: readonly BookFact[]): void {
    for (const fact of facts) {
      if (!this.#future.waits(fact, this.now)) this.#applyOne(fact)
      else if (fact.fact === 'execution') this.#withdraw(fact.executionId)
    }
  }

  currencyOf(symbol: string): string {
    return this.#instruments.get(symbol)?.currency ?? 'USD'
  }

  multiplierOf(symbol: string): QuantityE9 {
    return this.#termsOf(symbol).multiplier
  }

  /** The part of its account's equity that a strategy is given: by configuration, else by its own fact. */
  capitalShareOf(strategyId: string): QuantityE9 | undefined {
    return this.#options.capitalShareOf(strategyId) ?? this.strategies.get(strategyId)?.capitalShare
  }

  accountOf(book: Book): Account {
    return this.#account(book.description.account)
  }

  /** Moves T on: facts whose time has come are applied, openings settled; returns the books that changed, and forgets them. */
  advanceTo(at: EpochMs): ReadonlySet<Book> {
    this.now = Math.max(this.now, at)
    for (const fact of this.#future.takeDue(this.now)) this.#applyOne(fact)
    for (const { at: dueAt, account, symbol } of this.#laterOpenings)
      if (dueAt <= this.now) this.#openingUnsettled(account, symbol)
    this.#laterOpenings = this.#laterOpenings.filter((later) => later.at > this.now)
    this.#settleOpenings()
    const dirty = this.#dirty
    this.#dirty = new Set()
    return dirty
  }

  #applyOne(fact: BookFact): void {
    switch (fact.fact) {
      case 'strategy':
        this.#applyStrategy(fact)
        break
      case 'instrument':
        this.#applyInstrument(fact)
        break
      case 'decision':
        this.#applyDecision(fact)
        break
      case 'execution':
        this.#applyExecution(fact)
        break
      case 'fill':
        this.#applyFill(fact)
        break
      case 'position_snapshot':
        this.#applySnapshot(fact)
        break
      case 'cash_flow':
        this.#applyCashFlow(fact)
        break
    }
  }

  #applyStrategy(strategy: StrategyFact): void {
    this.strategies.set(strategy.strategyId, strategy)
    for (const account of strategy.accounts ?? []) this.#book({ strategyId: strategy.strategyId, account })
    const calendar = this.#calendarOf(strategy.strategyId)
    for (const book of this.books.values()) {
      const { strategyId, strategyName, account, calendar: calendarBefore } = book.description
      if (strategyId !== strategy.strategyId || (strategyName === strategy.name && calendarBefore === calendar))
        continue
      book.description = { ...book.description, strategyName: strategy.name, calendar }
      book.calendar = this.#options.calendars[calendar]
      this.#dirty.add(book)
      book.changes.changedFrom(Number.NEGATIVE_INFINITY)
      for (const symbol of book.ledgers.keys()) this.#openingUnsettled(this.#account(account), symbol)
    }
  }

  /** What configuration says about an instrument stands. */
  #applyInstrument(instrument: InstrumentFact): void {
    const { symbol } = instrument
    const known = this.#instruments.get(symbol)
    if (this.#options.instruments.some((configured) => configured.symbol === symbol)) return
    if (known !== undefined && sameTerms(known, instrument)) return
    this.#instruments.set(symbol, instrument)
    for (const account of this.accounts.values()) account.revalue()
    for (const book of this.books.values()) {
      const ledger = book.ledgers.get(symbol)
      if (ledger === undefined) continue
      this.#dirty.add(book)
      book.changes.changedFrom(Number.NEGATIVE_INFINITY)
      if (ledger.revalue(this.#termsOf(symbol))) this.#openingUnsettled(this.#account(book.description.account), symbol)
    }
  }

  #applyDecision(decision: DecisionFact): void {
    const book = this.#book(decision)
    if (book.applyDecision(decision)) this.#dirty.add(book)
  }

  #applyExecution(row: ExecutionFact): void {
    const { strategyId, account } = row
    const book = strategyId === undefined ? this.#orphansOf(account) : this.#book({ strategyId, account })
    if (this.#bookOfExecution.get(row.executionId) !== book) this.#withdraw(row.executionId)
    if (strategyId === undefined) this.#orphans.add(row.executionId)
    else this.#orphans.delete(row.executionId)
    this.#bookOfExecution.set(row.executionId, book)
    for (const fill of this.#fillsBeforeTheirOrder.get(row.executionId) ?? []) book.applyFill(fill)
    this.#fillsBeforeTheirOrder.delete(row.executionId)
    const touched = book.applyExecution(row)
    if (touched !== undefined) this.#touch(book, touched, row.executionId)
  }

  /** Takes an order out of the book that it no longer belongs to; the broker's fills of it wait for its return. */
  #withdraw(executionId: string): void {
    const book = this.#bookOfExecution.get(executionId)
    if (book === undefined) return
    this.#bookOfExecution.delete(executionId)
    this.#fillsBeforeTheirOrder.set(executionId, book.takeBrokerFills(executionId))
    this.#touch(book, book.removeExecution(executionId), executionId)
  }

  #applyFill(fill: FillFact): void {
    const book = this.#bookOfExecution.get(fill.executionId)
    if (book === undefined) {
      this.#fillsBeforeTheirOrder.set(fill.executionId, [
        ...(this.#fillsBeforeTheirOrder.get(fill.executionId) ?? []),
        fill,
      ])
      return
    }
    const touched = book.applyFill(fill)
    if (touched !== undefined) this.#touch(book, touched, fill.executionId)
  }

  #applySnapshot(snapshot: PositionSnapshotFact): void {
    const account = this.#account(snapshot.account)
    const firstBefore = account.firstSnapshot
    if (!account.applySnapshot(snapshot)) return
    for (const book of account.books.values()) {
      this.#dirty.add(book)
      book.changes.changedFrom(snapshot.at)
      for (const [symbol, ledger] of book.ledgers) {
        if (account.firstSnapshot !== firstBefore || ledger.opening.kind === 'unknown')
          this.#openingUnsettled(account, symbol)
      }
    }
  }

  #applyCashFlow(flow: CashFlowFact): void {
    const account = this.#account(flow.account)
    if (!account.flows.record(flow)) return
    for (const book of account.books.values()) this.#dirty.add(book)
  }

  #touch(book: Book, symbols: readonly string[], executionId: string): void {
    const account = this.#account(book.description.account)
    account.flows.fillsChangedFrom(book.changes.from)
    if (book === account.orphans) {
      for (const other of account.books.values()) this.#dirty.add(other)
      return
    }
    this.#dirty.add(book)
    if (account.noteCosts(executionId, book.costsKnownFrom(executionId), this.now))
      for (const other of account.books.values()) this.#dirty.add(other)
    for (const symbol of symbols) {
      this.#openingUnsettled(account, symbol)
      // A book trades a symbol from its first fill on.
      const firstAt = book.ledgers.get(symbol)?.firstFillAt ?? this.now
      if (firstAt > this.now) this.#laterOpenings.push({ at: firstAt, account, symbol })
    }
  }

  /** The book of an account's orders that name no strategy; it has no frames. */
  #orphansOf(label: string): Book {
    const account = this.#account(label)
    account.orphans ??= new Book({
      description: { strategyId: '', account: label, strategyName: '', calendar: 'XNYS' },
      calendar: this.#options.calendars.XNYS,
      termsOf: (symbol) => this.#termsOf(symbol),
    })
    return account.orphans
  }

  #openingUnsettled(account: Account, symbol: string): void {
    const symbols = this.#unsettledOpenings.get(account) ?? new Set()
    this.#unsettledOpenings.set(account, symbols.add(symbol))
  }

  #settleOpenings(): void {
    for (const [account, symbols] of this.#unsettledOpenings) {
      for (const symbol of symbols) {
        const opening = openingOf(symbol, account, this.now)
        for (const book of account.books.values()) {
          const ledger = book.ledgers.get(symbol)
          if (ledger === undefined || sameOpening(ledger.opening, opening)) continue
          ledger.open(opening)
          book.changes.changedFrom(Number.NEGATIVE_INFINITY)
          this.#dirty.add(book)
        }
      }
    }
    this.#unsettledOpenings = new Map()
  }

  #account(label: string): Account {
    const known = this.accounts.get(label)
    if (known !== undefined) return known
    const account = new Account(label, {
      multiplierOf: (symbol) => this.#termsOf(symbol).multiplier,
      sessionRollMs: this.#options.sessionRollMs,
    })
    this.accounts.set(label, account)
    return account
  }

  #book({ strategyId, account }: BookKey): Book {
    const id = bookId({ strategyId, account })
    const known = this.books.get(id)
    if (known !== undefined) return known
    const calendar = this.#calendarOf(strategyId)
    const strategyName = this.strategies.get(strategyId)?.name ?? strategyId
    const book = new Book({
      description: { strategyId, account, strategyName, calendar },
      calendar: this.#options.calendars[calendar],
      termsOf: (symbol) => this.#termsOf(symbol),
    })
    this.books.set(id, book)
    this.#account(account).books.set(strategyId, book)
    this.#dirty.add(book)
    return book
  }

  #calendarOf(strategyId: string): CalendarName {
    return this.#options.calendarOf(strategyId) ?? this.strategies.get(strategyId)?.calendar ?? 'XNYS'
  }

  #termsOf(symbol: string): InstrumentTerms {
    const instrument = this.#instruments.get(symbol)
    return { multiplier: instrument?.multiplier ?? ONE, lotSize: instrument?.lotSize ?? 1n }
  }
}

function sameTerms(a: InstrumentFact, b: InstrumentFact): boolean {
  return a.multiplier === b.multiplier && a.lotSize === b.lotSize && a.currency === b.currency
}

function sameOpening(a: object, b: object): boolean {
  const entries = Object.entries(b)
  return entries.length === Object.keys(a).length && entries.every(([key, value]) => a[key as keyof typeof a] === value)
}
