import { type CalendarName, CalendarOutOfRange } from '../domain/calendar.js'
import { BAR_LIFETIME_MS, historyFrom } from '../domain/history.js'
import type { PriceDemand } from '../domain/ports.js'
import type { ShardOwnership } from '../domain/shards.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'
import { LONGEST_WINDOW_SESSIONS } from '../domain/window.js'
import type { Account } from './account.js'
import type { Book } from './book.js'
import { decidedSymbols } from './coverage.js'
import { pricePinsOf } from './equity/price-pins.js'
import type { Portfolio } from './portfolio.js'
import type { ComputeSettings } from './settings.js'

/** Grid of the past: five minutes fit the sessions of an exchange; in a calendar without sessions windows slide. */
const HISTORY_CELL_MS: Record<CalendarName, number> = { XNYS: 5 * MINUTE_MS, '24x7': MINUTE_MS }

/**
 * Symbols whose prices the books need, each with the grid of its history, and those of which times are enough.
 *
 * Prices are those of all books, whoever publishes them: which points of a symbol are kept depends on everybody who needs
 * it. What is only watched matters to the book alone.
 */
export function priceDemandOf(
  portfolio: Portfolio,
  settings: ComputeSettings,
  ownership: ShardOwnership,
): Pick<PriceDemand, 'kept' | 'watched'> {
  const { books, now, strategies } = portfolio
  const kept = new Map<string, number>()
  const watched = new Set<string>()
  const shownFrom = historyFrom(settings.calendars, now)
  for (const book of books.values()) {
    const account = portfolio.accountOf(book)
    const { strategyId } = book.description
    // A book that shares its account is observed each minute.
    const cellMs = account.books.size > 1 ? MINUTE_MS : HISTORY_CELL_MS[book.calendar.name]
    for (const symbol of pricedSymbols(book, account, now, shownFrom, strategies.benchmarkOf(strategyId)))
      kept.set(symbol, Math.min(cellMs, kept.get(symbol) ?? cellMs))
    if (!ownership.owns(book.description)) continue
    const universe = strategies.universeOf(strategyId)
    for (const symbol of universe.length > 0 ? universe : decidedSymbols(book, now, settings)) watched.add(symbol)
  }
  return { kept, watched }
}

/** The symbols whose prices some window of a book can rest on at T. */
export function pricedSymbols(
  book: Book,
  account: Account,
  at: EpochMs,
  shownFrom: EpochMs,
  benchmark: string | undefined,
): ReadonlySet<string> {
  const since = longestReach(book, at)
  const symbols = new Set<string>()
  for (const [symbol, ledger] of book.ledgers)
    if (ledger.lastAt > since || ledger.stateAt(at).quantity !== 0n || ledger.isUnknownAfter(since)) symbols.add(symbol)
  // An order needs the marks of its own time, whether or not it ever filled anything.
  for (const symbol of book.orderFlow.symbolsAfter(since)) symbols.add(symbol)
  // Equity moves with everything that the account holds, whoever bought it.
  for (const symbol of account.symbolsShownAfter(shownFrom)) symbols.add(symbol)
  if (benchmark !== undefined) symbols.add(benchmark)
  return symbols
}

/** The instants at which prices have to be exact, worked out once a minute: prices are thinned by whole minutes. */
export class PricePins {
  #known: { readonly minute: number; readonly instants: readonly EpochMs[] } | undefined

  at(at: EpochMs, portfolio: Portfolio, { calendars, sessionRollMs }: ComputeSettings): readonly EpochMs[] {
    const minute = Math.floor(at / MINUTE_MS)
    if (this.#known?.minute === minute) return this.#known.instants
    const pins = new Set<EpochMs>()
    for (const account of portfolio.accounts.values())
      for (const pin of [...pricePinsOf(account, calendars.XNYS, at, sessionRollMs), ...adjustmentsOf(account, at)])
        pins.add(pin)
    this.#known = { minute, instants: [...pins].sort((a, b) => a - b) }
    return this.#known.instants
  }
}

/** What snapshots taught was booked at the mark of its instant. */
function adjustmentsOf(account: Account, at: EpochMs): EpochMs[] {
  return [...account.books.values()].flatMap((book) =>
    [...book.ledgers.values()].flatMap((ledger) =>
      ledger.adjustments.flatMap((adjustment) => (adjustment.at > at - BAR_LIFETIME_MS ? adjustment.at : [])),
    ),
  )
}

/** Where the longest window can begin at the earliest; everything, at a T that the calendar does not know. */
export function longestReach({ calendar }: Book, at: EpochMs): EpochMs {
  try {
    return calendar.sessionBefore(at, LONGEST_WINDOW_SESSIONS).opensAt
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return Number.NEGATIVE_INFINITY
    throw error
  }
}
