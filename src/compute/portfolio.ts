import { type BookKey, bookId } from '../domain/book.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { EndedOrder } from '../domain/ended-order.js'
import type { MoneyE17, PriceE8, QuantityE9 } from '../domain/exact.js'
import type {
  CashFlowFact,
  DecisionFact,
  ExecutionFact,
  FillFact,
  InstrumentFact,
  OpeningPositionFact,
  PositionSnapshotFact,
  RetractionFact,
  StrategyFact,
} from '../domain/facts.js'
import { type FeeRule, hasFeeRules, scheduledCost } from '../domain/fee-schedule.js'
import type { EpochMs } from '../domain/time.js'
import { Account } from './account.js'
import { Book } from './book.js'
import type { BookCheckpoint } from './checkpoints/checkpoint.js'
import { isSound } from './checkpoints/soundness.js'
import { isCashFee } from './equity/flows.js'
import { OrderPins } from './execution/order-pins.js'
import { type Digest, plus, termOfFact } from './inputs/digest.js'
import { Instruments } from './instruments.js'
import { timesMultiplier } from './market-value.js'
import { Openings } from './openings.js'
import { type NewRebase, type PriceNews, Rebases } from './rebases.js'
import { type BookFact, WaitingFacts } from './waiting-facts.js'

export interface PortfolioOptions {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** What configuration says about a strategy or an instrument; it goes before what the facts say. */
  readonly calendarOf: (strategyId: string) => CalendarName | undefined
  readonly instruments: readonly InstrumentFact[]
  readonly sessionRollMs: number
  readonly capitalShareOf: (strategyId: string) => QuantityE9 | undefined
  readonly feeRules: readonly FeeRule[]
  readonly benchmarkOf: (strategyId: string, told: string | undefined) => string | undefined
  /** The mark of a symbol for a book at an instant. */
  readonly markAt: (book: Book, symbol: string, at: EpochMs) => PriceE8 | undefined
}

const NO_SYMBOLS: readonly string[] = []

/**
 * Routes facts to the books and accounts they belong to, and remembers which books have to be computed again.
 *
 * A fact whose first event lies after T waits until T reaches it: whatever a row says today, the future is not in a frame.
 */
export class Portfolio {
  readonly books = new Map<string, Book>()
  readonly accounts = new Map<string, Account>()
  readonly strategies = new Map<string, StrategyFact>()
  readonly instruments: Instruments
  readonly orderPins = new OrderPins()
  readonly #options: PortfolioOptions
  readonly #bookOfExecution = new Map<string, Book>()
  readonly #bookOfDecision = new Map<string, Book>()
  readonly #orphans = new Set<string>()
  readonly #fillsBeforeTheirOrder = new Map<string, FillFact[]>()
  readonly #future = new WaitingFacts()
  readonly #openings = new Openings()
  readonly #rebases: Rebases
  readonly #strategyTerms = new Map<string, Digest>()
  readonly #firstOrders = new WeakMap<Book, EpochMs>()
  #dirty = new Set<Book>()
  #watches: ((book: BookKey) => boolean) | undefined
  /** Books whose checkpoint was forgotten: their orders may be gone as well. */
  readonly #perhapsEmpty = new Set<Book>()

