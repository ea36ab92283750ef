import type { Account } from '../account.js'
import type { OwnFills } from '../marks.js'

/** The fills of a symbol by all books of an account: its own fills, where an account is priced. */
export function fillsIn(account: Account, symbol: string): OwnFills {
  const ledgers = [...account.books]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, book]) => book.ledgers.get(symbol) ?? [])
  return {
    lastFillAt: (at) => {
      const fills = ledgers.map((ledger) => ledger.lastFillAt(at)).filter((fill) => fill !== undefined)
      return fills.reduce<(typeof fills)[number] | undefined>(
        (newest, fill) => (newest === undefined || fill.at > newest.at ? fill : newest),
        undefined,
      )
    },
    nextChangeAfter: (at) => Math.min(Number.POSITIVE_INFINITY, ...ledgers.map((ledger) => ledger.nextChangeAfter(at))),
  }
}
