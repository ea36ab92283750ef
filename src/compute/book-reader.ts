import { type Calendar, CalendarOutOfRange } from '../domain/calendar.js'
import type { MoneyE17 } from '../domain/exact.js'
import type { EpochMs } from '../domain/time.js'
import { LONGEST_WINDOW_SESSIONS, type Window, windowBounds } from '../domain/window.js'
import { readOnce } from '../lib/read-once.js'
import type { LedgerState, SymbolLedger } from './accumulators/symbol-ledger.js'
import { BookCosts } from './book-costs.js'
import type { BookEquity, WindowStart } from './equity/book-equity.js'
import { EquityReader, type EquityReaderOptions } from './equity/equity-reader.js'
import type { Sharing } from './equity/sharing.js'
import type { ExecutionWindow } from './execution/channel.js'
import type { OrderFlow } from './execution/order-flow.js'
import { orderPricingOf } from './execution/order-pricing.js'
import { unrealizedOf } from './formulas/performance.js'
import { markSourcesOf } from './mark-sources.js'
import { marketValue } from './market-value.js'
import { type MarkReading, type MarkSources, markAt, markAtStart } from './marks.js'
import { tradesIn, type WindowTrades } from './trades.js'
import type { Valuation } from './valuation.js'
import type { Activity, Benchmark, LevelView, MarkedPosition, WindowResult, WindowView } from './view.js'

export interface BookReaderOptions extends Omit<EquityReaderOptions, 'netPnlSince' | 'changesAt' | 'moves' | 'costs'> {
  /** The symbol that the book's returns are held against. */
  readonly benchmark: () => string | undefined
}

/**
 * Reads one book at one T, and notes until when the answers hold if no new fact comes: a book whose time has not come
 * need not be read again.
 */
export class BookReader {
  readonly #options: BookReaderOptions
  readonly #relevant: readonly (readonly [string, SymbolLedger])[]
  readonly #equity: EquityReader
  readonly #costs: BookCosts
  readonly #results = new Map<EpochMs, WindowResult>()
  readonly #trades = new Map<EpochMs, WindowTrades>()
  readonly #executions = new Map<string, ExecutionWindow>()
  #isFlowSettled = false
  #level: LevelView | undefined
  /** Before it nothing matters any more. */
  readonly #longest: EpochMs
  #holdsUntil = Number.POSITIVE_INFINITY
  #hasMoved = false
  readonly #views = new Map<Window, WindowView>()

  constructor(
    options: BookReaderOptions,
    readonly at: EpochMs,
  ) {
    this.#options = options
    const longest = options.book.calendar.sessionBefore(at, LONGEST_WINDOW_SESSIONS).opensAt
    this.#longest = longest
    this.#relevant = [...options.book.ledgers].filter(
      ([, ledger]) => ledger.lastAt > longest || ledger.stateAt(at).quantity !== 0n || ledger.isUnknownAfter(longest),
    )
    this.#costs = new BookCosts(options.book, options.account, at)
    this.#equity = new EquityReader(
      {
        ...options,
        costs: this.#costs,
        netPnlSince: (start, lead) => netPnlOf(this.#resultSince(start, lead)),
        changesAt: (changesAt) => this.#changesAt(changesAt),
        moves: () => {
          this.#hasMoved = true
        },
      },
      at,
    )
    for (const [, ledger] of this.#relevant) this.#changesAt(ledger.nextChangeAfter(at))
    this.#changesAt(options.book.activity.nextAfter(at))
  }

  /** The first T at which some answer given so far may be another one; Infinity when only a fact can change it. */
  get holdsUntil(): EpochMs {
    return this.#holdsUntil
  }

  level(): LevelView {
    this.#level ??= this.#readLevel()
    return this.#level
  }

