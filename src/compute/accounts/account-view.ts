import type { MoneyE17 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import type { EquityValue, WindowStart } from '../equity/book-equity.js'
import type { Drawdown } from '../equity/drawdown.js'
import type { Valuation } from '../valuation.js'

export interface AccountPosition {
  readonly symbol: string
  /** Signed market value. */
  readonly value: MoneyE17
}

/** The account at T, the same for every window. */
export interface AccountLevelView {
  readonly at: EpochMs
  /** Whether a book of the account holds what is quoted in another currency. */
  readonly isForeign: boolean
  /** One a symbol, whoever holds it there. */
  readonly positions: Valuation<readonly AccountPosition[]>
  readonly equity: Valuation<EquityValue>
}

/** The account in one window `(start, T]`. */
export interface AccountWindowView extends WindowStart {
  /** True when nothing happened in any of its books, and nothing was held there by anybody. */
  readonly isFlat: boolean
  /** Of its books, after all that the broker charged; of each in the window of its own calendar. */
  readonly net: Valuation<MoneyE17>
  /** Worked out when a metric asks. */
  readonly drawdown: () => Valuation<Drawdown>
}
