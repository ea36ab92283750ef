import { type CalendarName, CalendarOutOfRange } from '../domain/calendar.js'
import type { BookFrame, SourceInstant, WindowValues } from '../domain/frame.js'
import { type FactSourceName, type MetricResult, TIERS, type Tier } from '../domain/metric.js'
import type { EpochMs } from '../domain/time.js'
import { WINDOWS, type Window } from '../domain/window.js'
import { BookReader, type BookReaderOptions } from './book-reader.js'
import { sameSharing, sharingOf } from './equity/sharing.js'
import { insufficient, isLevel, type MetricDefinition, type WindowMetric } from './metrics/definition.js'
import { isPollStale, isSessionStale, Judgement, PRICE_LIMIT_MS } from './staleness.js'
import type { LevelView, WindowView } from './view.js'

export interface TickInputs {
  readonly at: EpochMs
  readonly ordersAsOf: EpochMs | undefined
  /** Time of the newest bar among symbols. */
  readonly newestBarAt: (symbols: Iterable<string>) => EpochMs | undefined
  readonly universe: readonly string[]
  /** False while a configured source of bars has never answered. */
  readonly barsAvailable: boolean
  /** False for an extra frame between ticks: quality is judged at ticks only. */
  readonly judges: boolean
}

interface TierState {
  instant: EpochMs | undefined
  holdsUntil: EpochMs
  dirty: boolean
}

export interface BookFramesOptions extends BookReaderOptions {
  readonly plan: TierPlan
  readonly moneyDecimalsOf: (calendar: CalendarName) => number
  /** Told when a definition throws: its metric alone is in error. */
  readonly onMetricError: (metric: string, error: unknown) => void
}

/** The definitions of each tier with their places in the dictionary; the same for all books. */
export type TierPlan = Readonly<
  Record<Tier, readonly { readonly definition: MetricDefinition; readonly index: number }[]>
>

export function planTiers(dictionary: readonly MetricDefinition[]): TierPlan {
  const placed = dictionary.map((definition, index) => ({ definition, index }))
  return Object.fromEntries(
    TIERS.map((tier) => [tier, placed.filter(({ definition }) => definition.tier === tier)]),
  ) as Record<Tier, typeof placed>
}

const UNAVAILABLE = insufficient('source_unavailable', { source: 'clickhouse' })

type Results = Record<Window, MetricResult[]>

/**
 * The frames of one book: computes what has to be computed, carries over what has not, and counts material changes.
 *
 * A tier is computed from its own instant ⌊T/period⌋·period, when a fact touched the book or its time has come.
 */
export class BookFrames {
  readonly #options: BookFramesOptions
  readonly #tiers: Record<Tier, TierState>
  readonly #judgements: Record<FactSourceName, Judgement> = { orders: new Judgement(), bars: new Judgement() }
  #results: Results | undefined
  #holdingsAt: EpochMs = Number.NEGATIVE_INFINITY
  #heldSymbols: readonly string[] = []
  #pricedSymbols: readonly string[] = []
  #oldestMarkAt: EpochMs | undefined
  #newestMarkAt: EpochMs | undefined
  #barsAvailable: boolean | undefined
  #seq = 0
  #windows: BookFrame['windows'] | undefined

