import type { CalendarName } from '../domain/calendar.js'
import type { Explanation } from '../domain/explanation.js'
import type { BookFrame } from '../domain/frame.js'
import { historyFrom } from '../domain/history.js'
import type { BookInstants, FeedInstant, Stamp } from '../domain/instants.js'
import { TIERS, type Tier } from '../domain/metric.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'
import { WINDOWS } from '../domain/window.js'
import { recordOf } from '../lib/record-of.js'
import { type Availability, unavailable } from './availability.js'
import type { Book } from './book.js'
import { BookReader, type BookReaderOptions } from './book-reader.js'
import { BookSources, instantOf } from './book-sources.js'
import type { BookTotals } from './book-totals.js'
import { Coverage } from './coverage.js'
import type { DueMinutes } from './due-minutes.js'
import { EquityMemory } from './equity/equity-memory.js'
import { sameSharing, sharingOf } from './equity/sharing.js'
import { explainMetric, type MetricQuestion } from './explain/explain-metric.js'
import { newer } from './feed-events.js'
import { calendarEnds, guarded } from './guarded.js'
import { holdingsOf, NO_HOLDINGS } from './holdings.js'
import { type Digest, digestText, plus } from './inputs/digest.js'
import type { MarketTerms } from './inputs/market-terms.js'
import type { MarketNews } from './market.js'
import { pricedSymbols } from './price-demand.js'
import type { SessionAges } from './staleness.js'
import { type NewResult, StandingResults } from './standing-results.js'
import type { TierPlan } from './tier-plan.js'
import { TierResults } from './tier-results.js'
import type { LevelView } from './view.js'

export interface TickInputs {
  readonly stamp: Stamp
  readonly ages: SessionAges
  readonly due: DueMinutes
  readonly availability: Availability
  /** Empty where the strategy has none. */
  readonly universe: readonly string[]
  readonly terms: MarketTerms
  /** Of what is lacking: an input as well, since nothing can be told from it. */
  readonly lackingTerm: Digest
  /** Of all that is known of the book but for prices. */
  readonly factsDigest: Digest
  /** False for an extra frame between ticks: quality is judged at ticks only. */
  readonly judges: boolean
}

export interface BookFramesOptions extends BookReaderOptions {
  readonly plan: TierPlan
  readonly moneyDecimalsOf: (calendar: CalendarName) => number
  /** Of what facts tell of an instrument. */
  readonly instrumentTermOf: (symbol: string) => Digest
  /** Told when a definition throws: its metric alone is in error. */
  readonly onMetricError: (metric: string, error: unknown) => void
}

/**
 * The frames of one book: computes what has to be computed, carries over what has not, and counts material changes.
 *
 * A tier is computed from its own instant ⌊T/period⌋·period, when a fact touched the book or its time has come.
 */
export class BookFrames {
  readonly #options: BookFramesOptions
  readonly #reader: BookReader
  readonly #tiers: Readonly<Record<Tier, TierResults>>
  readonly #sources: BookSources
  readonly #coverage: Coverage
  readonly #standing = new StandingResults()
  #holdings = NO_HOLDINGS
  /** The book as it was when they were read. */
  #heldAt: LevelView | undefined
  #totals: BookTotals | undefined
  #availability: string | undefined
  #seq = 0
  /** Symbols whose prices are inputs; another minute, or another fact, and they may be others. */
  #priced: { readonly minute: number; readonly symbols: ReadonlySet<string> } | undefined

  constructor(options: BookFramesOptions) {
    this.#options = options
    const { plan, onMetricError } = options
    const reader = new BookReader(options, Number.NEGATIVE_INFINITY)
    this.#reader = reader
    this.#tiers = recordOf(TIERS, (tier) => new TierResults({ tier, plan, reader, onMetricError }))
    this.#sources = new BookSources(options)
    this.#coverage = new Coverage(options.book, options.settings)
  }

  get book(): Book {
    return this.#options.book
  }