  constructor(
    options: PortfolioOptions,
    public now: EpochMs,
  ) {
    this.#options = options
    this.instruments = new Instruments(options.instruments)
    this.#rebases = new Rebases({
      markAt: options.markAt,
      startAt: now,
      onChange: (book, from) => {
        this.#dirty.add(book)
        book.changes.changedFrom(from)
      },
    })
  }

  /** The account of each order that names no strategy: such an order belongs to an account and to no book. */
  orphanAccounts(): string[] {
    return [...this.#orphans].flatMap((id) => this.#bookOfExecution.get(id)?.description.account ?? [])
  }

  /** The corrections that came to be known since the last call, each once, of snapshots taken since the start. */
  takeNewRebases(): readonly NewRebase[] {
    return this.#rebases.takeNew()
  }

  /** What is there has been read: orders that come from now on are new. Watched are those of the books that are published here. */
  watchOrders(isPublished: (book: BookKey) => boolean): void {
    if (this.#watches !== undefined) return
    this.#watches = isPublished
    for (const book of this.books.values()) if (isPublished(book.description)) book.orderFlow.ended.watch()
  }

  /** Orders that have ended since the last call, of those that came since the first tick. */
  takeEndedOrders(): EndedOrder[] {
    return [...this.books.values()].flatMap((book) => book.orderFlow.ended.take())
  }

  apply(facts: readonly BookFact[]): void {
    for (const fact of facts) {
      if (!this.#future.waits(fact, this.now)) this.#applyOne(fact)
      else if (fact.fact === 'execution') this.#withdraw(fact.executionId)
    }
  }

  /** Begins books with what checkpoints hold; what these spare is not told then. */
  beginAt(checkpoints: readonly BookCheckpoint[]): void {
    for (const checkpoint of checkpoints) {
      const book = this.#book(checkpoint)
      book.beginAt(checkpoint)
      this.#lookAgainAt(book)
    }
  }

  /** Whether all facts agree with the checkpoints that books began with; true where none did. */
  get areCheckpointsSound(): boolean {
    for (const account of this.accounts.values())
      for (const book of account.books.values()) if (!isSound(account, book, this.instruments)) return false
    return true
  }

  /** Forgets all checkpoints; what they spared has to be told at once. */
  forgetCheckpoints(): void {
    for (const book of this.books.values()) {
      if (book.base === undefined) continue
      book.forgetCheckpoint()
      this.#lookAgainAt(book)
      this.#perhapsEmpty.add(book)
    }
  }

  #lookAgainAt(book: Book): void {
    const account = this.accountOf(book)
    this.#dirty.add(book)
    for (const symbol of book.ledgers.keys()) {
      this.#openings.unsettle(account, symbol)
      this.#rebases.unsettle(account, symbol, Number.NEGATIVE_INFINITY)
    }
  }

  /** Whether snapshots up to an instant would have corrected a ledger if there had been a price. */
  hasUnpricedRebase(book: Book, symbol: string, at: EpochMs): boolean {
    return this.#rebases.hasUnpriced(book, symbol, at)
  }

  /** The part of its account's equity that a strategy is given: by configuration, else by its own fact. */
  capitalShareOf(strategyId: string): QuantityE9 | undefined {
    return this.#options.capitalShareOf(strategyId) ?? this.strategies.get(strategyId)?.capitalShare
  }

  /** The symbol that the returns of a book are held against. */
  benchmarkOf({ description: { strategyId } }: Book): string | undefined {
    return this.#options.benchmarkOf(strategyId, this.strategies.get(strategyId)?.benchmark)
  }

  /** The symbols that the book's strategy watches; empty where it says none. */
  universeOf({ description: { strategyId } }: Book): readonly string[] {
    return this.strategies.get(strategyId)?.universe ?? NO_SYMBOLS
  }

  calendarOf(strategyId: string): CalendarName {
    return this.#options.calendarOf(strategyId) ?? this.strategies.get(strategyId)?.calendar ?? 'XNYS'
  }

  /** What is known of a book but for prices: its decisions, and all that its account and its strategies were told. */
  digestOf(book: Book): Digest {
    const account = this.accountOf(book)
    let digest = plus(account.digest, book.decisions.digest)
    for (const strategyId of account.books.keys()) digest = plus(digest, this.#strategyTerms.get(strategyId) ?? 0n)
    return digest
  }

  accountOf(book: Book): Account {
    return this.#account(book.description.account)
  }

  /** Moves T on: facts whose time has come are applied, and positions settled. */
  advanceTo(at: EpochMs): void {
    this.now = Math.max(this.now, at)
    for (const fact of this.#future.takeDue(this.now)) this.#applyOne(fact)
    for (const book of this.#perhapsEmpty) this.#forgetIfEmpty(book)
    this.#perhapsEmpty.clear()
    this.settle()
  }

  /** Works out how ledgers begin and what snapshots correct in them, where that may be otherwise than was thought. */
  settle(): void {
    this.#settleOpenings()
    this.#rebases.settle()
  }

  /** One step of it, of one symbol in one account; false when nothing is left to settle. */
  settleOne(): boolean {
    this.#settleOpenings()
    return this.#rebases.settleOne()
  }

  #settleOpenings(): void {
    this.#openings.settle(this.now, (book, symbol) => {
      this.#dirty.add(book)
      this.#rebases.unsettle(this.accountOf(book), symbol, Number.NEGATIVE_INFINITY)
    })
  }

  /** Settles again what was booked at marks that are others now. */
  reprice(news: PriceNews): void {
    this.#rebases.reprice(news, (book) => this.accountOf(book))
    this.#rebases.settle()
  }

  /** Whether takeChanged has anything to tell. */
  get hasChanged(): boolean {
    return this.#dirty.size > 0
  }

  /** The books that changed since the last call; forgets them. */
  takeChanged(): ReadonlySet<Book> {
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
      case 'opening_position':
        this.#applyOpeningPosition(fact)
        break
      case 'retraction':
        this.#retract(fact)
        break
    }
  }

  #applyStrategy(strategy: StrategyFact): void {
    const benchmarkBefore = this.strategies.get(strategy.strategyId)?.benchmark
    this.strategies.set(strategy.strategyId, strategy)
    this.#strategyTerms.set(strategy.strategyId, termOfFact(strategy))
    for (const account of strategy.accounts ?? []) this.#book({ strategyId: strategy.strategyId, account })
    const calendar = this.calendarOf(strategy.strategyId)
    for (const book of this.books.values()) {
      const { strategyId, strategyName, account, calendar: calendarBefore } = book.description
      if (strategyId !== strategy.strategyId) continue
      if (benchmarkBefore !== strategy.benchmark) this.#dirty.add(book)
      if (strategyName === strategy.name && calendarBefore === calendar) continue
      book.description = { ...book.description, strategyName: strategy.name, calendar }
      book.calendar = this.#options.calendars[calendar]
      this.#dirty.add(book)
      book.changes.changedFrom(Number.NEGATIVE_INFINITY)
      book.orderFlow.allPricesChanged(Number.NEGATIVE_INFINITY)
      this.#rebases.unsettleAll(this.#account(account), Number.NEGATIVE_INFINITY)
      for (const symbol of book.ledgers.keys()) {
        book.recost(symbol)
        this.#openings.unsettle(this.#account(account), symbol)
      }
    }
  }

  #applyInstrument(instrument: InstrumentFact): void {
    const { symbol } = instrument
    const multiplier = this.instruments.multiplierOf(symbol)
    if (!this.instruments.apply(instrument)) return
    const isRevalued = this.instruments.multiplierOf(symbol) !== multiplier
    if (isRevalued) for (const account of this.accounts.values()) account.revalue()
    for (const book of this.books.values()) {
      if (isRevalued) this.#dirty.add(book)
      book.orderFlow.pricesChanged(symbol, Number.NEGATIVE_INFINITY)
      if (this.accountOf(book).hasShown(symbol)) {
        this.#dirty.add(book)
        book.changes.changedFrom(Number.NEGATIVE_INFINITY)
      }
      const ledger = book.ledgers.get(symbol)
      if (ledger === undefined) continue
      this.#dirty.add(book)
      book.changes.changedFrom(Number.NEGATIVE_INFINITY)
      if (!ledger.revalue(this.instruments.termsOf(symbol))) continue
      book.recost(symbol)
      const account = this.accountOf(book)
      this.#openings.unsettle(account, symbol)
      this.#rebases.unsettle(account, symbol, Number.NEGATIVE_INFINITY)
    }
  }

  #applyDecision(decision: DecisionFact): void {
    const book = this.#book(decision)
    if (this.#bookOfDecision.get(decision.decisionId) !== book) {
      this.#withdrawDecision(decision.decisionId)
      this.#bookOfDecision.set(decision.decisionId, book)
    }
    if (book.applyDecision(decision)) this.#dirty.add(book)
  }

  #withdrawDecision(decisionId: string): void {
    const book = this.#bookOfDecision.get(decisionId)
    if (book === undefined) return
    this.#bookOfDecision.delete(decisionId)
    book.removeDecision(decisionId)
    this.#dirty.add(book)
    this.#forgetIfEmpty(book)
  }

  /** A book is there while a strategy names it or a fact is of it: without either it is as if it had never been. */
  #forgetIfEmpty(book: Book): void {
    const { strategyId, account: label } = book.description
    const account = this.#account(label)
    const isNamed = this.strategies.get(strategyId)?.accounts?.includes(label) ?? false
    if (isNamed || !book.isEmpty || account.books.get(strategyId) !== book) return
    this.books.delete(bookId(book.description))
    account.books.delete(strategyId)
    this.#dirty.delete(book)
    this.#rebases.forget(book)
    // Its orders need no prices any more.
    book.orderFlow.place(this.now)
    for (const other of account.books.values()) this.#dirty.add(other)
  }

  #applyExecution(row: ExecutionFact): void {
    const { strategyId, account } = row
    const book = strategyId === undefined ? this.#orphansOf(account) : this.#book({ strategyId, account })
    const bookBefore = this.#bookOfExecution.get(row.executionId)
    if (bookBefore !== book) {
      if (bookBefore !== undefined) this.#withdraw(row.executionId)
      this.#bookOfExecution.set(row.executionId, book)
    }
    if (strategyId === undefined) this.#orphans.add(row.executionId)
    else this.#orphans.delete(row.executionId)
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
    this.#forgetIfEmpty(book)
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

  /** Takes back what the source has no more. */
  #retract({ of, identity: [id = '', part = ''] }: RetractionFact): void {
    switch (of) {
      case 'decision':
        this.#withdrawDecision(id)
        break
      case 'execution':
        this.#withdraw(id)
        this.#orphans.delete(id)
        this.#fillsBeforeTheirOrder.delete(id)
        break
      case 'fill':
        this.#retractFill(id, part)
        break
      case 'position_snapshot':
        this.#changeSnapshots(this.#account(id), Number(part), (account) => account.removeSnapshot(Number(part)))
        break
      case 'cash_flow':
        this.#changeFlows(this.#account(id), part, (account) => account.flows.remove(part) !== undefined)
        break
    }
  }

  #retractFill(executionId: string, fillId: string): void {
    const book = this.#bookOfExecution.get(executionId)
    const touched = book?.removeFill(executionId, fillId)
    if (book !== undefined && touched !== undefined) this.#touch(book, touched, executionId)
    const waiting = this.#fillsBeforeTheirOrder.get(executionId)?.filter((fill) => fill.fillId !== fillId)
    if (waiting !== undefined) this.#fillsBeforeTheirOrder.set(executionId, waiting)
  }

  #applyOpeningPosition(fact: OpeningPositionFact): void {
    const book = this.#book(fact)
    book.beginWith(fact)
    this.#touch(book, [fact.symbol], '')
  }

  #applySnapshot(snapshot: PositionSnapshotFact): void {
    this.#changeSnapshots(this.#account(snapshot.account), snapshot.at, (account) => account.applySnapshot(snapshot))
  }

  #changeSnapshots(account: Account, at: EpochMs, change: (account: Account) => boolean): void {
    const firstBefore = account.firstSnapshot
    if (!change(account)) return
    this.#rebases.unsettleAll(account, at)
    for (const book of account.books.values()) {
      this.#dirty.add(book)
      book.changes.changedFrom(at)
      book.orderFlow.allPricesChanged(at)
      for (const [symbol, ledger] of book.ledgers) {
        if (account.firstSnapshot !== firstBefore || ledger.opening.kind === 'unknown')
          this.#openings.unsettle(account, symbol)
      }
    }
  }

  #applyCashFlow(flow: CashFlowFact): void {
    this.#changeFlows(this.#account(flow.account), flow.flowId, (account) => account.flows.record(flow))
  }

  /** A fee that names no order is a cost of the account's books, and evidence that its broker tells of costs. */
  #changeFlows(account: Account, flowId: string, change: (account: Account) => boolean): void {
    const before = account.flows.at(flowId)
    if (!change(account)) return
    const now = account.flows.at(flowId)
    account.facts.replace(before, now)
    const fees = [before, now].flatMap((flow) => (flow !== undefined && isCashFee(flow) ? flow.at : []))
    const evidence = now !== undefined && isCashFee(now) ? now.at : undefined
    account.noteCosts('flow', flowId, { broker_activities: evidence }, this.now)
    for (const book of account.books.values()) {
      this.#dirty.add(book)
      if (fees.length > 0) book.changes.changedFrom(Math.min(...fees))
    }
  }

  #touch(book: Book, symbols: readonly string[], executionId: string): void {
    const account = this.#account(book.description.account)
    account.flows.fillsChangedFrom(book.changes.from)
    if (account.books.size > 1) this.#noteFirstOrder(book, account)
    // Whose order it is does not matter to where an account's costs are told.
    const isOtherSource = account.noteCosts('order', executionId, book.costEvidenceOf(executionId), this.now)
    if (isOtherSource || book === account.orphans) for (const other of account.books.values()) this.#dirty.add(other)
    if (book === account.orphans) {
      book.changes.take()
      return
    }
    this.#dirty.add(book)
    for (const symbol of symbols) {
      this.#openings.unsettle(account, symbol)
      // A book trades a symbol from its first fill on.
      const firstAt = book.ledgers.get(symbol)?.firstFillAt ?? this.now
      if (firstAt > this.now) this.#openings.unsettle(account, symbol, firstAt)
    }
  }

  /** Until its first order the others in an account may have been alone in it. */
  #noteFirstOrder(book: Book, account: Account): void {
    const first = book.submissions.first ?? Number.POSITIVE_INFINITY
    const before = this.#firstOrders.get(book) ?? Number.POSITIVE_INFINITY
    if (first === before) return
    this.#firstOrders.set(book, first)
    this.#rebases.unsettleAll(account, Math.min(first, before))
  }

  /** The book of an account's orders that name no strategy; it has no frames. */
  #orphansOf(label: string): Book {
    const account = this.#account(label)
    account.orphans ??= new Book({
      onOrder: (symbol, submittedAt) => this.#rebases.unsettle(account, symbol, submittedAt),
      description: { strategyId: '', account: label, strategyName: '', calendar: 'XNYS' },
      calendar: this.#options.calendars.XNYS,
      termsOf: (symbol) => this.instruments.termsOf(symbol),
      scheduledCost: () => undefined,
      facts: account.facts,
      orderPins: new OrderPins(),
    })
    return account.orphans
  }

  #scheduledCost(book: Book, row: ExecutionFact, quantity: QuantityE9, notional: MoneyE17): MoneyE17 | undefined {
    if (this.#options.feeRules.length === 0) return undefined
    const { account, calendar } = book.description
    const { side, adapter, submittedAt, symbol } = row
    const worth = timesMultiplier(notional, this.instruments.multiplierOf(symbol))
    const order = { side, adapter, account, calendar, submittedAt, quantity, notional: worth }
    return scheduledCost(this.#options.feeRules, order)
  }

  #hasFeeSchedule(account: Account): boolean {
    return [...account.books.values()].some(({ description }) => hasFeeRules(this.#options.feeRules, description))
  }

  #account(label: string): Account {
    const known = this.accounts.get(label)
    if (known !== undefined) return known
    const account = new Account(label, {
      multiplierOf: (symbol) => this.instruments.multiplierOf(symbol),
      sessionRollMs: this.#options.sessionRollMs,
      hasFeeSchedule: (of) => this.#hasFeeSchedule(of),
    })
    this.accounts.set(label, account)
    return account
  }

  #book({ strategyId, account }: BookKey): Book {
    const inAccount = this.#account(account)
    const known = inAccount.books.get(strategyId)
    if (known !== undefined) return known
    const id = bookId({ strategyId, account })
    const calendar = this.calendarOf(strategyId)
    const strategyName = this.strategies.get(strategyId)?.name ?? strategyId
    const book: Book = new Book({
      description: { strategyId, account, strategyName, calendar },
      calendar: this.#options.calendars[calendar],
      termsOf: (symbol) => this.instruments.termsOf(symbol),
      scheduledCost: (row, quantity, notional) => this.#scheduledCost(book, row, quantity, notional),
      facts: inAccount.facts,
      orderPins: this.orderPins,
      onOrder: (symbol, submittedAt) => this.#rebases.unsettle(inAccount, symbol, submittedAt),
    })
    this.books.set(id, book)
    if (this.#watches?.(book.description) === true) book.orderFlow.ended.watch()
    inAccount.books.set(strategyId, book)
    this.#dirty.add(book)
    return book
  }
}
