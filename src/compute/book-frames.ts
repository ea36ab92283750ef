import type { CalendarName } from '../domain/calendar.js'
import type { Explanation } from '../domain/explanation.js'
import type { BookFrame } from '../domain/frame.js'
import { historyFrom } from '../domain/history.js'
import type { BookInstants, FeedInstant, Stamp } from '../domain/instants.js'
import { type MetricResult, TIERS, type Tier } from '../domain/metric.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'
import { WINDOWS, type Window } from '../domain/window.js'
import { readOnce } from '../lib/read-once.js'
import { recordOf } from '../lib/record-of.js'
import { type Availability, unavailable } from './availability.js'
import type { Book } from './book.js'
import { BookReader, type BookReaderOptions } from './book-reader.js'
import { BookSources, instantOf } from './book-sources.js'
import { type BookTotals, bookTotalsOf } from './book-totals.js'
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
import { insufficient, isLevel, type MetricDefinition, type WindowMetric } from './metrics/definition.js'
import { pricedSymbols } from './price-demand.js'
import type { SessionAges } from './staleness.js'
import { type Results, type Splits, StandingResults } from './standing-results.js'
import type { TierPlan } from './tier-plan.js'
import type { WindowView } from './view.js'

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

interface TierState {
  /** The instant that its values are of. */
  instant: EpochMs | undefined
  holdsUntil: EpochMs
  dirty: boolean
  moving: readonly Moving[]
}

/** A figure that is another one at every T, since it counts from a window's start. */
interface Moving {
  readonly definition: WindowMetric
  readonly index: number
  readonly window: Window
}

interface Computed {
  readonly results: Results
  /** Undefined where the tier tells nothing by adapter. */
  readonly splits: Splits | undefined
  readonly moving: readonly Moving[]
  readonly holdsUntil: EpochMs
  readonly totals: () => BookTotals | undefined
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
  readonly #tiers: Record<Tier, TierState>
  /** Those in which a metric is about orders and their prices. */
  readonly #tiersOfOrders: readonly Tier[]
  readonly #sources: BookSources
  readonly #coverage: Coverage
  readonly #standing = new StandingResults()
  #holdings = NO_HOLDINGS
  #totals: BookTotals | undefined
  #availability: string | undefined
  #seq = 0
  /** Symbols whose prices are inputs; another minute, or another fact, and they may be others. */
  #priced: { readonly minute: number; readonly symbols: ReadonlySet<string> } | undefined

