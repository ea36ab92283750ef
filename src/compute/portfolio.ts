import type { BookKey } from '../domain/book.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { EndedOrder } from '../domain/ended-order.js'
import type { PriceE8 } from '../domain/exact.js'
import type {
  CashFlowFact,
  InstrumentFact,
  OpeningPositionFact,
  PositionSnapshotFact,
  RetractionFact,
  StrategyFact,
} from '../domain/facts.js'
import type { FeeRule } from '../domain/fee-schedule.js'
import type { EpochMs } from '../domain/time.js'
import type { Account } from './account.js'
import type { Book } from './book.js'
import { BookRegistry } from './book-registry.js'
import type { BookCheckpoint } from './checkpoints/checkpoint.js'
import { isSound } from './checkpoints/soundness.js'
import { isCashFee } from './equity/flows.js'
import type { OrderPins } from './execution/order-pins.js'
import { type Digest, plus } from './inputs/digest.js'
import { Instruments } from './instruments.js'
import { Openings } from './openings.js'
import { OrderHomes } from './order-homes.js'
import { type NewRebase, type PriceNews, Rebases } from './rebases.js'
import { Strategies, type StrategyOptions } from './strategies.js'
import { type BookFact, WaitingFacts } from './waiting-facts.js'

export interface PortfolioOptions extends StrategyOptions {
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** What configuration says about instruments; it goes before what the facts say. */
  readonly instruments: readonly InstrumentFact[]
  readonly sessionRollMs: number
  readonly feeRules: readonly FeeRule[]
  /** The mark of a symbol for a book at an instant. */
  readonly markAt: (book: Book, symbol: string, at: EpochMs) => PriceE8 | undefined
}

/**
 * Routes facts to the books and accounts they belong to, and remembers which books have to be computed again.
 *
 * A fact whose first event lies after T waits until T reaches it: whatever a row says today, the future is not in a frame.
 */
export class Portfolio {
  readonly strategies: Strategies
  readonly instruments: Instruments
  readonly #registry: BookRegistry
  readonly #calendars: PortfolioOptions['calendars']
  readonly #orders: OrderHomes
  readonly #future = new WaitingFacts()
  readonly #openings = new Openings()
  readonly #rebases: Rebases
  readonly #firstOrders = new WeakMap<Book, EpochMs>()
  #dirty = new Set<Book>()
  /** Books whose checkpoint was forgotten: their orders may be gone as well. */
  readonly #perhapsEmpty = new Set<Book>()

