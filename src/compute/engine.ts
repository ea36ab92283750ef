import { createHash } from 'node:crypto'
import { bookId } from '../domain/book.js'
import type { CalendarName } from '../domain/calendar.js'
import type { EndedOrder } from '../domain/ended-order.js'
import type { PriceE8 } from '../domain/exact.js'
import type { Explanation, ExplanationQuestion } from '../domain/explanation.js'
import type { Fact, FactRejection, InstrumentFact, SignalFact } from '../domain/facts.js'
import type { AccountFrame, BookFrame, FrameSet, OtherBook } from '../domain/frame.js'
import { BAR_LIFETIME_MS, historyFrom } from '../domain/history.js'
import type { Need } from '../domain/metric.js'
import type {
  FactCounts,
  FactSink,
  Feed,
  MinuteRuns,
  PriceColumn,
  PriceDemand,
  SignalColumn,
  StrategySummary,
  SymbolPinsDemand,
} from '../domain/ports.js'
import { midOf } from '../domain/quote.js'
import { ONLY_SHARD, type Shard, ShardOwnership } from '../domain/shards.js'
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../domain/time.js'
import { atOnce } from '../lib/at-once.js'
import { readOnce } from '../lib/read-once.js'
import type { Account } from './account.js'
import { AccountFrames, type CountedBook } from './accounts/account-frames.js'
import { OtherBooks } from './accounts/other-books.js'
import { availabilityOf } from './availability.js'
import type { Book } from './book.js'
import { BookFrames, type TickInputs } from './book-frames.js'
import type { BookReaderOptions } from './book-reader.js'
import type { BookTotals } from './book-totals.js'
import { type CarriedPositions, carriedPositions } from './carried-positions.js'
import type { BookCheckpoint } from './checkpoints/checkpoint.js'
import { takeCheckpoint } from './checkpoints/take-checkpoint.js'
import { DueMinutes } from './due-minutes.js'
import { EquityMemory } from './equity/equity-memory.js'
import { factCountsOf } from './fact-counts.js'
import { termOf } from './inputs/digest.js'
import { MarketTerms } from './inputs/market-terms.js'
import { markSourcesOf } from './mark-sources.js'
import { Market, type MarketNews } from './market.js'
import { markOf } from './marks.js'
import type { AccountMetric, MetricDefinition } from './metrics/definition.js'
import { Portfolio } from './portfolio.js'
import { longestReach, PricePins, priceDemandOf } from './price-demand.js'
import type { NewRebase } from './rebases.js'
import type { ComputeSettings } from './settings.js'
import { SessionAges } from './staleness.js'
import { summarizeStrategies } from './strategy-summaries.js'
import { planTiers, type TierPlan } from './tier-plan.js'
import type { BookFact } from './waiting-facts.js'

/** Prices younger than this are kept one by one: the longest wall-clock window, and room for late bars. */
export const FINE_HISTORY_MS = HOUR_MS + 10 * MINUTE_MS

export interface EngineOptions {
  readonly dictionary: readonly MetricDefinition[]
  readonly accountDictionary: readonly AccountMetric[]
  readonly settings: ComputeSettings
  readonly startAt: EpochMs
  /** A random token of the process. */
  readonly epoch: string
  /** Whether there is a source of bars and signals at all. */
  readonly feedsConfigured: boolean
  readonly calendarOf: (strategyId: string) => CalendarName | undefined
  readonly moneyDecimalsOf: (strategyId: string, calendar: CalendarName) => number
  readonly instruments: readonly InstrumentFact[]
  /** Whose books are worked out and published; absent: all. Facts of all books are told in any case. */
  readonly shard?: Shard
  readonly onMetricError: (metric: string, error: unknown) => void
}