  constructor(options: BookFramesOptions) {
    this.#options = options
    this.#tiers = recordOf(TIERS, () => ({ instant: undefined, holdsUntil: 0, dirty: true, moving: [] }))
    this.#tiersOfOrders = TIERS.filter((tier) =>
      options.plan[tier].planned.some(({ definition }) => definition.byAdapter === true),
    )
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
    return !sameSharing(memory.sharing, sharingOf(book, account, at, book.calendar, options).sharing)
  }

  touch(): void {
    for (const tier of TIERS) this.#tiers[tier].dirty = true
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
    if (book.orderFlow.isUnsettled) for (const tier of this.#tiersOfOrders) this.#tiers[tier].dirty = true
    const benchmark = this.#options.benchmark()
    if (benchmark !== undefined && (latest.has(benchmark) || past.has(benchmark))) this.#tiers.heavy.dirty = true
    if (late.bars.size > 0) this.#coverage.noteLate(late.bars)
    if (late.signals.size > 0) this.#coverage.noteLate(late.signals)
    const isOfPast = past.size > 0 && [...past].some((symbol) => book.ledgers.has(symbol) || account.hasShown(symbol))
    if (isOfPast) memory.forgetPast()
    if (
      isOfPast ||
      (latest.size > 0 && this.#holdings.priced.some((symbol) => latest.has(symbol))) ||
      (quoted.size > 0 && this.#holdings.quoted.some((symbol) => quoted.has(symbol)))
    )
      for (const tier of TIERS) this.#tiers[tier].dirty = true
  }

  frame(inputs: TickInputs): BookFrame {
    const { book, moneyDecimalsOf } = this.#options
    const { stamp, availability } = inputs
    if (this.#availability !== availability.key) this.touch()
    this.#availability = availability.key

    let material = this.#seq === 0
    const readerAt = this.#readers()
    for (const tier of TIERS) if (this.#computeTier(tier, inputs, readerAt)) material = true
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

  /** Computes a tier if it is due; true when a value, status or reason changed. */
  #computeTier(
    tier: Tier,
    { stamp: { at }, availability }: TickInputs,
    readerAt: (at: EpochMs) => BookReader,
  ): boolean {
    const { planned } = this.#options.plan[tier]
    if (planned.length === 0) return false
    const state = this.#tiers[tier]
    const instant = instantOf(tier, at, this.#options.settings)
    if (state.instant !== undefined && !isDue(state, instant, tier)) {
      if (instant !== state.instant && state.moving.length > 0) return this.#computeMoving(state, instant, readerAt)
      // They are the values of this instant as well: what comes to be known later within it is not taken in.
      state.instant = instant
      return false
    }
    const { results, splits, holdsUntil, totals, moving } = this.#compute(planned, instant, availability, readerAt)
    if (tier === 'light') this.#totals = totals()
    this.#tiers[tier] = { instant, holdsUntil, dirty: false, moving }
    const isOtherSplit = splits !== undefined && this.#standing.acceptSplits(splits)
    return this.#standing.accept(results) || isOtherSplit
  }

  /** Reads again what is another at every T, while all else stays as it was. */
  #computeMoving(state: TierState, instant: EpochMs, readerAt: (at: EpochMs) => BookReader): boolean {
    const results = this.#standing.copy()
    const reader = readerAt(instant)
    const still: Moving[] = []
    for (const moving of state.moving) {
      const { definition, index, window } = moving
      results[window][index] = this.#guard(definition, () => definition.compute(reader.movingWindow(window)))
      if (reader.takeMoves()) still.push(moving)
    }
    state.instant = instant
    state.moving = still
    state.holdsUntil = Math.min(state.holdsUntil, reader.holdsUntil)
    return this.#standing.accept(results)
  }

  /** One reader an instant: when tiers fall on one, they share what they read. */
  #readers(): (at: EpochMs) => BookReader {
    const readers = new Map<EpochMs, BookReader>()
    return (at) => readOnce(readers, at, () => new BookReader(this.#options, at))
  }

  #compute(
    planned: TierPlan[Tier]['planned'],
    at: EpochMs,
    availability: Availability,
    readerAt: (at: EpochMs) => BookReader,
  ): Computed {
    const results = this.#standing.copy()
    const moving: Moving[] = []
    const set = (index: number, windows: readonly Window[], result: MetricResult) => {
      for (const window of windows) results[window][index] = result
    }
    try {
      const reader = readerAt(at)
      const level = reader.level()
      // A slower tier looks at an earlier instant, at which other symbols may have been held.
      if (at >= this.#holdings.at) this.#holdings = holdingsOf(reader, level, this.#isFreshAt(at))
      const views = WINDOWS.map((window) => reader.window(window))
      reader.takeMoves()
      for (const { definition, index } of planned) {
        const missing = unavailable(definition, availability)
        if (isLevel(definition))
          set(index, WINDOWS, missing ?? this.#guard(definition, () => definition.compute(level)))
        else
          for (const view of views) {
            set(index, [view.window], this.#inWindow(definition, view, missing))
            if (reader.takeMoves()) moving.push({ definition, index, window: view.window })
          }
      }
      const splits = this.#split(planned, reader, views, availability)
      return { results, splits, moving, holdsUntil: reader.holdsUntil, totals: () => bookTotalsOf(level, views) }
    } catch (error) {
      const result = calendarEnds(error)
      for (const { index } of planned) set(index, WINDOWS, result)
      return { results, splits: new Map(), moving: [], holdsUntil: at, totals: () => undefined }
    }
  }

  /** The same metrics of the orders of each adapter, those that are told so. */
  #split(
    planned: TierPlan[Tier]['planned'],
    reader: BookReader,
    views: readonly WindowView[],
    availability: Availability,
  ): Splits | undefined {
    const told = planned.flatMap(({ definition, index }) =>
      definition.byAdapter === true && !isLevel(definition) ? [{ definition, index }] : [],
    )
    if (told.length === 0) return undefined
    return new Map(
      reader.adapters().map((adapter) => {
        const results = this.#standing.copyOf(adapter)
        for (const view of views) {
          const ofAdapter: WindowView = { ...view, execution: () => view.execution(adapter) }
          for (const { definition, index } of told)
            results[view.window][index] = this.#inWindow(definition, ofAdapter, unavailable(definition, availability))
        }
        return [adapter, results]
      }),
    )
  }

  #inWindow(definition: WindowMetric, view: WindowView, missing: MetricResult | undefined): MetricResult {
    const isDefined = definition.windows === 'all' || definition.windows.includes(view.window)
    if (!isDefined) return insufficient('not_defined_for_window')
    return missing ?? this.#guard(definition, () => definition.compute(view))
  }

  /** Reads what the feeds covered, if that may be new, and says of ages when they cannot be taken; true when something changed. */
  #computeCoverage({ due, universe, availability }: TickInputs): boolean {
    const { ofFeeds, ages } = this.#options.plan
    const inputs = { due, universe, held: this.#holdings.symbols }
    if (!this.#coverage.isDue(inputs)) return false
    const results = this.#standing.copy()
    try {
      for (const view of this.#coverage.views(inputs))
        for (const { definition, index } of ofFeeds)
          results[view.window][index] =
            unavailable(definition, availability) ?? this.#guard(definition, () => definition.compute(view))
    } catch (error) {
      const result = calendarEnds(error)
      for (const window of WINDOWS) for (const { index } of ofFeeds) results[window][index] = result
    }
    for (const { definition, index } of ages)
      for (const window of WINDOWS) results[window][index] = unavailable(definition, availability)
    return this.#standing.accept(results)
  }

  #isFreshAt(at: EpochMs): (barAt: EpochMs) => boolean {
    const { book, settings } = this.#options
    return (barAt) => book.calendar.sessionTimeBetween(barAt, at) <= settings.markMaxAgeMs
  }

  #guard(definition: MetricDefinition, compute: () => MetricResult): MetricResult {
    return guarded(definition, compute, this.#options.onMetricError)
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

/** A tier moves with its instant; within one instant only the light tier takes in what has just become known. */
function isDue({ instant: computed, dirty, holdsUntil }: TierState, instant: EpochMs, tier: Tier): boolean {
  if (instant === computed) return dirty && tier === 'light'
  return dirty || instant >= holdsUntil
}
