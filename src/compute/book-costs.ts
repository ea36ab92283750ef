import type { MoneyE17 } from '../domain/exact.js'
import type { EpochMs } from '../domain/time.js'
import type { Account } from './account.js'
import type { LedgerState } from './accumulators/symbol-ledger.js'
import type { Book } from './book.js'
import { type CostSource, costsBy } from './costs.js'
import { type Sharing, shareOf } from './equity/sharing.js'

/**
 * What a book paid besides the prices of its trades, as the source says that counts for its account at T.
 * Source: METRICS section 1, "Costs", and fine print 7.
 */
export class BookCosts {
  readonly source: CostSource | 'none'

  constructor(
    readonly book: Book,
    readonly account: Account,
    at: EpochMs,
  ) {
    this.source = account.costSource(at)
  }

  /** Of orders between two states of one symbol's ledger. */
  ofFills(before: LedgerState, now: LedgerState): MoneyE17 {
    return costsBy(this.source, now.costs) - costsBy(this.source, before.costs)
  }

  /** Of orders in (from, to] that ended without a fill. */
  ofBareOrders(from: EpochMs, to: EpochMs): MoneyE17 {
    return this.book.looseCostsIn(from, to, this.source)
  }

  /** The book's part of what the broker charged the account in (from, to] without naming an order. */
  ofAccount(from: EpochMs, to: EpochMs, sharing: Sharing): MoneyE17 {
    return this.source === 'broker_activities' ? shareOf(this.account.flows.feesIn(from, to), sharing) : 0n
  }
}
