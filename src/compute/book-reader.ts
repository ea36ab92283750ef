import { type Calendar, CalendarOutOfRange } from '../domain/calendar.js'
import type { EpochMs } from '../domain/time.js'
import { LONGEST_WINDOW_SESSIONS, WINDOWS, type Window } from '../domain/window.js'
import { recordOf } from '../lib/record-of.js'
import { BookCosts } from './book-costs.js'
import { positionsAt, type SeenLedgers, unknownOpening } from './book-positions.js'
import { type BookTotals, bookTotalsOf } from './book-totals.js'
import { activityIn, type BookSource, BookStretch, BookWindow } from './book-window.js'
import { EquityReader, type EquityReaderOptions } from './equity/equity-reader.js'
import { KeptEquity } from './equity/kept-equity.js'
import type { Sharing } from './equity/sharing.js'
import type { OrderFlow } from './execution/order-flow.js'
import { orderPricingOf } from './execution/order-pricing.js'
import { markAt } from './marks.js'
import { Kept, type Noted, Readings } from './readings.js'
import { known, type Valuation } from './valuation.js'
import type { Benchmark, LevelView, WindowResult } from './view.js'
import { netPnlOf } from './window-result.js'

export interface BookReaderOptions extends Omit<EquityReaderOptions, 'netPnlSince' | 'readings' | 'costs'> {
  /** The symbol that the book's returns are held against. */
  readonly benchmark: () => string | undefined
}

/** What every look at a book begins with. */
interface Base {
  /** Before it nothing matters any more. */
  readonly longest: EpochMs
  readonly ledgers: SeenLedgers
  readonly costs: BookCosts
}

/**
 * Reads one book at one T after another. What was read is kept as long as it holds, so where nothing happened there is
 * next to nothing to do; a fact or a new price has all of it read again.
 */
export class BookReader {
  readonly #options: BookReaderOptions
  readonly #readings: Readings
  readonly #source: BookSource
  readonly #equity: EquityReader
  readonly #keptEquity: KeptEquity
  readonly #windows: Readonly<Record<Window, BookWindow>>
  /** The latest session so far. */
  readonly #sinceOpen: BookStretch
  readonly #base = new Kept<Base>()
  readonly #level = new Kept<LevelView>()
  readonly #flow = new Kept<OrderFlow>()
  readonly #totals = new Kept<BookTotals>()

