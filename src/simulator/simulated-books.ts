import type { BookDescription } from '../domain/book.js'
import { ACCOUNTS } from './trading/accounts.js'
import { STRATEGIES } from './trading/strategies.js'

/**
 * The books that the simulator trades, the same for every seed.
 *
 * Torghut's tables do not say on which calendar a strategy trades; a demo's configuration is made from this.
 */
export const SIMULATED_BOOKS: readonly BookDescription[] = STRATEGIES.map((strategy) => ({
  strategyId: strategy.id,
  strategyName: strategy.name,
  account: strategy.account,
  calendar: ACCOUNTS.find(({ label }) => label === strategy.account)?.calendar ?? 'XNYS',
}))
