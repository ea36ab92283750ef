import { MONEY_DIGITS, type MoneyE17, parseScaled } from '../../domain/exact.js'
import type { AccountProfile } from '../trading/accounts.js'

/** What is missing, as a share of the initial cash: five times what equity and PnL may differ by. */
const MISSING_SHARE = 0.005

/**
 * The cash that the broker does not show of an account: as after a transfer that nothing tells of. The account's own books
 * are untouched, so that all of it is there again when the incident ends.
 */
export function missingCashE17({ initialCashUsd }: AccountProfile): MoneyE17 {
  return parseScaled((initialCashUsd * MISSING_SHARE).toFixed(2), MONEY_DIGITS) ?? 0n
}
