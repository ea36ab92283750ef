import type { EpochMs } from '../domain/time.js'
import type { BookReader } from './book-reader.js'
import type { LevelView } from './view.js'

/** What a book holds and what marks it, as it was when the book was last read. */
export interface Holdings {
  /** T of the reading; readings of a slower tier, which looks further back, do not count. */
  readonly at: EpochMs
  readonly symbols: readonly string[]
  /** Those held, by the book or by its account: their prices move its values. */
  readonly priced: readonly string[]
  /** Those not marked with a fresh bar: a new quote may be their mark. */
  readonly quoted: readonly string[]
  readonly oldestMarkAt: EpochMs | undefined
  readonly newestMarkAt: EpochMs | undefined
  /** Of the newest reviewed decision. */
  readonly reviewedAt: EpochMs | undefined
}

export const NO_HOLDINGS: Holdings = {
  at: Number.NEGATIVE_INFINITY,
  symbols: [],
  priced: [],
  quoted: [],
  oldestMarkAt: undefined,
  newestMarkAt: undefined,
  reviewedAt: undefined,
}

/** `isFresh` tells whether a bar of an instant is no older than a mark may be. */
export function holdingsOf(
  reader: Pick<BookReader, 'heldSymbols' | 'accountSymbols'>,
  { at, positions, review }: LevelView,
  isFresh: (barAt: EpochMs) => boolean,
): Holdings {
  const symbols = reader.heldSymbols()
  const priced = [...new Set([...symbols, ...reader.accountSymbols()])]
  const marked = positions.known ? positions.value : []
  const instants = marked.map(({ mark }) => mark.at)
  const withBar = new Set(
    marked.flatMap(({ symbol, mark }) => (mark.source === 'bar' && isFresh(mark.at) ? symbol : [])),
  )
  return {
    at,
    symbols,
    priced,
    quoted: priced.filter((symbol) => !withBar.has(symbol)),
    oldestMarkAt: instants.length > 0 ? Math.min(...instants) : undefined,
    newestMarkAt: instants.length > 0 ? Math.max(...instants) : undefined,
    reviewedAt: review?.reviewedAt,
  }
}