  constructor(options: BookReaderOptions, at: EpochMs) {
    this.#options = options
    const readings = new Readings(at)
    this.#readings = readings
    this.#source = {
      ...options,
      readings,
      level: () => this.level(),
      ledgers: () => this.#readBase().ledgers,
      costs: () => this.#readBase().costs,
      sharing: () => this.#equity.sharing(),
      flow: () => this.#settledFlow(),
    }
    this.#windows = recordOf(WINDOWS, (window) => new BookWindow(window, this.#source))
    this.#sinceOpen = new BookStretch(this.#source, (now) => ({
      start: options.book.calendar.latestSession(now).opensAt,
      lead: Number.POSITIVE_INFINITY,
    }))
    this.#equity = new EquityReader({
      ...options,
      readings,
      costs: () => this.#readBase().costs,
      netPnlSince: ({ window }) =>
        netPnlOf(window === 'since open' ? this.#sinceOpen.result() : this.#windows[window].result()),
    })
    this.#keptEquity = new KeptEquity(this.#equity, readings, (window) =>
      window === undefined ? this.level() : this.#windows[window].counts,
    )
  }

  /** The instant that it looks from. */
  get at(): EpochMs {
    return this.#readings.at
  }

  /** Looks from another instant from now on. */
  moveTo(at: EpochMs): void {
    this.#readings.moveTo(at)
  }

  /** A fact or a price of the book's is another one. */
  forget(): void {
    this.#readings.forget()
  }

  /** Reads something, and tells for how long it holds. */
  noted<Value>(read: () => Value): Noted<Value> {
    return this.#readings.noted(read)
  }

  /** What is being read is another at every later T. */
  moves(): void {
    this.#readings.moves()
  }

  level(): LevelView {
    return this.#readings.of(this.#level, () => this.#readLevel())
  }

  /** What is read of it depends on what happened in it, whatever else it depends on. */
  window(window: Window): BookWindow {
    void this.#windows[window].counts
    return this.#windows[window]
  }

  /** What the book's account adds up; another object when some of it was read again. */
  totals(): BookTotals {
    const views = () => WINDOWS.map((window) => this.window(window))
    return this.#readings.of(this.#totals, () => bookTotalsOf(this.level(), views()))
  }

  /** Symbols of open positions. */
  heldSymbols(): string[] {
    const { at } = this.#readings
    return this.#readBase()
      .ledgers.filter(([, ledger]) => ledger.stateAt(at).quantity !== 0n)
      .map(([symbol]) => symbol)
  }

  /** Symbols that the account's equity rests on at T. */
  accountSymbols(): string[] {
    return this.#equity.accountSymbols()
  }

  /** What carried the account's equity on from its last snapshot to an instant. */
  accountDriftsAt(at: EpochMs): ReturnType<EquityReader['driftsAt']> {
    return this.#equity.driftsAt(at)
  }

  /** Whose the account's equity is at T. */
  sharing(): Sharing {
    return this.#equity.sharing()
  }

  /** What the book earned in the latest session so far. */
  resultSinceOpen(): WindowResult {
    return this.#sinceOpen.result()
  }

  /** Adapters that took an order of a window, or have an open one. */
  adapters(): string[] {
    return this.#settledFlow().adaptersAfter(this.#readBase().longest, this.#readings.at)
  }

  #readBase(): Base {
    return this.#readings.of(this.#base, () => {
      const { book, account } = this.#options
      const { at } = this.#readings
      const longest = book.calendar.sessionBefore(at, LONGEST_WINDOW_SESSIONS).opensAt
      const ledgers = [...book.ledgers].filter(
        ([, ledger]) => ledger.lastAt > longest || ledger.stateAt(at).quantity !== 0n || ledger.isUnknownAfter(longest),
      )
      for (const next of [
        nextSessionBegins(book.calendar, at),
        ...ledgers.map(([, ledger]) => ledger.nextChangeAfter(at)),
        book.activity.nextAfter(at),
        book.nextLooseCostAfter(at),
        account.costSourceHoldsUntil(at),
        account.nextSnapshotAfter(at),
        account.flows.nextFeeAfter(at),
      ])
        this.#readings.changesAt(next)
      return { longest, ledgers, costs: new BookCosts(book, account, at) }
    })
  }

  #settledFlow(): OrderFlow {
    return this.#readings.of(this.#flow, () => {
      this.level()
      const { orderFlow } = this.#options.book
      const { longest, costs } = this.#readBase()
      orderFlow.settle(this.#readings.at, longest, orderPricingOf(this.#options, costs.source))
      this.#readings.changesAt(orderFlow.holdsUntil)
      return orderFlow
    })
  }

  #readLevel(): LevelView {
    const { book, currencyOf, settings } = this.#options
    const readings = this.#readings
    const { at } = readings
    const { ledgers, longest } = this.#readBase()
    readings.changesAt(book.decisions.nextReviewAfter(at))
    return {
      get at() {
        return readings.at
      },
      activity: activityIn(this.#source, this.#sinceOpen.opening),
      positions: positionsAt(this.#options, {
        ledgers,
        at,
        read: markAt,
        changesAt: (next) => readings.changesAt(next),
      }),
      hasForeign: ledgers.some(([symbol]) => currencyOf(symbol) !== 'USD'),
      heldCount: this.#heldCount(ledgers),
      returnRules: settings.returnRules,
      benchmark: this.#benchmark(),
      equity: () => this.#keptEquity,
      review: book.decisions.newestReview(longest, at),
    }
  }

  #benchmark(): Benchmark | undefined {
    const symbol = this.#options.benchmark()
    if (symbol === undefined) return undefined
    return {
      symbol,
      lastCloseIn: (from, to) => {
        const series = this.#options.market.series(symbol)
        this.#readings.changesAt(series?.nextAfter(to) ?? Number.POSITIVE_INFINITY)
        const close = series?.latestAt(to)
        return close !== undefined && close.at > from ? close.priceE8 : undefined
      },
    }
  }

  #heldCount(ledgers: SeenLedgers): Valuation<number> {
    const { at } = this.#readings
    const unknown = ledgers.filter(([, ledger]) => ledger.isUnknownAfter(at)).map(([symbol]) => symbol)
    if (unknown.length > 0) return unknownOpening(unknown)
    return known(ledgers.filter(([, ledger]) => ledger.stateAt(at).quantity !== 0n).length)
  }
}

/** When the latest session will be another one; in the last session of a calendar, when the calendar ends. */
function nextSessionBegins(calendar: Calendar, at: EpochMs): EpochMs {
  try {
    return calendar.nextSession(at)?.opensAt ?? calendar.latestSession(at).closesAt
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return calendar.validUntil
    throw error
  }
}
