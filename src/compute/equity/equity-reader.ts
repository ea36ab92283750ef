import type { MoneyE17, QuantityE9 } from '../../domain/exact.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { windowBounds } from '../../domain/window.js'
import type { SymbolLedger } from '../accumulators/symbol-ledger.js'
import type { BookCosts } from '../book-costs.js'
import { markSourcesOf, type PricedBook } from '../mark-sources.js'
import { marketValue } from '../market-value.js'
import { markOf } from '../marks.js'
import { Kept, type Readings } from '../readings.js'
import type { Valuation } from '../valuation.js'
import { driftsAt, type EquityPricing } from './account-equity.js'
import { AloneEquity } from './alone-equity.js'
import type { EquityFigures, Opening, WindowStart } from './book-equity.js'
import type { EquityMemory } from './equity-memory.js'
import { SharedEquity } from './shared-equity.js'
import { type Sharing, shareKey, sharingOf } from './sharing.js'
import { isObserved } from './sighting.js'

export interface EquityReaderOptions extends PricedBook {
  /** Quote currency of a symbol; anything but USD has no money figures. */
  readonly currencyOf: (symbol: string) => string
  readonly multiplierOf: (symbol: string) => QuantityE9
  /** The part of its account's equity that is the book's by configuration. */
  readonly capitalShare: () => QuantityE9 | undefined
  readonly memory: EquityMemory
  readonly readings: Readings
  /** As the source tells them that counts at T. */
  readonly costs: () => BookCosts
  readonly netPnlSince: (opening: Opening) => Valuation<MoneyE17>
}

/** Reads what a book's equity is made of at T: whose the account is, and what the book holds and earned there. */
export class EquityReader {
  readonly #options: EquityReaderOptions
  readonly #sharing = new Kept<Sharing>()
  readonly #equity = new Kept<EquityFigures>()

  constructor(options: EquityReaderOptions) {
    this.#options = options
  }