  constructor(options: BookFramesOptions) {
    this.#options = options
    this.#tiers = Object.fromEntries(
      TIERS.map((tier) => [tier, { instant: undefined, holdsUntil: 0, dirty: true }]),
    ) as Record<Tier, TierState>
  }

  /** Symbols held when the book was last computed. */
  get heldSymbols(): readonly string[] {
    return this.#heldSymbols
  }

  /** Symbols whose prices moved a value when the book was last computed: those held, by the book or by its account. */
  get pricedSymbols(): readonly string[] {
    return this.#pricedSymbols
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
  }

  frame(inputs: TickInputs): BookFrame {
    const { book, moneyDecimalsOf } = this.#options
    if (this.#barsAvailable !== inputs.barsAvailable) this.touch()
    this.#barsAvailable = inputs.barsAvailable

    const before = this.#results
    let material = this.#windows === undefined
    for (const tier of TIERS) if (this.#computeTier(tier, inputs)) material = true
    // What is said about a value may be new although the value is not.
    if (this.#windows === undefined || this.#results !== before) this.#windows = this.#assemble()
    const sources = this.#sources(inputs)
    if (inputs.judges && this.#judge(sources, inputs)) material = true
    if (material) this.#seq += 1
    return {
      book: book.description,
      seq: this.#seq,
      moneyDecimals: moneyDecimalsOf(book.description.calendar),
      windows: this.#windows,
      sources: {
        orders: { asOf: sources.orders, stale: this.#judgements.orders.stale },
        bars: { asOf: sources.bars, stale: this.#judgements.bars.stale },
      } satisfies Record<FactSourceName, SourceInstant>,
    }
  }

  /** Computes a tier if it is due; true when a value, status or reason changed. */
  #computeTier(tier: Tier, { at, barsAvailable }: TickInputs): boolean {
    const planned = this.#options.plan[tier]
    if (planned.length === 0) return false
    const state = this.#tiers[tier]
    const period = this.#options.settings.periodsMs[tier]
    const instant = tier === 'light' ? at : Math.floor(at / period) * period
    if (state.instant !== undefined && !isDue(state, instant, tier)) return false

    const before = this.#results
    const { results, holdsUntil } = this.#compute(planned, instant, barsAvailable)
    this.#tiers[tier] = { instant, holdsUntil, dirty: false }
    this.#results = results
    return (
      before === undefined ||
      WINDOWS.some((window) => results[window].some((result, index) => !sameResult(result, before[window][index])))
    )
  }

  #compute(planned: TierPlan[Tier], at: EpochMs, barsAvailable: boolean): { results: Results; holdsUntil: EpochMs } {
    const results = Object.fromEntries(
      WINDOWS.map((window) => [window, [...(this.#results?.[window] ?? [])]]),
    ) as Results
    const set = (index: number, windows: readonly Window[], result: MetricResult) => {
      for (const window of windows) results[window][index] = result
    }
    try {
      const reader = new BookReader(this.#options, at)
      const level = reader.level()
      // A slower tier looks at an earlier instant, at which other symbols may have been held.
      if (at >= this.#holdingsAt) this.#noteHoldings(reader, level)
      const views = WINDOWS.map((window) => reader.window(window))
      for (const { definition, index } of planned) {
        const isAvailable = barsAvailable || !definition.sources.includes('bars')
        if (isLevel(definition))
          set(index, WINDOWS, isAvailable ? this.#guard(definition, () => definition.compute(level)) : UNAVAILABLE)
        else for (const view of views) set(index, [view.window], this.#inWindow(definition, view, isAvailable))
      }
      return { results, holdsUntil: reader.holdsUntil }
    } catch (error) {
      if (!(error instanceof CalendarOutOfRange)) throw error
      const result: MetricResult = {
        status: 'error',
        reason: 'calendar_out_of_range',
        meta: { calendar: error.calendar },
      }
      for (const { index } of planned) set(index, WINDOWS, result)
      return { results, holdsUntil: at }
    }
  }

  #inWindow(definition: WindowMetric, view: WindowView, isAvailable: boolean): MetricResult {
    const isDefined = definition.windows === 'all' || definition.windows.includes(view.window)
    if (!isDefined) return insufficient('not_defined_for_window')
    return isAvailable ? this.#guard(definition, () => definition.compute(view)) : UNAVAILABLE
  }

  #noteHoldings(reader: BookReader, { at, positions }: LevelView): void {
    this.#holdingsAt = at
    this.#heldSymbols = reader.heldSymbols()
    this.#pricedSymbols = [...new Set([...this.#heldSymbols, ...reader.accountSymbols()])]
    if (!positions.known) return
    const marks = positions.value.map(({ mark }) => mark.at)
    this.#oldestMarkAt = marks.length > 0 ? Math.min(...marks) : undefined
    this.#newestMarkAt = marks.length > 0 ? Math.max(...marks) : undefined
  }

  #guard(definition: MetricDefinition, compute: () => MetricResult): MetricResult {
    try {
      const result = compute()
      if (result.status !== 'ok' || Number.isFinite(result.value)) return result
      throw new RangeError(`${definition.name} is ${result.value}`)
    } catch (error) {
      this.#options.onMetricError(definition.name, error)
      return { status: 'error', reason: 'internal_error' }
    }
  }

  #sources({ ordersAsOf, newestBarAt, universe }: TickInputs): Record<FactSourceName, EpochMs | undefined> {
    const bars = [newestBarAt(universe), newestBarAt(this.#heldSymbols)].filter((at) => at !== undefined)
    return { orders: ordersAsOf, bars: bars.length > 0 ? Math.max(...bars) : this.#newestMarkAt }
  }

  /** Judges each source at a tick; true when a judgement turned. */
  #judge(sources: Record<FactSourceName, EpochMs | undefined>, { at }: TickInputs): boolean {
    const { settings, book } = this.#options
    const before = { orders: this.#judgements.orders.stale, bars: this.#judgements.bars.stale }
    const grace = settings.periodsMs.light * settings.clockSpeed
    this.#judgements.orders.judge(
      isPollStale(sources.orders, at, settings.maxStalenessMs * settings.clockSpeed + grace),
    )
    const priceInstants = [sources.bars, this.#oldestMarkAt].filter((instant) => instant !== undefined)
    try {
      this.#judgements.bars.judge(
        priceInstants.some((instant) => isSessionStale(instant, at, book.calendar, PRICE_LIMIT_MS + grace)),
      )
    } catch (error) {
      if (!(error instanceof CalendarOutOfRange)) throw error
    }
    return before.orders !== this.#judgements.orders.stale || before.bars !== this.#judgements.bars.stale
  }

  #assemble(): BookFrame['windows'] {
    const results = this.#results
    return Object.fromEntries(
      WINDOWS.map((window): [Window, WindowValues] => [window, { window, results: results?.[window] ?? [] }]),
    ) as BookFrame['windows']
  }
}

/** A tier moves with its instant; within one instant only the light tier takes in what has just become known. */
function isDue({ instant: computed, dirty, holdsUntil }: TierState, instant: EpochMs, tier: Tier): boolean {
  if (instant === computed) return dirty && tier === 'light'
  return dirty || instant >= holdsUntil
}

function sameResult(a: MetricResult, b: MetricResult | undefined): boolean {
  if (b === undefined || a.status !== b.status) return false
  if (a.status === 'ok') return b.status === 'ok' && Object.is(a.value, b.value)
  return b.status !== 'ok' && a.reason === b.reason
}
