import type { CalendarName } from './calendar.js'
import type { DayNumber } from './civil-day.js'
import { absolute, divideHalfEven, MONEY_DIGITS, type MoneyE17, QUANTITY_DIGITS, type QuantityE9 } from './exact.js'
import type { Side } from './facts.js'
import { DAY_MS, type EpochMs } from './time.js'

/** Rates and amounts of a schedule are integers of 10⁻¹²: a fee of a few dollars a million shares has that many decimals. */
export const RATE_DIGITS = 12
export type RateE12 = bigint

export const ROUNDING_MODES = ['up', 'down', 'nearest'] as const

/** One fee of a configured schedule: which orders it falls on, and how much it is. Amounts are USD and not negative. */
export interface FeeRule {
  readonly name: string
  /** What is not given does not limit. */
  readonly side: Side | undefined
  readonly adapters: readonly string[] | undefined
  readonly accounts: readonly string[] | undefined
  readonly calendar: CalendarName | undefined
  /** The first day on which it holds, and the first on which it holds no more; UTC days of the order's submit. */
  readonly from: DayNumber | undefined
  readonly until: DayNumber | undefined
  readonly perOrder: RateE12
  readonly perShare: RateE12
  /** Of the notional, in 10⁻⁴. */
  readonly bps: RateE12
  /** At least and at most this much an order. */
  readonly minimum: RateE12 | undefined
  readonly cap: RateE12 | undefined
  /** To a multiple of an amount; a half goes up. */
  readonly rounding: { readonly to: RateE12; readonly mode: (typeof ROUNDING_MODES)[number] } | undefined
}

/** What an order's scheduled cost depends on. Quantity and notional are what it filled, without sign. */
export interface ScheduledOrder {
  readonly side: Side
  readonly adapter: string | undefined
  readonly account: string
  readonly calendar: CalendarName
  readonly submittedAt: EpochMs
  readonly quantity: QuantityE9
  readonly notional: MoneyE17
}

/** Amounts are summed as integers of 10⁻³³, in which a rate times a notional is exact. */
const EXACT_DIGITS = 33
const PER_AMOUNT = 10n ** BigInt(EXACT_DIGITS - RATE_DIGITS)
const PER_SHARE = 10n ** BigInt(EXACT_DIGITS - RATE_DIGITS - QUANTITY_DIGITS)
const PER_MONEY = 10n ** BigInt(EXACT_DIGITS - MONEY_DIGITS)

/**
 * What an order costs by a schedule, in USD: the sum of the rules that match it.
 *
 * In each rule its amounts are summed, raised to the minimum, held under the cap, then rounded as it says, without that
 * half to even at 10⁻¹⁷; nothing else is rounded. An order that filled nothing costs nothing.
 * Undefined when no rule speaks of the account and calendar: the schedule is no source of their costs. 0 when some do
 * and none matches the order.
 * Source: METRICS section 1, "Costs".
 */
export function scheduledCost(rules: readonly FeeRule[], order: ScheduledOrder): MoneyE17 | undefined {
  const own = rules.filter((rule) => isFor(rule, order))
  if (own.length === 0) return undefined
  if (order.quantity === 0n) return 0n
  return own.reduce((total, rule) => (matches(rule, order) ? total + costBy(rule, order) : total), 0n)
}

/** Whether a schedule speaks of the orders of an account in a calendar at all. */
export function hasFeeRules(rules: readonly FeeRule[], of: Pick<ScheduledOrder, 'account' | 'calendar'>): boolean {
  return rules.some((rule) => isFor(rule, of))
}

function isFor({ accounts, calendar }: FeeRule, order: Pick<ScheduledOrder, 'account' | 'calendar'>): boolean {
  return (accounts?.includes(order.account) ?? true) && (calendar ?? order.calendar) === order.calendar
}

function matches({ side, adapters, from, until }: FeeRule, order: ScheduledOrder): boolean {
  const day = Math.floor(order.submittedAt / DAY_MS)
  if ((from !== undefined && day < from) || (until !== undefined && day >= until)) return false
  if (side !== undefined && side !== order.side) return false
  return adapters === undefined || (order.adapter !== undefined && adapters.includes(order.adapter))
}

function costBy(rule: FeeRule, order: ScheduledOrder): MoneyE17 {
  const { perOrder, perShare, bps, minimum, cap, rounding } = rule
  // A rate of 10⁻¹² times a basis point of a notional of 10⁻¹⁷ is of 10⁻³³ already.
  let exact = perOrder * PER_AMOUNT + perShare * absolute(order.quantity) * PER_SHARE + bps * absolute(order.notional)
  if (minimum !== undefined && exact < minimum * PER_AMOUNT) exact = minimum * PER_AMOUNT
  if (cap !== undefined && exact > cap * PER_AMOUNT) exact = cap * PER_AMOUNT
  if (rounding !== undefined) exact = rounded(exact, rounding.to * PER_AMOUNT, rounding.mode)
  return divideHalfEven(exact, PER_MONEY)
}

function rounded(amount: bigint, to: bigint, mode: (typeof ROUNDING_MODES)[number]): bigint {
  const shift = { up: to - 1n, down: 0n, nearest: to / 2n }[mode]
  return ((amount + shift) / to) * to
}
