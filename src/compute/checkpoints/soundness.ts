import type { EpochMs } from '../../domain/time.js'
import type { Account } from '../account.js'
import type { Book } from '../book.js'
import type { Instruments } from '../instruments.js'

/**
 * Whether the facts still say of the time before a book's checkpoint what it was taken from, as far as it is not the
 * source that has to tell: of the orders that are spared nothing is known here.
 */
export function isSound(account: Account, book: Book, instruments: Instruments): boolean {
  const { base } = book
  if (base === undefined) return true
  const { at, calendar, symbols, firstOrders, snapshotsDigest } = base.checkpoint
  return (
    calendar === book.description.calendar &&
    snapshotsDigest === account.snapshotsDigestUpTo(at) &&
    symbols.every(({ symbol, instrument }) => instruments.digestOf(symbol) === instrument) &&
    sameFirsts(firstOrders, firstOrdersUpTo(account, at)) &&
    base.isSound((executionId) => book.digestOfOrder(executionId))
  )
}

/** The first submission up to an instant of each book in an account, by strategy. */
export function firstOrdersUpTo(account: Account, at: EpochMs): [strategyId: string, at: EpochMs][] {
  return [...account.books.values()]
    .flatMap(({ description, submissions: { first } }): [string, EpochMs][] =>
      first === undefined || first > at ? [] : [[description.strategyId, first]],
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

type Firsts = readonly (readonly [strategyId: string, at: EpochMs])[]

function sameFirsts(a: Firsts, b: Firsts): boolean {
  return a.length === b.length && a.every(([id, at], index) => b[index]?.[0] === id && b[index]?.[1] === at)
}
