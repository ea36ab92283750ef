import type { QuantityE9 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import type { Account } from '../account.js'
import { longestReach } from '../price-demand.js'

export interface AccountHoldings {
  /** By symbol; only what is held. */
  readonly quantities: ReadonlyMap<string, QuantityE9>
  /** The first T at which they may be others if no fact comes. */
  readonly holdsUntil: EpochMs
}

/**
 * What an account holds at T, longs and shorts of its books set off against each other as the broker does it.
 *
 * A symbol that a book of it traded in the longest window, or holds, is what the ledgers say. One that none did, and one
 * of which nobody can tell whose it is, is what the newest snapshot shows, whether or not its equity counts.
 * Source: METRICS section 1, "Mark" (positions for exposure are the ledger's) and "Opening inventory"; fine print 1.
 */
export function holdingsOfAccount(account: Account, at: EpochMs): AccountHoldings {
  const traded = new Map<string, QuantityE9>()
  const nobodys = new Set<string>()
  let holdsUntil = Number.POSITIVE_INFINITY
  for (const book of account.books.values()) {
    const since = longestReach(book, at)
    for (const [symbol, ledger] of book.ledgers) {
      holdsUntil = Math.min(holdsUntil, ledger.nextChangeAfter(at))
      const { quantity } = ledger.stateAt(at)
      const isTraded = (ledger.lastFillAt(at)?.at ?? since) > since || ledger.isAdjustedIn(since, at)
      if (ledger.isUnknownAfter(at)) nobodys.add(symbol)
      else if (isTraded || quantity !== 0n) traded.set(symbol, (traded.get(symbol) ?? 0n) + quantity)
    }
  }
  for (const symbol of nobodys) traded.delete(symbol)
  const quantities = new Map([...traded].filter(([, quantity]) => quantity !== 0n))
  for (const { symbol, qty } of account.newestSnapshotAt(at)?.positions ?? [])
    if (!traded.has(symbol) && qty !== 0n) quantities.set(symbol, qty)
  return { quantities, holdsUntil }
}
