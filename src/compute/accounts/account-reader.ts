import type { Calendar } from '../../domain/calendar.js'
import type { MoneyE17, QuantityE9 } from '../../domain/exact.js'
import type { Reason } from '../../domain/metric.js'
import type { EpochMs } from '../../domain/time.js'
import { type Window, windowBounds } from '../../domain/window.js'
import type { Account } from '../account.js'
import type { BookTotals } from '../book-totals.js'
import { accountDrawdown } from '../equity/account-drawdown.js'
import { accountEquityAt } from '../equity/account-equity.js'
import { type EquityValue, unknownBecause } from '../equity/book-equity.js'
import type { DrawdownRuns } from '../equity/drawdown-runs.js'
import type { Market } from '../market.js'
import { marketValue } from '../market-value.js'
import { type MarkSources, markAt } from '../marks.js'
import type { ComputeSettings } from '../settings.js'
import type { Unknown, Valuation } from '../valuation.js'
import { fillsIn } from './account-fills.js'
import { holdingsOfAccount } from './account-holdings.js'
import type { AccountLevelView, AccountPosition, AccountWindowView } from './account-view.js'

export interface AccountReaderOptions {
  readonly account: Account
  readonly market: Market
  readonly settings: ComputeSettings
  readonly multiplierOf: (symbol: string) => QuantityE9
  /** Quote currency of a symbol; anything but USD has no money figures. */
  readonly currencyOf: (symbol: string) => string
  readonly runs: DrawdownRuns
}

/** Why there is no sum over books, the first of these that one of them has. */
const RANKED: readonly Reason[] = ['currency', 'missing_mark', 'unknown_opening_position']

/**
 * Reads one account at one T: what its live books add up to, and what its snapshots say; and notes until when the answers
 * hold if no book is read again and no new fact comes.
 */
export class AccountReader {
  readonly #options: AccountReaderOptions
  readonly #books: readonly BookTotals[]
  readonly #calendar: Calendar
  readonly #priced = new Set<string>()
  readonly #withFreshBar = new Set<string>()
  #holdsUntil = Number.POSITIVE_INFINITY

  constructor(
    options: AccountReaderOptions,
    { books, calendar }: { readonly books: readonly BookTotals[]; readonly calendar: Calendar },
    readonly at: EpochMs,
  ) {
    this.#options = options
    this.#books = books
    this.#calendar = calendar
  }

  /** The first T at which some answer given so far may be another one. */
  get holdsUntil(): EpochMs {
    return this.#holdsUntil
  }

  /** Symbols whose prices move the answers given so far. */
  get priced(): ReadonlySet<string> {
    return this.#priced
  }