  /** Symbols of open positions. */
  heldSymbols(): string[] {
    return this.#relevant.filter(([, ledger]) => ledger.stateAt(this.at).quantity !== 0n).map(([symbol]) => symbol)
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

  /** What the book did since an instant, marked like a window's start. */
  resultFrom({ start, lead }: Pick<WindowStart, 'start' | 'lead'>): WindowResult {
    return this.#resultSince(start, lead)
  }

  /** True when something read since the last call is another at every later T, whatever else stays as it is. */
  takeMoves(): boolean {
    const hasMoved = this.#hasMoved
    this.#hasMoved = false
    return hasMoved
  }

  window(window: Window): WindowView {
    const view = this.movingWindow(window)
    // Much that is counted in a window changes with its results, and relies on their horizon.
    this.#resultSince(view.start, view.lead)
    return view
  }

  /** The same for who reads again what moves: nothing is worked out that he does not ask for. */
  movingWindow(window: Window): WindowView {
    return readOnce(this.#views, window, () => this.#readWindow(window))
  }

  #readWindow(window: Window): WindowView {
    const { book, account, settings } = this.#options
    const { start, startHoldsUntil } = windowBounds(window, this.at, book.calendar, settings)
    if (startHoldsUntil !== undefined) this.#changesAt(startHoldsUntil)
    // How much later than an instant at the start of the window T will be when the start gets there.
    const lead = startHoldsUntil === undefined ? this.at - start : Number.POSITIVE_INFINITY
    this.#changesAt(account.costSourceHoldsUntil(this.at))
    return {
      window,
      start,
      lead,
      calendar: book.calendar,
      level: this.level(),
      activity: this.#activity(start, lead),
      result: () => this.#resultSince(start, lead),
      costSource: this.#costs.source,
      trades: () => this.#tradesSince(start),
      execution: (adapter) => this.#executionIn(window, start, adapter),
      orderCount: book.submissions.countIn(start, this.at),
      // Submits and decisions are activity, and the horizon of that is theirs too.
      routed: {
        named: book.routing.named.countIn(start, this.at),
        fallbacks: book.routing.fallbacks.countIn(start, this.at),
      },
      decisions: {
        made: book.decisions.made.countIn(start, this.at),
        vetoed: book.decisions.vetoed.countIn(start, this.at),
      },
    }
  }

  /** Adapters that took an order of a window, or have an open one. */
  adapters(): string[] {
    return this.#settledFlow().adaptersAfter(this.#longest, this.at)
  }

  /** Submits, fills, ends and decisions are activity, and the horizon of that is theirs too. */
  #executionIn(window: Window, start: EpochMs, adapter?: string): ExecutionWindow {
    return readOnce(this.#executions, `${window} ${adapter ?? ''}`, () =>
      this.#settledFlow().read(window, { from: start, to: this.at }, adapter),
    )
  }

  /** The orders, priced with what is known at T. */
  #settledFlow(): OrderFlow {
    const { orderFlow } = this.#options.book
    if (!this.#isFlowSettled)
      orderFlow.settle(this.at, this.#longest, orderPricingOf(this.#options, this.#costs.source))
    this.#isFlowSettled = true
    this.#changesAt(orderFlow.holdsUntil)
    return orderFlow
  }

  /** A trip ends with an entry of its ledger: the horizon of those is its own. */
  #tradesSince(start: EpochMs): WindowTrades {
    return readOnce(this.#trades, start, () => {
      const { book, currencyOf } = this.#options
      return tradesIn({ from: start, to: this.at }, this.#costs.source, { book, ledgers: this.#relevant, currencyOf })
    })
  }

  #readLevel(): LevelView {
    const { book } = this.#options
    const opensAt = book.calendar.latestSession(this.at).opensAt
    this.#changesAt(nextSessionBegins(book.calendar, this.at))
    this.#changesAt(book.decisions.nextReviewAfter(this.at))
    let equity: BookEquity | undefined
    return {
      at: this.at,
      activity: this.#activity(opensAt, Number.POSITIVE_INFINITY),
      positions: this.#positions(this.at, 0, markAt),
      hasForeign: this.#foreign(this.#relevant.map(([symbol]) => symbol)) !== undefined,
      heldCount: this.#heldCount(),
      returnRules: this.#options.settings.returnRules,
      benchmark: this.#benchmark(),
      equity: () => {
        equity ??= this.#equity.equity(opensAt)
        return equity
      },
      review: book.decisions.newestReview(this.#longest, this.at),
    }
  }

