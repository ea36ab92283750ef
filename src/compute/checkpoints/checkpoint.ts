import type { BookKey } from '../../domain/book.js'
import type { CalendarName } from '../../domain/calendar.js'
import type { OpeningPositionFact } from '../../domain/facts.js'
import type { EpochMs } from '../../domain/time.js'
import type { Digest } from '../inputs/digest.js'

/** What stands for the orders of one symbol that a checkpoint spares. */
export interface SparedSymbol {
  readonly symbol: string
  /** Of what facts told of the instrument; they come with its orders. */
  readonly instrument: Digest
  /** The position at the checkpoint's instant; undefined where the orders never filled anything. */
  readonly opening: OpeningPositionFact | undefined
  /** The execution ids. */
  readonly orders: readonly string[]
  /** Of the orders and of the broker's fills of them, as facts. */
  readonly digest: Digest
}

/**
 * The ledgers of one book at an instant that no window reaches any more, in place of the orders that made them.
 *
 * An order is spared when it was over by then with all that the broker said of it. Some of them are kept all the same,
 * since they say more than positions: of each symbol the first, and the first and the last that moved it; those before the
 * account's first snapshot; of all the first and the last to which anything happened, and the first that name costs.
 */
export interface BookCheckpoint extends BookKey {
  readonly at: EpochMs
  readonly calendar: CalendarName
  readonly symbols: readonly SparedSymbol[]
  /** The orders that are read although they were over: the positions hold them already. */
  readonly kept: readonly string[]
  /** Of the kept orders, as facts. */
  readonly keptDigest: Digest
  /** The first submission up to the instant of each book in the account, by strategy. */
  readonly firstOrders: readonly (readonly [strategyId: string, at: EpochMs])[]
  /** Of the account's snapshots up to the instant. */
  readonly snapshotsDigest: Digest
}
