import type { Account } from './account.js'
import type { SymbolLedger } from './accumulators/symbol-ledger.js'
import type { Book } from './book.js'
import type { Market } from './market.js'
import type { MarkSources } from './marks.js'
import type { ComputeSettings } from './settings.js'

export interface PricedBook {
  readonly book: Book
  readonly account: Account
  readonly market: Market
  readonly settings: ComputeSettings
}

/** Everything that can price a symbol in a book's account; own fills do where its ledger is given. */
export function markSourcesOf(
  { book, account, market, settings }: PricedBook,
  symbol: string,
  ledger: SymbolLedger | undefined,
): MarkSources {
  return {
    bars: market.series(symbol),
    mids: market.mids(symbol),
    snapshots: account.prices(symbol),
    ledger,
    calendar: book.calendar,
    maxAgeMs: settings.markMaxAgeMs,
  }
}
