import type { EpochMs } from '../domain/time.js'
import { plusSums } from './accumulators/summed-timeline.js'
import type { SymbolLedger } from './accumulators/symbol-ledger.js'
import type { Book } from './book.js'
import type { CostSource } from './costs.js'
import { NO_TRADES, type TradeSums } from './formulas/trades.js'

/** The round trips of one book that were closed in a window. */
export interface WindowTrades {
  readonly sums: TradeSums
  /** Closed as well, and no trades: taken over, or corrected by snapshots. */
  readonly excluded: number
  /** Symbols of which nobody can say what was held after the window's start, sorted. */
  readonly unknown: readonly string[]
  /** Symbols with trades that are not quoted in USD, sorted. */
  readonly foreign: readonly string[]
}

interface TradedBook {
  readonly book: Book
  /** By symbol; those that a window can see. */
  readonly ledgers: readonly (readonly [string, SymbolLedger])[]
  readonly currencyOf: (symbol: string) => string
}

/** Adds up the trades of all symbols of a book that were closed in (from, to]. */
export function tradesIn(
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
  source: CostSource | 'none',
  { book, ledgers, currencyOf }: TradedBook,
): WindowTrades {
  let sums = NO_TRADES
  let excluded = 0n
  const foreign: string[] = []
  for (const [symbol, ledger] of ledgers) {
    if (ledger.nextChangeAfter(from) > to) continue
    const { excluded: more, ...closed } = book.roundTripsOf(symbol, ledger).closedIn(from, to, source)
    sums = plusSums(sums, closed)
    excluded += more
    if (closed.trades > 0n && currencyOf(symbol) !== 'USD') foreign.push(symbol)
  }
  const unknown = ledgers.filter(([, ledger]) => ledger.isUnknownAfter(from)).map(([symbol]) => symbol)
  return { sums, excluded: Number(excluded), unknown: unknown.sort(), foreign: foreign.sort() }
}
