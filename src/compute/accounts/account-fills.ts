import type { Account } from '../account.js'
import { compareFills } from '../fills.js'
import type { OwnFills } from '../marks.js'

/** The fills of a symbol by all books of an account: its own fills, where an account is priced. */
export function fillsIn(account: Account, symbol: string): OwnFills {
  const ledgers = [...account.books.values()].flatMap((book) => book.ledgers.get(symbol) ?? [])
  return {
    lastFillAt: (at) =>
      ledgers
        .flatMap((ledger) => ledger.lastFillAt(at) ?? [])
        .sort(compareFills)
        .at(-1),
    nextChangeAfter: (at) => Math.min(Number.POSITIVE_INFINITY, ...ledgers.map((ledger) => ledger.nextChangeAfter(at))),
  }
}