  #benchmark(): Benchmark | undefined {
    const symbol = this.#options.benchmark()
    if (symbol === undefined) return undefined
    this.#changesAt(this.#options.market.series(symbol)?.nextAfter(this.at) ?? Number.POSITIVE_INFINITY)
    return {
      symbol,
      lastCloseIn: (from, to) => {
        const close = this.#options.market.series(symbol)?.latestAt(to)
        return close !== undefined && close.at > from ? close.priceE8 : undefined
      },
    }
  }

  /** What the book earned before and after costs since an instant, which is marked like the start of a window. */
  #resultSince(start: EpochMs, lead: number): WindowResult {
    return readOnce(this.#results, start, () => this.#readResultSince(start, lead))
  }

  #readResultSince(start: EpochMs, lead: number): WindowResult {
    const { book, account } = this.#options
    const states = this.#relevant.map(([symbol, ledger]) => {
      this.#changesAt(ledger.nextChangeAfter(start) + lead)
      return { symbol, ledger, before: ledger.stateAt(start), now: ledger.stateAt(this.at) }
    })
    const sum = (field: 'realized' | 'notional' | 'rebased' | 'takenOver'): MoneyE17 =>
      states.reduce((total, { before, now }) => total + now[field] - before[field], 0n)
    const traded = states.filter(({ before, now }) => now.fillCount !== before.fillCount)
    this.#changesAt(book.nextLooseCostAfter(this.at))
    this.#changesAt(book.nextLooseCostAfter(start) + lead)
    this.#changesAt(account.flows.nextFeeAfter(start) + lead)
    const foreign = this.#foreign(traded.map(({ symbol }) => symbol))
    // What snapshots taught is a result and no turnover.
    const adjusted = states.filter(({ ledger }) => ledger.isAdjustedIn(start, this.at))
    const unknown = states.filter(({ ledger }) => ledger.isUnknownAfter(start)).map(({ symbol }) => symbol)
    return {
      fillCount: traded.reduce((total, { before, now }) => total + now.fillCount - before.fillCount, 0),
      tradedNotional: foreign ?? known(sum('notional')),
      realized:
        foreign ??
        this.#foreign(adjusted.map(({ symbol }) => symbol)) ??
        (unknown.length > 0
          ? { known: false, reason: 'unknown_opening_position', symbols: unknown }
          : known(sum('realized'))),
      rebased: sum('rebased'),
      orderCosts: states.reduce(
        (total, { before, now }) => total + this.#costs.ofFills(before, now),
        this.#costs.ofBareOrders(start, this.at),
      ),
      feesInKind: this.#feesInKind(states),
      accountFees: this.#costs.ofAccount(start, this.at, this.#equity.sharing()),
      unrealizedChange: this.#unrealizedChange(this.level(), this.positionsAtStart({ start, lead }), sum('takenOver')),
    }
  }

  /** A fee in a coin that is quoted in something else is known in that alone. */
  #feesInKind(
    states: readonly { readonly symbol: string; readonly before: LedgerState; readonly now: LedgerState }[],
  ): Valuation<MoneyE17> {
    const taxed = states.filter(({ before, now }) => now.feesInKind !== before.feesInKind)
    const total = taxed.reduce((sum, { before, now }) => sum + now.feesInKind - before.feesInKind, 0n)
    return this.#foreign(taxed.map(({ symbol }) => symbol)) ?? known(total)
  }

  #unrealizedChange(
    level: LevelView,
    atStart: Valuation<readonly MarkedPosition[]>,
    takenOver: MoneyE17,
  ): Valuation<MoneyE17> {
    if (atStart.known && level.positions.known)
      return known(unrealizedOf(level.positions.value) - unrealizedOf(atStart.value) - takenOver)
    const obstacles = [level.positions, atStart].filter((positions) => !positions.known)
    return obstacles.find(({ reason }) => reason === 'missing_mark') ?? obstacles[0] ?? known(0n)
  }

  #activity(start: EpochMs, lead: number): Activity {
    const { activity } = this.#options.book
    this.#changesAt(activity.nextAfter(start) + lead)
    if (activity.hasIn(start, this.at)) return 'active'
    const held = this.#relevant.some(
      ([, ledger]) =>
        ledger.stateAt(start).quantity !== 0n ||
        ledger.stateAt(this.at).quantity !== 0n ||
        ledger.isUnknownAfter(start) ||
        ledger.isAdjustedIn(start, this.at),
    )
    return held ? 'idle' : 'flat'
  }

  /**
   * What was held at a window's start, with the start's own marks. A start that stands still is marked once, until
   * something of the past changes.
   */
  positionsAtStart({ start, lead }: Pick<WindowStart, 'start' | 'lead'>): Valuation<readonly MarkedPosition[]> {
    const read = () => this.#positions(start, lead, markAtStart)
    return Number.isFinite(lead) ? read() : this.#options.memory.ofPast({ at: start, now: this.at }, 'positions', read)
  }

  /** All positions held at an instant with their marks, or why they cannot be summed. */
  #positions(
    at: EpochMs,
    lead: number,
    read: (sources: MarkSources, at: EpochMs) => MarkReading,
  ): Valuation<readonly MarkedPosition[]> {
    const unknown: string[] = []
    const unmarked: string[] = []
    const held: { symbol: string; ledger: SymbolLedger; state: LedgerState }[] = []
    for (const [symbol, ledger] of this.#relevant) {
      const state = ledger.stateAt(at)
      if (ledger.isUnknownAfter(at)) unknown.push(symbol)
      else if (state.quantity !== 0n) held.push({ symbol, ledger, state })
    }
    const foreign = this.#foreign(held.map(({ symbol }) => symbol))
    if (foreign !== undefined) return foreign

    const positions: MarkedPosition[] = []
    for (const { symbol, ledger, state } of held) {
      const { mark, holdsUntil } = read(markSourcesOf(this.#options, symbol, ledger), at)
      this.#changesAt(holdsUntil + lead)
      if (mark === undefined) unmarked.push(symbol)
      else
        positions.push({
          symbol,
          quantity: state.quantity,
          cost: state.cost,
          mark,
          value: marketValue(state.quantity, mark.priceE8, ledger.terms.multiplier),
        })
    }
    if (unmarked.length > 0) return { known: false, reason: 'missing_mark', symbols: unmarked }
    if (unknown.length > 0) return { known: false, reason: 'unknown_opening_position', symbols: unknown }
    return known(positions)
  }

  #heldCount(): Valuation<number> {
    const unknown = this.#relevant.filter(([, ledger]) => ledger.isUnknownAfter(this.at)).map(([symbol]) => symbol)
    if (unknown.length > 0) return { known: false, reason: 'unknown_opening_position', symbols: unknown }
    return known(this.#relevant.filter(([, ledger]) => ledger.stateAt(this.at).quantity !== 0n).length)
  }

  #foreign(symbols: readonly string[]): { known: false; reason: 'currency'; symbols: string[] } | undefined {
    const foreign = symbols.filter((symbol) => this.#options.currencyOf(symbol) !== 'USD')
    return foreign.length > 0 ? { known: false, reason: 'currency', symbols: foreign } : undefined
  }

  #changesAt(at: EpochMs): void {
    if (at > this.at && at < this.#holdsUntil) this.#holdsUntil = at
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

function known<Value>(value: Value): { known: true; value: Value } {
  return { known: true, value }
}

/** WindowResult before costs less costs, or why it cannot be told: what concerns money as such comes first. */
function netPnlOf({
  realized,
  unrealizedChange,
  orderCosts,
  feesInKind,
  accountFees,
}: WindowResult): Valuation<MoneyE17> {
  if (!realized.known && realized.reason === 'currency') return realized
  if (!unrealizedChange.known) return unrealizedChange
  if (!realized.known) return realized
  if (!feesInKind.known) return feesInKind
  return known(realized.value + unrealizedChange.value - orderCosts - feesInKind.value - accountFees)
}