  get #at(): EpochMs {
    return this.#options.readings.at
  }

  /** The book's equity as it is seen from T: it reads everything anew, and tells until when that holds. */
  equity(): EquityFigures {
    const { readings } = this.#options
    const { kind } = this.sharing()
    // A bar makes an observation of the end of its minute, for who holds its symbol.
    if (kind === 'shared' && this.#heldByBook(this.#at).length > 0)
      readings.changesAt((Math.floor(this.#at / MINUTE_MS) + 1) * MINUTE_MS)
    return readings.atOnce(this.#equity, () => this.#equityAtT())
  }

  #equityAtT(): EquityFigures {
    const { book, account, memory, netPnlSince, readings } = this.#options
    const sharing = this.sharing()
    const { opensAt } = book.calendar.latestSession(this.#at)
    const changesAt = (at: EpochMs) => readings.changesAt(at)
    const moves = () => readings.moves()
    const common = { account, memory, opensAt, changesAt, moves, pricing: this.#pricing(sharing) }
    const seen = {
      calendar: book.calendar,
      lastFillAt: (at: EpochMs) => this.#lastFillAt(at),
      lastBarAt: (symbol: string, at: EpochMs) => this.#lastBarAt(symbol, at),
      nextBarAfter: (symbol: string, at: EpochMs) =>
        this.#options.market.series(symbol)?.nextAfter(at) ?? Number.POSITIVE_INFINITY,
    }
    if (sharing.kind === 'alone') {
      memory.note(book.changes.take())
      // Nobody asks for what it would have seen as one of several; if somebody does, all of it is worked out.
      memory.timeline.forget()
      memory.timelineChanges.take()
      const { observations } = account
      const heldSymbols = (at: EpochMs) => this.#shownSymbols(at)
      const sources = { ...seen, observations, heldSymbols, isHoldingKnown: true }
      const isSeen = (where: WindowStart) => isObserved(where, this.#at, sources)
      const netPnlBetween = (from: EpochMs, to: EpochMs) => this.#netPnlBetween(from, to)
      const parts = { isObserved: isSeen, seen: sources, netPnlBetween }
      return new AloneEquity({ ...common, ...parts }, this.#at)
    }
    this.#extendTimeline()
    const isHoldingKnown = [...book.ledgers.values()].every((ledger) => !ledger.isUnknownAfter(this.#at))
    const heldSymbols = (at: EpochMs) => this.#heldByBook(at)
    const sources = { ...seen, observations: undefined, heldSymbols, isHoldingKnown }
    const isSeen = (where: WindowStart) => isObserved(where, this.#at, sources)
    const pnlAt = (at: EpochMs) => this.#pnlAt(at)
    const parts = { isObserved: isSeen, seen: sources, netPnlSince, pnlAt }
    return new SharedEquity({ ...common, ...parts, sharing }, this.#at)
  }

  /** Symbols that the account holds, as its newest snapshot says. */
  accountSymbols(): string[] {
    const positions = this.#options.account.snapshotAt(this.#at)?.positions ?? []
    return positions.filter(({ qty }) => qty !== 0n).map(({ symbol }) => symbol)
  }

  /** Symbols that the last snapshot up to an instant shows, whether or not its equity counts. */
  #shownSymbols(at: EpochMs): string[] {
    const positions = this.#options.account.newestSnapshotAt(at)?.positions ?? []
    return positions.filter(({ qty }) => qty !== 0n).map(({ symbol }) => symbol)
  }

  /** What carried the account's equity on from its last snapshot to an instant. */
  driftsAt(at: EpochMs): ReturnType<typeof driftsAt> {
    return driftsAt(this.#options.account, at, this.#pricing(this.sharing()))
  }

  /** Whose the account's equity is at T. */
  sharing(): Sharing {
    return this.#options.readings.of(this.#sharing, () => this.#readSharing())
  }

  #readSharing(): Sharing {
    const { book, account, settings, memory, capitalShare, readings } = this.#options
    const { sharing, holdsUntil } = sharingOf(book, account, this.#at, book.calendar, {
      ...settings,
      configuredShare: capitalShare(),
    })
    readings.changesAt(holdsUntil)
    memory.sharing = sharing
    return sharing
  }

  /** An account has no fills of its own: only a book that has it alone lends it hers as prices. */
  #pricing({ kind }: Sharing): EquityPricing {
    const { book, multiplierOf, currencyOf } = this.#options
    return {
      calendar: book.calendar,
      marksOf: (symbol) =>
        markSourcesOf(this.#options, symbol, kind === 'alone' ? book.ledgers.get(symbol) : undefined),
      multiplierOf,
      isPriced: (symbol) => currencyOf(symbol) === 'USD',
    }
  }

  #extendTimeline(): void {
    const { book, settings, memory } = this.#options
    const costs = this.#options.costs()
    const rules = `${costs.source} ${costs.source === 'broker_activities' ? shareKey(this.sharing()) : ''}`
    // Costs that another source tells, or that others share now, change the book's whole past.
    if (memory.costRules !== rules) book.changes.changedFrom(Number.NEGATIVE_INFINITY)
    memory.costRules = rules
    memory.note(book.changes.take())
    const oldest = windowBounds('20d', this.#at, book.calendar, settings).start
    memory.timeline.extend(oldest, this.#at, memory.timelineChanges, {
      pnlAt: (at) => this.#pnlAt(at),
      observedIn: (from, to) => this.#observedIn(from, to),
    })
  }

  /** Net result of the book from its beginning: only differences of two mean anything. */
  #pnlAt(at: EpochMs): MoneyE17 | undefined {
    const { book } = this.#options
    const costs = this.#options.costs()
    const beginning = Number.NEGATIVE_INFINITY
    let pnl = -costs.ofBareOrders(beginning, at) - costs.ofAccount(beginning, at, this.sharing())
    for (const [symbol, ledger] of book.ledgers) {
      const state = ledger.stateAt(at)
      const { quantity, cost, realized, takenOver, feesInKind } = state
      pnl += realized - takenOver - feesInKind - costs.ofFills(ledger.stateAt(beginning), state)
      if (quantity === 0n) continue
      const mark = markOf(markSourcesOf(this.#options, symbol, ledger), at)
      if (mark === undefined) return undefined
      pnl += marketValue(quantity, mark.priceE8, ledger.terms.multiplier) - cost
    }
    return pnl
  }

  /** A book that shares is observed at its fills and at the minute ends at which a held symbol had a bar. */
  #observedIn(from: EpochMs, to: EpochMs): EpochMs[] {
    const { book, market } = this.#options
    const observed = new Set<EpochMs>()
    for (const [symbol, ledger] of book.ledgers) {
      for (const at of ledger.fillTimesIn(from, to)) observed.add(at)
      const series = market.series(symbol)
      if (series === undefined) continue
      for (let index = series.indexAt(Math.floor(from / MINUTE_MS) * MINUTE_MS) + 1; ; index += 1) {
        const bar = series.at(index)
        if (bar === undefined || bar.at > to) break
        const minuteEnd = Math.ceil(bar.at / MINUTE_MS) * MINUTE_MS
        if (
          minuteEnd > from &&
          minuteEnd <= to &&
          !observed.has(minuteEnd) &&
          ledger.stateAt(minuteEnd).quantity !== 0n
        )
          observed.add(minuteEnd)
      }
    }
    return [...observed].sort((a, b) => a - b)
  }

  #heldByBook(at: EpochMs): string[] {
    return [...this.#options.book.ledgers]
      .filter(([, ledger]) => ledger.stateAt(at).quantity !== 0n)
      .map(([symbol]) => symbol)
  }

  #lastFillAt(at: EpochMs): EpochMs | undefined {
    let last: EpochMs | undefined
    for (const ledger of this.#options.book.ledgers.values()) {
      const fillAt = ledger.lastFillAt(at)?.at
      if (fillAt !== undefined && (last === undefined || fillAt > last)) last = fillAt
    }
    return last
  }

  #lastBarAt(symbol: string, at: EpochMs): EpochMs | undefined {
    return this.#options.market.series(symbol)?.latestAt(at)?.at
  }

  /** What the book earned between two snapshots, its positions at the snapshots' own prices, else at their marks. */
  #netPnlBetween(from: EpochMs, to: EpochMs): Valuation<MoneyE17> {
    const { book, currencyOf } = this.#options
    const costs = this.#options.costs()
    let earned = -costs.ofBareOrders(from, to) - costs.ofAccount(from, to, this.sharing())
    const foreign: string[] = []
    const unmarked: string[] = []
    const unknown: string[] = []
    for (const [symbol, ledger] of book.ledgers) {
      const [before, after] = [ledger.stateAt(from), ledger.stateAt(to)]
      const isHeld = before.quantity !== 0n || after.quantity !== 0n
      const isIdle = !isHeld && before.at === after.at
      if (ledger.isUnknownAfter(from)) unknown.push(symbol)
      if (isIdle) continue
      if (currencyOf(symbol) !== 'USD') foreign.push(symbol)
      const values = [from, to].map((at) => this.#valueAt(symbol, ledger, at))
      const [valueBefore, valueAfter] = values
      if (valueBefore === undefined || valueAfter === undefined) unmarked.push(symbol)
      else {
        const unrealized = valueAfter - after.cost - (valueBefore - before.cost)
        earned += after.realized - before.realized + unrealized - (after.takenOver - before.takenOver)
        earned -= costs.ofFills(before, after) + after.feesInKind - before.feesInKind
      }
    }
    if (foreign.length > 0) return { known: false, reason: 'currency', symbols: foreign }
    if (unmarked.length > 0) return { known: false, reason: 'missing_mark', symbols: unmarked }
    if (unknown.length > 0) return { known: false, reason: 'unknown_opening_position', symbols: unknown }
    return { known: true, value: earned }
  }

  #valueAt(symbol: string, ledger: SymbolLedger, at: EpochMs): MoneyE17 | undefined {
    const { quantity } = ledger.stateAt(at)
    if (quantity === 0n) return 0n
    const snapshot = this.#options.account.snapshotAt(at)
    const own = snapshot?.positions.find((position) => position.symbol === symbol)?.mark
    const price = own ?? markOf(markSourcesOf(this.#options, symbol, ledger), at)?.priceE8
    return price === undefined ? undefined : marketValue(quantity, price, ledger.terms.multiplier)
  }
}
