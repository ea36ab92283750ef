import type { Calendar } from '../../domain/calendar.js'
import { divideHalfEven, type MoneyE17, QUANTITY_DIGITS, type QuantityE9 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { type WindowOptions, windowBounds } from '../../domain/window.js'
import type { Account } from '../account.js'
import type { Book } from '../book.js'

/** Whether an account's equity is one book's, and else which part of it. */
export type Sharing =
  | { readonly kind: 'alone' }
  | { readonly kind: 'shared'; readonly source: 'configured'; readonly share: QuantityE9 }
  | { readonly kind: 'shared'; readonly source: 'equal_share_assumed'; readonly books: number }

export interface SharingReading {
  readonly sharing: Sharing
  /** The first T at which the answer may be another one if no fact comes. */
  readonly holdsUntil: EpochMs
}

const ALONE: Sharing = { kind: 'alone' }

/**
 * Whether a book is alone in its account at T: no other book had an order there in the last 20 sessions or holds a
 * position there. One answer for all windows. A configured share makes it shared; without one the books with an order
 * there in that time share equally.
 * Source: METRICS section 2, "Alone in its account".
 */
export function sharingOf(
  book: Book,
  account: Account,
  at: EpochMs,
  calendar: Calendar,
  options: WindowOptions & { readonly configuredShare: QuantityE9 | undefined },
): SharingReading {
  if (options.configuredShare !== undefined)
    return {
      sharing: { kind: 'shared', source: 'configured', share: options.configuredShare },
      holdsUntil: Number.POSITIVE_INFINITY,
    }
  if (account.books.size === 1) return { sharing: ALONE, holdsUntil: Number.POSITIVE_INFINITY }

  const { start, startHoldsUntil } = windowBounds('20d', at, calendar, options)
  const lead = startHoldsUntil === undefined ? at - start : Number.POSITIVE_INFINITY
  let holdsUntil = startHoldsUntil ?? Number.POSITIVE_INFINITY
  let traders = 1
  let isShared = false
  for (const other of account.books.values()) {
    if (other === book) continue
    const hasOrder = other.submissions.hasIn(start, at)
    if (hasOrder) traders += 1
    if (hasOrder || holdsAnything(other, at)) isShared = true
    holdsUntil = Math.min(
      holdsUntil,
      other.submissions.nextAfter(start) + lead,
      other.submissions.nextAfter(at),
      ...[...other.ledgers.values()].map((ledger) => ledger.nextChangeAfter(at)),
    )
  }
  return {
    sharing: isShared ? { kind: 'shared', source: 'equal_share_assumed', books: traders } : ALONE,
    holdsUntil,
  }
}

export function sameSharing(a: Sharing, b: Sharing): boolean {
  return shareKey(a) === shareKey(b)
}

/** One text for each way to share. */
export function shareKey(sharing: Sharing): string {
  if (sharing.kind === 'alone') return 'alone'
  return sharing.source === 'configured' ? `of ${sharing.share}` : `among ${sharing.books}`
}

/** The book's part of an amount of the account. */
export function shareOf(amount: MoneyE17, sharing: Sharing): MoneyE17 {
  if (sharing.kind === 'alone') return amount
  return sharing.source === 'configured'
    ? divideHalfEven(amount * sharing.share, 10n ** BigInt(QUANTITY_DIGITS))
    : divideHalfEven(amount, BigInt(sharing.books))
}

function holdsAnything(book: Book, at: EpochMs): boolean {
  for (const ledger of book.ledgers.values())
    if (ledger.stateAt(at).quantity !== 0n || ledger.isUnknownAfter(at)) return true
  return false
}