  /** What the book's account adds up, as of T; undefined where the calendar does not know. */
  get totals(): BookTotals | undefined {
    return this.#totals
  }

  /** True when, by what others did in the account, its equity is another's than when the book was last computed. */
  isSharingNews(at: EpochMs): boolean {
    const { book, account, settings, memory, capitalShare } = this.#options
    if (memory.sharing === undefined || account.books.size === 1) return false
    const options = { ...settings, configuredShare: capitalShare() }
    try {
      return !sameSharing(memory.sharing, sharingOf(book, account, at, book.calendar, options).sharing)
    } catch (error) {
      // Where the calendar ends nothing is told of equity.
      calendarEnds(error)
      return false
    }
  }

  touch(): void {
    this.#touchTiers(TIERS)
    this.#options.memory.forgetPast()
    this.#coverage.touch()
    this.#priced = undefined
  }

  /**
   * Takes in what the market told before T. A new price matters to who holds the symbol, a quote where no bar is fresh; one
   * of the past to who ever traded it or has had it in his account.
   */
  noteMarket(news: MarketNews): void {
    const { latest, quoted, past, late } = news
    const { book, account, memory } = this.#options
    book.orderFlow.noteMarket(news)
    if (book.orderFlow.isUnsettled) this.#touchTiers(TIERS.filter((tier) => this.#tiers[tier].isOfOrders))
    const benchmark = this.#options.benchmark()
    // Nothing that is read of the book rests on it: it is only held against.
    if (benchmark !== undefined && (latest.has(benchmark) || past.has(benchmark))) this.#tiers.heavy.touch()
    if (late.bars.size > 0) this.#coverage.noteLate(late.bars)
    if (late.signals.size > 0) this.#coverage.noteLate(late.signals)
    const isOfPast = past.size > 0 && [...past].some((symbol) => book.ledgers.has(symbol) || account.hasShown(symbol))
    if (isOfPast) memory.forgetPast()
    if (
      isOfPast ||
      (latest.size > 0 && this.#holdings.priced.some((symbol) => latest.has(symbol))) ||
      (quoted.size > 0 && this.#holdings.quoted.some((symbol) => quoted.has(symbol)))
    )
      this.#touchTiers(TIERS)
  }

  #touchTiers(tiers: readonly Tier[]): void {
    this.#reader.forget()
    for (const tier of tiers) this.#tiers[tier].touch()
  }

  frame(inputs: TickInputs): BookFrame {
    const { book, moneyDecimalsOf } = this.#options
    const { stamp, availability } = inputs
    if (this.#availability !== availability.key) {
      this.touch()
      this.#coverage.forget()
    }
    this.#availability = availability.key

    let material = this.#seq === 0
    for (const tier of TIERS) if (this.#computeTier(tier, inputs)) material = true
    if (this.#computeCoverage(inputs)) material = true
    const instants = this.#instants(inputs)
    this.#sources.observe(instants, this.#holdings, stamp)
    if (inputs.judges && this.#sources.judge(inputs.ages)) material = true
    if (material) this.#seq += 1
    return {
      book: book.description,
      seq: this.#seq,
      moneyDecimals: moneyDecimalsOf(book.description.calendar),
      windows: this.#standing.windows,
      byAdapter: this.#standing.byAdapter,
      sources: this.#sources.instants,
      instants,
      stamp,
      inputsDigest: this.#inputsDigest(inputs),
    }
  }

  /** How a number of one of the book's frames came about; what ticks remember is as it was. */
  explain(question: MetricQuestion): Explanation {
    const { book, memory } = this.#options
    // What has happened since the last tick is news to the memory of the ticks, and to no other.
    memory.note(book.changes.take())
    return explainMetric({ ...this.#options, memory: new EquityMemory() }, question)
  }

  /** Of all that is known of the book at T. */
  #inputsDigest({ stamp: { at }, terms, factsDigest, lackingTerm }: TickInputs): string {
    const { instrumentTermOf } = this.#options
    let digest = plus(factsDigest, lackingTerm)
    for (const symbol of this.#pricedAt(at))
      digest = plus(digest, plus(terms.ofPrices(symbol), instrumentTermOf(symbol)))
    for (const symbol of this.#coverage.symbols) digest = plus(digest, terms.ofMinutes(symbol))
    return digestText(digest)
  }

  #pricedAt(at: EpochMs): ReadonlySet<string> {
    const minute = Math.floor(at / MINUTE_MS)
    if (this.#priced?.minute !== minute) {
      const { book, account, settings, benchmark } = this.#options
      const shownFrom = historyFrom(settings.calendars, at)
      this.#priced = { minute, symbols: pricedSymbols(book, account, at, shownFrom, benchmark()) }
    }
    return this.#priced.symbols
  }

  /** Computes what of a tier is due; true when a value, status or reason changed. */
  #computeTier(tier: Tier, { stamp: { at }, availability }: TickInputs): boolean {
    const instant = instantOf(tier, at, this.#options.settings)
    const news = this.#tiers[tier].newsAt(instant, availability)
    if (news === undefined) return false
    this.#noteBook(tier, instant)
    const isOtherSplit = news.splits !== undefined && this.#standing.acceptSplits(news.splits)
    return this.#standing.accept(news.results) || isOtherSplit
  }

  /** What is held, and what the account adds up; where the calendar does not know, nothing is told of it. */
  #noteBook(tier: Tier, instant: EpochMs): void {
    try {
      const level = this.#reader.level()
      // A slower tier looks at an earlier instant, at which other symbols may have been held.
      if (level !== this.#heldAt && instant >= this.#holdings.at) {
        this.#holdings = holdingsOf(this.#reader, level, this.#isFreshAt(instant))
        this.#heldAt = level
      }
      if (tier === 'light') this.#totals = this.#reader.totals()
    } catch (error) {
      calendarEnds(error)
      if (tier === 'light') this.#totals = undefined
    }
  }

  /** Reads what the feeds covered, if that may be new, and says of ages when they cannot be taken; true when something changed. */
  #computeCoverage({ due, universe, availability }: TickInputs): boolean {
    const { plan, onMetricError } = this.#options
    const { ofFeeds, ages } = plan
    const inputs = { due, universe, held: this.#holdings.symbols }
    const results: NewResult[] = ages.map(({ definition, index }) => ({
      ...{ index, windows: WINDOWS, result: unavailable(definition, availability) },
    }))
    try {
      if (!this.#coverage.isDue(inputs)) return false
      for (const view of this.#coverage.views(inputs))
        for (const { definition, index } of ofFeeds) {
          const missing = unavailable(definition, availability)
          const result = missing ?? guarded(definition, () => definition.compute(view), onMetricError)
          results.push({ index, windows: [view.window], result })
        }
    } catch (error) {
      const result = calendarEnds(error)
      this.#coverage.forget()
      for (const { index } of ofFeeds) results.push({ index, windows: WINDOWS, result })
    }
    return this.#standing.accept(results)
  }

  #isFreshAt(at: EpochMs): (barAt: EpochMs) => boolean {
    const { book, settings } = this.#options
    return (barAt) => book.calendar.sessionTimeBetween(barAt, at) <= settings.markMaxAgeMs
  }

  /** The newest event of each feed among the symbols that matter; a strategy's universe is looked up once a tick for all its books. */
  #instants({ universe }: TickInputs): BookInstants {
    const { feeds } = this.#options.market
    const base = universe.length > 0 ? universe : this.#coverage.symbols
    const newestOf = (feed: keyof typeof feeds): FeedInstant | undefined =>
      newer(feeds[feed].newestOf(base), feeds[feed].newestOf(this.#holdings.symbols))
    return { bars: newestOf('bars'), signals: newestOf('signals'), reviewedAt: this.#holdings.reviewedAt }
  }
}