/** What the sources know at a tick. */
export interface Watermarks {
  /** Start of the last complete read of orders and their kin. */
  readonly ordersAsOf: EpochMs | undefined
  /** Start of the last complete read of market data; undefined until there was one. */
  readonly feedsAsOf: EpochMs | undefined
  /** What the sources do not have, each with the name of the source, the table or the column. */
  readonly lacking: ReadonlyMap<Need, string>
}

const NEVER = [0, 0] as const
/** Orders whose digests are worked out without a pause: some milliseconds of work. */
const ORDERS_AT_ONCE = 200

/**
 * Facts in, frames out; no clock and no I/O: the same facts, the same T, the same bytes.
 */
export class Engine implements FactSink {
  readonly #options: EngineOptions
  readonly #portfolio: Portfolio
  readonly #market: Market
  readonly #frames = new Map<string, BookFrames>()
  readonly #accountFrames = new Map<string, AccountFrames>()
  readonly #ownership: ShardOwnership
  readonly #others = new OtherBooks((book) => this.#readerOptions(book))
  readonly #plan: TierPlan
  readonly formulaSet: string
  readonly #pins = new PricePins()
  readonly #terms: MarketTerms
  #isTicking = false
  #coarsenedAt: number | undefined
  #decisionsFrom: EpochMs = Number.NEGATIVE_INFINITY
  #rejected = 0