  /** Those of them whose mark a new quote may be. */
  get quoted(): ReadonlySet<string> {
    return new Set([...this.#priced].filter((symbol) => !this.#withFreshBar.has(symbol)))
  }

  level(): AccountLevelView {
    return {
      at: this.at,
      isForeign: this.#books.some(({ isForeign }) => isForeign),
      positions: this.#positions(),
      equity: this.#equity(),
    }
  }

  window(window: Window): AccountWindowView {
    const { account, settings, runs } = this.#options
    const { start, startHoldsUntil } = windowBounds(window, this.at, this.#calendar, settings)
    if (startHoldsUntil !== undefined) this.#changesAt(startHoldsUntil)
    // How much later than an instant at the start of the window T will be when the start gets there.
    const lead = startHoldsUntil === undefined ? this.at - start : Number.POSITIVE_INFINITY
    const where = { window, start, lead }
    const parts = { account, calendar: this.#calendar, runs, changesAt: (at: EpochMs) => this.#changesAt(at) }
    return {
      ...where,
      isFlat: this.#books.every(({ windows }) => windows[window].activity === 'flat') && !this.#wasHeld(start, lead),
      net: this.#net(window, start, lead),
      drawdown: () => accountDrawdown(parts, where, this.at),
    }
  }

  /** Whether a snapshot showed anything from the start on. */
  #wasHeld(start: EpochMs, lead: number): boolean {
    const { account } = this.#options
    const { positions } = account
    this.#changesAt((positions.at(positions.indexAt(start) + 1) ?? Number.POSITIVE_INFINITY) + lead)
    const atStart = account.newestSnapshotAt(start)?.positions ?? []
    return atStart.some(({ qty }) => qty !== 0n) || account.symbolsShownAfter(start).length > 0
  }

  #net(window: Window, start: EpochMs, lead: number): Valuation<MoneyE17> {
    const results = this.#books.map(({ windows }) => windows[window].net)
    const unknowns = results.filter((result): result is Unknown => !result.known)
    const [worst] = unknowns.sort((a, b) => RANKED.indexOf(a.reason) - RANKED.indexOf(b.reason))
    if (worst !== undefined) return worst
    const earned = results.reduce((total, result) => total + (result.known ? result.value : 0n), 0n)
    return { known: true, value: earned - this.#fees(start, lead) }
  }

  /** What the broker charged without naming an order: the account pays all of it, whatever its books' shares come to. */
  #fees(start: EpochMs, lead: number): MoneyE17 {
    const { account } = this.#options
    this.#changesAt(account.costSourceHoldsUntil(this.at))
    if (account.costSource(this.at) !== 'broker_activities') return 0n
    this.#changesAt(account.flows.nextFeeAfter(start) + lead)
    return account.flows.feesIn(start, this.at)
  }

  #positions(): Valuation<readonly AccountPosition[]> {
    const { account, currencyOf, multiplierOf } = this.#options
    const { quantities, holdsUntil } = holdingsOfAccount(account, this.at)
    this.#changesAt(holdsUntil)
    const symbols = [...quantities.keys()]
    const foreign = symbols.filter((symbol) => currencyOf(symbol) !== 'USD')
    if (foreign.length > 0) return { known: false, reason: 'currency', symbols: foreign }
    const unmarked: string[] = []
    const positions: AccountPosition[] = []
    for (const [symbol, quantity] of quantities) {
      const { mark, holdsUntil: markHoldsUntil } = markAt(this.#marksOf(symbol), this.at)
      this.#changesAt(markHoldsUntil)
      if (mark?.source === 'bar' && this.#isFresh(mark.at)) this.#withFreshBar.add(symbol)
      if (mark === undefined) unmarked.push(symbol)
      else positions.push({ symbol, value: marketValue(quantity, mark.priceE8, multiplierOf(symbol)) })
    }
    if (unmarked.length > 0) return { known: false, reason: 'missing_mark', symbols: unmarked }
    return { known: true, value: positions }
  }

  #equity(): Valuation<EquityValue> {
    const { account, multiplierOf, currencyOf } = this.#options
    const { equity, snapshotAt, holdsUntil } = accountEquityAt(account, this.at, {
      calendar: this.#calendar,
      marksOf: (symbol) => this.#marksOf(symbol),
      multiplierOf,
      isPriced: (symbol) => currencyOf(symbol) === 'USD',
    })
    this.#changesAt(holdsUntil)
    return equity === undefined || snapshotAt === undefined
      ? unknownBecause('no_equity')
      : { known: true, value: { equity, snapshotAt } }
  }

  #marksOf(symbol: string): MarkSources {
    this.#priced.add(symbol)
    const { account, market, settings } = this.#options
    return {
      bars: market.series(symbol),
      mids: market.mids(symbol),
      snapshots: account.prices(symbol),
      ledger: fillsIn(account, symbol),
      calendar: this.#calendar,
      maxAgeMs: settings.markMaxAgeMs,
    }
  }

  #isFresh(barAt: EpochMs): boolean {
    return this.#calendar.sessionTimeBetween(barAt, this.at) <= this.#options.settings.markMaxAgeMs
  }

  #changesAt(at: EpochMs): void {
    if (at > this.at && at < this.#holdsUntil) this.#holdsUntil = at
  }
}
