import type { EpochMs } from '../domain/time.js'
import { readOnce } from '../lib/read-once.js'
import type { Account } from './account.js'
import type { Opening } from './accumulators/symbol-ledger.js'
import type { Book } from './book.js'
import { openingOf } from './opening.js'

const FLAT: Opening = { kind: 'flat' }

/** How histories of symbols begin, where that may be otherwise than was thought. */
export class Openings {
  /** Those that a fill stamped after T may change, once T gets there. */
  #later: { readonly at: EpochMs; readonly account: Account; readonly symbol: string }[] = []
  #unsettled = new Map<Account, Set<string>>()

  /** The beginning of a symbol in an account has to be settled again; from an instant on, if one is given. */
  unsettle(account: Account, symbol: string, from?: EpochMs): void {
    if (from !== undefined) {
      this.#later.push({ at: from, account, symbol })
      return
    }
    readOnce(this.#unsettled, account, () => new Set<string>()).add(symbol)
  }

  /** Settles all that is due at T; calls back for each book that begins otherwise now. */
  settle(now: EpochMs, onChange: (book: Book, symbol: string) => void): void {
    for (const { at, account, symbol } of this.#later) if (at <= now) this.unsettle(account, symbol)
    this.#later = this.#later.filter(({ at }) => at > now)
    for (const [account, symbols] of this.#unsettled) {
      for (const symbol of symbols) {
        const settled = openingOf(symbol, account, now)
        for (const book of account.books.values()) {
          const ledger = book.ledgers.get(symbol)
          if (ledger === undefined) continue
          // What a book has not traded, or no more since its orders were taken back, is not its own.
          const hasTraded = (ledger.firstFillAt ?? Number.POSITIVE_INFINITY) <= now
          const opening = book.givenOpening(symbol) ?? (hasTraded ? settled : FLAT)
          if (sameOpening(ledger.opening, opening)) continue
          ledger.open(opening)
          book.changes.changedFrom(Number.NEGATIVE_INFINITY)
          onChange(book, symbol)
        }
      }
    }
    this.#unsettled = new Map()
  }
}

function sameOpening(a: object, b: object): boolean {
  const entries = Object.entries(b)
  return entries.length === Object.keys(a).length && entries.every(([key, value]) => a[key as keyof typeof a] === value)
}