  constructor(
    options: PortfolioOptions,
    public now: EpochMs,
  ) {
    this.#calendars = options.calendars
    this.strategies = new Strategies(options)
    this.instruments = new Instruments(options.instruments)
    this.#registry = new BookRegistry({
      ...options,
      ...{ strategies: this.strategies, instruments: this.instruments },
      onBook: (book) => this.#dirty.add(book),
      onOrder: (account, symbol, submittedAt) => this.#rebases.unsettle(account, symbol, submittedAt),
    })
    this.#orders = new OrderHomes({
      registry: this.#registry,
      onOrder: (book, symbols, executionId) => this.#touch(book, symbols, executionId),
      onDecision: (book) => this.#dirty.add(book),
      onLeft: (book) => this.#forgetIfEmpty(book),
    })
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
    return this.#orders.orphanAccounts()
  }

  /** The corrections that came to be known since the last call, each once, of snapshots taken since the start. */
  takeNewRebases(): readonly NewRebase[] {
    return this.#rebases.takeNew()
  }

  get books(): ReadonlyMap<string, Book> {
    return this.#registry.books
  }

  get accounts(): ReadonlyMap<string, Account> {
    return this.#registry.accounts
  }

  get orderPins(): OrderPins {
    return this.#registry.orderPins
  }

  /** See BookRegistry. */
  watchOrders(isPublished: (book: BookKey) => boolean): void {
    this.#registry.watchOrders(isPublished)
  }

  /** See BookRegistry. */
  takeEndedOrders(): EndedOrder[] {
    return this.#registry.takeEndedOrders()
  }

  apply(facts: readonly BookFact[]): void {
    for (const fact of facts) {
      if (!this.#future.waits(fact, this.now)) this.#applyOne(fact)
      else if (fact.fact === 'execution') this.#orders.withdrawExecution(fact.executionId)
    }
  }

  /** Begins books with what checkpoints hold; what these spare is not told then. */
  beginAt(checkpoints: readonly BookCheckpoint[]): void {
    for (const checkpoint of checkpoints) {
      const book = this.#registry.book(checkpoint)
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

  /** What is known of a book but for prices: its decisions, and all that its account and its strategies were told. */
  digestOf(book: Book): Digest {
    const account = this.accountOf(book)
    let digest = plus(account.digest, book.decisions.digest)
    for (const strategyId of account.books.keys()) digest = plus(digest, this.strategies.digestOf(strategyId))
    return digest
  }

  accountOf(book: Book): Account {
    return this.#registry.accountOf(book)
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
        this.#orders.applyDecision(fact)
        break
      case 'execution':
        this.#orders.applyExecution(fact)
        break
      case 'fill':
        this.#orders.applyFill(fact)
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
    const benchmarkBefore = this.strategies.benchmarkOf(strategy.strategyId)
    this.strategies.apply(strategy)
    for (const account of strategy.accounts ?? []) this.#registry.book({ strategyId: strategy.strategyId, account })
    const calendar = this.strategies.calendarOf(strategy.strategyId)
    const hasOtherBenchmark = this.strategies.benchmarkOf(strategy.strategyId) !== benchmarkBefore
    for (const book of this.books.values()) {
      const { strategyId, strategyName, account, calendar: calendarBefore } = book.description
      if (strategyId !== strategy.strategyId) continue
      if (hasOtherBenchmark) this.#dirty.add(book)
      if (strategyName === strategy.name && calendarBefore === calendar) continue
      book.description = { ...book.description, strategyName: strategy.name, calendar }
      book.calendar = this.#calendars[calendar]
      this.#dirty.add(book)
      book.changes.changedFrom(Number.NEGATIVE_INFINITY)
      book.orderFlow.allPricesChanged(Number.NEGATIVE_INFINITY)
      this.#rebases.unsettleAll(this.#registry.account(account), Number.NEGATIVE_INFINITY)
      for (const symbol of book.ledgers.keys()) {
        book.recost(symbol)
        this.#openings.unsettle(this.#registry.account(account), symbol)
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

  #forgetIfEmpty(book: Book): void {
    if (!this.#registry.isNeedless(book)) return
    this.#registry.forget(book)
    this.#dirty.delete(book)
    this.#rebases.forget(book)
    // Its orders need no prices any more.
    book.orderFlow.place(this.now)
    for (const other of this.accountOf(book).books.values()) this.#dirty.add(other)
  }

  /** Takes back what the source has no more. */
  #retract({ of, identity: [id = '', part = ''] }: RetractionFact): void {
    switch (of) {
      case 'decision':
        this.#orders.withdrawDecision(id)
        break
      case 'execution':
        this.#orders.retractExecution(id)
        break
      case 'fill':
        this.#orders.retractFill(id, part)
        break
      case 'position_snapshot':
        this.#changeSnapshots(this.#registry.account(id), Number(part), (account) =>
          account.removeSnapshot(Number(part)),
        )
        break
      case 'cash_flow':
        this.#changeFlows(this.#registry.account(id), part, (account) => account.flows.remove(part) !== undefined)
        break
    }
  }

  #applyOpeningPosition(fact: OpeningPositionFact): void {
    const book = this.#registry.book(fact)
    book.beginWith(fact)
    this.#touch(book, [fact.symbol], '')
  }

  #applySnapshot(snapshot: PositionSnapshotFact): void {
    this.#changeSnapshots(this.#registry.account(snapshot.account), snapshot.at, (account) =>
      account.applySnapshot(snapshot),
    )
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
    this.#changeFlows(this.#registry.account(flow.account), flow.flowId, (account) => account.flows.record(flow))
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
    const account = this.accountOf(book)
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
}
