import type { PriceE8 } from '../domain/exact.js'
import type { EpochMs } from '../domain/time.js'
import type { Account } from './account.js'
import type { SymbolLedger } from './accumulators/symbol-ledger.js'
import type { Book } from './book.js'
import type { Market } from './market.js'
import { type MarkSources, markOf } from './marks.js'
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

/** What a symbol of a book was worth in its account's last snapshot up to an instant: the snapshot's own price, else the mark. */
export function snapshotPriceOf(priced: PricedBook, symbol: string, at: EpochMs): PriceE8 | undefined {
  const position = priced.account.snapshotAt(at)?.positions.find((one) => one.symbol === symbol)
  return position?.mark ?? markOf(markSourcesOf(priced, symbol, priced.book.ledgers.get(symbol)), at)?.priceE8
}