  constructor(options: EngineOptions) {
    this.#options = options
    this.#ownership = new ShardOwnership(options.shard ?? ONLY_SHARD)
    this.#portfolio = new Portfolio(
      {
        calendars: options.settings.calendars,
        calendarOf: options.calendarOf,
        instruments: options.instruments,
        sessionRollMs: options.settings.sessionRollMs,
        capitalShareOf: options.settings.capitalShareOf,
        feeRules: options.settings.feeRules,
        benchmarkOf: options.settings.benchmarkOf,
        markAt: (book, symbol, at) => this.#markAt(book, symbol, at),
      },
      options.startAt,
    )
    this.#market = new Market(options.startAt)
    this.#terms = new MarketTerms(this.#market)
    this.#plan = planTiers(options.dictionary)
    const metrics = [...options.dictionary, ...options.accountDictionary]
    const versions = metrics.map(({ name, formulaVersion }) => `${name}=${formulaVersion}`)
    this.formulaSet = createHash('sha256').update(versions.join('\n')).digest('hex').slice(0, 16)
  }

  apply(facts: readonly Fact[]): void {
    this.#assertBetweenTicks()
    const ofBooks: BookFact[] = []
    for (const fact of facts) {
      if (fact.fact === 'bar') this.#market.applyBars({ symbol: fact.symbol, ats: [fact.at], closesE8: [fact.close] })
      else if (fact.fact === 'signal') this.#applySignal(fact)
      else if (fact.fact === 'feed_minutes')
        this.#market.applyMinutes(fact.feed, [{ symbol: fact.symbol, runs: [[fact.firstAt, fact.at]] }])
      else if (fact.fact !== 'watermark') ofBooks.push(fact)
    }
    this.#portfolio.apply(ofBooks)
    const { now } = this.#portfolio
    for (const account of this.#portfolio.accounts.values())
      if (account.isGrown) account.thin(now - FINE_HISTORY_MS, historyFrom(this.#options.settings.calendars, now))
  }

  applyPrices(columns: readonly PriceColumn[]): void {
    this.#assertBetweenTicks()
    for (const column of columns) this.#market.applyBars(column)
  }

  applySignals(columns: readonly SignalColumn[]): void {
    this.#assertBetweenTicks()
    for (const column of columns) this.#market.applySignals(column)
  }

  applyMinutes(feed: Feed, minutes: readonly MinuteRuns[]): void {
    this.#assertBetweenTicks()
    this.#market.applyMinutes(feed, minutes)
  }

  reject(rejections: readonly FactRejection[]): void {
    this.#rejected += rejections.length
  }

  get factCounts(): FactCounts {
    return { rejected: this.#rejected, ...factCountsOf(this.#portfolio, this.#ownership) }
  }

  /** Where snapshots have corrected a ledger since the last call. */
  takeNewRebases(): readonly NewRebase[] {
    return this.#portfolio.takeNewRebases().filter((rebase) => this.#ownership.owns(rebase))
  }

  /** Orders that have ended since the last call, of those that came since the first tick: each once. */
  takeEndedOrders(): readonly EndedOrder[] {
    return this.#portfolio.takeEndedOrders()
  }

  /** Settles a little of what a history left to settle, so that others get their turn; false when nothing is left. */
  settleOne(): boolean {
    this.#assertBetweenTicks()
    return this.#portfolio.settleOne()
  }

  /** Whether prices of a symbol are kept; of others only the times of their events are. */
  keeps(symbol: string): boolean {
    return this.#market.series(symbol) !== undefined
  }

  /** Symbols whose prices the books need, each with the grid of its history, and those of which times are enough. */
  demand(): PriceDemand {
    this.#assertBetweenTicks()
    this.#portfolio.settle()
    const { kept, watched } = priceDemandOf(this.#portfolio, this.#options.settings, this.#ownership)
    for (const [symbol, cellMs] of kept) this.#market.keep(symbol, cellMs)
    const { now, orderPins } = this.#portfolio
    const pinsOf = new Map<string, SymbolPinsDemand>()
    for (const [symbol, { instants, lateCount }] of orderPins.all())
      pinsOf.set(symbol, { instants: instants.instants, lateCount })
    orderPins.asked(now - FINE_HISTORY_MS)
    return { kept, watched, pins: this.#pinsAt(now), pinsOf }
  }

  /** Moves T on before its tick, so that `demand` speaks of it; a replay has the prices of T at hand already. */
  advanceTo(at: EpochMs): void {
    this.#assertBetweenTicks()
    this.#portfolio.advanceTo(at)
  }

  /**
   * The frames of all live books at T; T never goes back.
   *
   * Books that nothing touched, and whose time has not come, are not computed: they carry their values over.
   */
  tick(at: EpochMs, watermarks: Watermarks, judges = true): FrameSet {
    return atOnce(this.ticking(at, watermarks, judges))
  }

  /**
   * The same in steps of a book each, so that many books do not keep everybody else waiting. Until its end the engine is
   * told nothing and explains nothing: it throws.
   */
  *ticking(at: EpochMs, watermarks: Watermarks, judges = true): Generator<undefined, FrameSet> {
    this.advanceTo(at)
    this.#isTicking = true
    try {
      return yield* this.#steps(at, watermarks, judges)
    } finally {
      this.#isTicking = false
    }
  }

  /** Whoever would tell the engine something amid a tick would make a frame of two moments. */
  #assertBetweenTicks(): void {
    if (this.#isTicking) throw new Error('a tick is under way: the engine is told nothing until its end')
  }

  *#steps(at: EpochMs, watermarks: Watermarks, judges: boolean): Generator<undefined, FrameSet> {
    this.#coarsenPrices(at)
    const boundary = at - FINE_HISTORY_MS
    const news = this.#market.settle(at, {
      boundary,
      oldest: at - BAR_LIFETIME_MS,
      pins: this.#pinsAt(at),
      orderPins: this.#portfolio.orderPins,
    })
    yield
    this.#portfolio.reprice(news)
    yield
    const touched = this.#portfolio.takeChanged()
    const oldestSnapshot = historyFrom(this.#options.settings.calendars, at)
    const thinned = new Set<Book>()
    for (const account of this.#portfolio.accounts.values()) {
      const span = account.thin(boundary, oldestSnapshot)
      if (span === undefined) continue
      for (const book of account.books.values()) {
        thinned.add(book)
        book.changes.changedIn(...span)
      }
    }
    this.#notePrices(news)

    // What one book does may change whose its account's equity is.
    const mayBeShared = new Set([...touched].map((book) => this.#portfolio.accountOf(book)))
    const common = this.#commonInputs(at, watermarks)
    this.#terms.advanceTo(at)
    this.#expireDecisions(oldestSnapshot)
    const books = new Map<string, BookFrame>()
    const elsewhere = new Map<string, OtherBook>()
    const counted = new Map<Account, CountedBook[]>()
    const count = (account: Account, book: CountedBook) =>
      readOnce(counted, account, (): CountedBook[] => []).push(book)
    for (const [id, book] of [...this.#portfolio.books].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield
      const isTouched = touched.has(book) || thinned.has(book)
      const account = this.#portfolio.accountOf(book)
      if (!this.#ownership.owns(book.description)) {
        const other = this.#others.noteTick(book, at)
        const counts = this.#ownership.ownsAccount(account.label)
        const totals = counts ? this.#others.totalsOf(book, at, { isTouched, market: news }) : undefined
        if (!this.#isLive(book, at)) continue
        elsewhere.set(id, other)
        if (counts) count(account, this.#countedBook(book, totals))
        continue
      }
      const frames = this.#framesOf(id, book)
      frames.noteMarket(news)
      if (isTouched || (mayBeShared.has(account) && frames.isSharingNews(at))) frames.touch()
      if (!this.#isLive(book, at)) continue
      const frame = frames.frame({
        ...common,
        universe: this.#portfolio.strategies.universeOf(book.description.strategyId),
        factsDigest: this.#portfolio.digestOf(book),
        judges,
      })
      books.set(id, frame)
      if (this.#ownership.ownsAccount(account.label)) count(account, this.#countedBook(book, frames.totals))
    }
    this.#portfolio.watchOrders((book) => this.#ownership.owns(book))
    const accounts = new Map<string, AccountFrame>()
    for (const [account, counts] of [...counted].sort(([a], [b]) => (a.label < b.label ? -1 : 1))) {
      yield
      const frames = this.#framesOfAccount(account)
      frames.noteMarket(news)
      if (mayBeShared.has(account)) frames.touch()
      accounts.set(account.label, frames.frame({ at, books: counts, availability: common.availability }))
    }
    for (const [id, { book }] of this.#frames) if (this.#portfolio.books.get(id) !== book) this.#frames.delete(id)
    for (const label of this.#accountFrames.keys()) if (!accounts.has(label)) this.#accountFrames.delete(label)
    this.#others.keepOnly(this.#portfolio.books)
    const all = { stamp: common.stamp, formulaSet: this.formulaSet, books, accounts }
    return this.#ownership.shard.count === 1 ? all : { ...all, elsewhere }
  }

  #countedBook({ description: { strategyId, calendar } }: Book, totals: BookTotals | undefined): CountedBook {
    return { calendar, moneyDecimals: this.#options.moneyDecimalsOf(strategyId, calendar), totals }
  }

  #commonInputs(
    at: EpochMs,
    { ordersAsOf, feedsAsOf, lacking }: Watermarks,
  ): Omit<TickInputs, 'universe' | 'factsDigest' | 'judges'> {
    const { startAt, epoch, feedsConfigured } = this.#options
    // A source of bars that has not answered yet may tell another price than what stands in for it.
    const marksWaitFor = feedsConfigured && feedsAsOf === undefined ? 'clickhouse' : undefined
    const availability = availabilityOf(lacking, marksWaitFor)
    return {
      stamp: { at, ordersAsOf, feedsAsOf, areFeedsRequired: feedsConfigured, startedAt: startAt, epoch },
      ages: new SessionAges(at),
      due: new DueMinutes(at, this.#market, this.#options.settings),
      availability,
      lackingTerm: termOf(availability.key),
      terms: this.#terms,
    }
  }

  /** What is demanded on a coarser grid than before, once a minute and when facts may have changed it. */
  #coarsenPrices(at: EpochMs): void {
    const minute = Math.floor(at / MINUTE_MS)
    if (minute === this.#coarsenedAt && !this.#portfolio.hasChanged) return
    this.#coarsenedAt = minute
    const { kept } = priceDemandOf(this.#portfolio, this.#options.settings, this.#ownership)
    for (const [symbol, cellMs] of kept) this.#market.coarsen(symbol, cellMs)
  }

  #expireDecisions(oldest: EpochMs): void {
    if (oldest === this.#decisionsFrom) return
    this.#decisionsFrom = oldest
    for (const book of this.#portfolio.books.values()) book.decisions.expire(oldest)
  }

  /** Positions that stand for the orders before the longest window of an instant, once T has been moved there. */
  carriedPositions(from: EpochMs): CarriedPositions {
    return carriedPositions(this.#portfolio, from)
  }

  /** Every book of the shard, by the id that `takeCheckpoint` knows it by. */
  bookIds(): string[] {
    return [...this.#portfolio.books].flatMap(([id, { description }]) => (this.#ownership.owns(description) ? id : []))
  }

  /** Works out, a little at each step, what taking a book's checkpoint rests on; it is taken in no time then. */
  *prepareCheckpoint(id: string): Generator<void> {
    let count = 0
    for (const { row } of this.#portfolio.books.get(id)?.toldOrders() ?? []) {
      this.#portfolio.books.get(id)?.digestOfOrder(row.executionId)
      count += 1
      if (count % ORDERS_AT_ONCE === 0) yield
    }
  }

  /** The ledgers of a book at an instant that no window of T or later reaches: see BookCheckpoint. Undefined for nothing. */
  takeCheckpoint(id: string, at: EpochMs): BookCheckpoint | undefined {
    this.#assertBetweenTicks()
    const book = this.#portfolio.books.get(id)
    return book && takeCheckpoint(this.#portfolio, book, at)
  }

  /** Begins with ledgers instead of the orders that they spare. */
  beginAt(checkpoints: readonly BookCheckpoint[]): void {
    this.#assertBetweenTicks()
    this.#portfolio.beginAt(checkpoints)
  }

  /** Whether everything that was told agrees with the checkpoints that it began with. */
  get areCheckpointsSound(): boolean {
    return this.#portfolio.areCheckpointsSound
  }

  /** Forgets the checkpoints; what they spared has to be told before the next tick. */
  forgetCheckpoints(): void {
    this.#assertBetweenTicks()
    this.#portfolio.forgetCheckpoints()
  }

  /**
   * How one number of the latest frames came about; undefined where they have no such book, or the dictionary no such metric.
   * Changes nothing: ticks before and after it say what they would say without it.
   */
  explain(frames: FrameSet, { strategyId, account, window, metric }: ExplanationQuestion): Explanation | undefined {
    this.#assertBetweenTicks()
    const id = bookId({ strategyId, account })
    const { dictionary, settings } = this.#options
    const index = dictionary.findIndex(({ name }) => name === metric)
    const [definition, frame, book] = [dictionary[index], frames.books.get(id), this.#portfolio.books.get(id)]
    if (definition === undefined || frame === undefined || book === undefined) return undefined
    this.#portfolio.settle()
    return this.#framesOf(id, book).explain({
      definition,
      index,
      window,
      frame,
      due: new DueMinutes(frame.stamp.at, this.#market, settings),
      universe: this.#portfolio.strategies.universeOf(book.description.strategyId),
    })
  }

  strategies(): StrategySummary[] {
    return summarizeStrategies(this.#portfolio)
  }

  #markAt(book: Book, symbol: string, at: EpochMs): PriceE8 | undefined {
    const priced = {
      book,
      account: this.#portfolio.accountOf(book),
      market: this.#market,
      settings: this.#options.settings,
    }
    return markOf(markSourcesOf(priced, symbol, book.ledgers.get(symbol)), at)?.priceE8
  }

  #pinsAt(at: EpochMs): readonly EpochMs[] {
    return this.#pins.at(at, this.#portfolio, this.#options.settings)
  }

  #framesOf(id: string, book: Book): BookFrames {
    const known = this.#frames.get(id)
    if (known?.book === book) return known
    const { strategyId } = book.description
    const frames = new BookFrames({
      ...this.#readerOptions(book),
      instrumentTermOf: (symbol) => this.#portfolio.instruments.digestOf(symbol),
      plan: this.#plan,
      moneyDecimalsOf: (calendar) => this.#options.moneyDecimalsOf(strategyId, calendar),
      onMetricError: this.#options.onMetricError,
    })
    this.#frames.set(id, frames)
    return frames
  }

  #readerOptions(book: Book): BookReaderOptions {
    const { strategyId } = book.description
    const { instruments } = this.#portfolio
    return {
      book,
      account: this.#portfolio.accountOf(book),
      memory: new EquityMemory(),
      multiplierOf: (symbol) => instruments.multiplierOf(symbol),
      currencyOf: (symbol) => instruments.currencyOf(symbol),
      capitalShare: () => this.#portfolio.strategies.capitalShareOf(strategyId),
      benchmark: () => this.#portfolio.strategies.benchmarkOf(strategyId),
      market: this.#market,
      settings: this.#options.settings,
    }
  }

  #framesOfAccount(account: Account): AccountFrames {
    const { accountDictionary, settings, onMetricError } = this.#options
    return readOnce(this.#accountFrames, account.label, () => {
      const { instruments } = this.#portfolio
      return new AccountFrames({
        account,
        market: this.#market,
        settings,
        dictionary: accountDictionary,
        multiplierOf: (symbol) => instruments.multiplierOf(symbol),
        currencyOf: (symbol) => instruments.currencyOf(symbol),
        onMetricError,
      })
    })
  }

  /** What was worked out from prices that are others now has to be worked out again, where it is remembered. */
  #notePrices({ latest, quoted, corrected }: MarketNews): void {
    if (latest.size + quoted.size + corrected.size === 0) return
    const noteIn = ({ changes }: Book, symbol: string) => {
      changes.changedFrom(latest.get(symbol) ?? Number.POSITIVE_INFINITY)
      changes.changedFrom(quoted.get(symbol) ?? Number.POSITIVE_INFINITY)
      const [from, to] = corrected.get(symbol) ?? NEVER
      // What was thinned reads otherwise within its span; a late price may also be an observation of its own.
      if (to === Number.POSITIVE_INFINITY) changes.changedFrom(from)
      else if (to > from) changes.changedIn(from, to)
    }
    for (const book of this.#portfolio.books.values()) {
      const account = this.#portfolio.accountOf(book)
      for (const symbol of book.ledgers.keys()) noteIn(book, symbol)
      // An account's equity moves with everything that is held there, whoever bought it, and it is that of a book which
      // has it alone: of several books that may trade there, too, one may be the only one that does.
      for (const symbol of account.positions.symbols()) if (!book.ledgers.has(symbol)) noteIn(book, symbol)
    }
  }

  /** Rows of other sources look ahead: they price nothing, and say nothing of the feed. */
  #applySignal({ symbol, source, at, bid, ask, ingestedAt }: SignalFact): void {
    if (source !== 'ta') return
    const column = { symbol, ats: [at], midsE8: [midOf(bid, ask)] }
    this.#market.applySignals(ingestedAt === undefined ? column : { ...column, newestIngestedAt: ingestedAt })
  }

  /** A book is live while its strategy is enabled, it holds a position, or it had a fact in the last 20 sessions. */
  #isLive(book: Book, at: EpochMs): boolean {
    if (this.#portfolio.strategies.isEnabled(book.description.strategyId)) return true
    for (const ledger of book.ledgers.values()) if (ledger.stateAt(at).quantity !== 0n) return true
    return book.activity.hasIn(longestReach(book, at), at)
  }
}
