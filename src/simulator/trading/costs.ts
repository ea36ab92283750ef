import { MONEY_DIGITS, type MoneyE17, PRICE_DIGITS, parseScaled, type QuantityE9 } from '../../domain/exact.js'
import type { CostSchedule } from './accounts.js'

/** A hundredth of a cent: costs are rounded up to it. */
const STEP_E17 = 10n ** 13n

/** What an order has cost so far: 0 while nothing is filled, or where the account pays nothing. */
export function costsOf(schedule: CostSchedule | undefined, filledE9: QuantityE9, notionalE17: MoneyE17): MoneyE17 {
  if (!schedule || filledE9 === 0n) return 0n
  const perOrder = parseScaled(schedule.perOrderUsd, MONEY_DIGITS) ?? 0n
  const perUnit = parseScaled(schedule.perUnitUsd, PRICE_DIGITS) ?? 0n
  const exact = perOrder + perUnit * filledE9 + (notionalE17 * schedule.bps) / 10_000n
  return ((exact + STEP_E17 - 1n) / STEP_E17) * STEP_E17
}
