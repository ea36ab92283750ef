import { divideHalfEven, MONEY_DIGITS, type MoneyE17, QUANTITY_DIGITS } from '../../domain/exact.js'
import { MINUTE_MS } from '../../domain/time.js'
import { RoundTrips } from '../accumulators/round-trips.js'
import { type LedgerState, SymbolLedger } from '../accumulators/symbol-ledger.js'
import { NO_COSTS } from '../costs.js'
import type { Fill } from '../fills.js'
import type { TradeSums } from '../formulas/trades.js'
import { timesMultiplier } from '../market-value.js'
import type { CalcFill } from './case.js'
import { money, scaled } from './numbers.js'

/**
 * Finer than the engine's quantities: what a notebook divides has more decimals than an order. The ledger does not mind
 * the unit of its quantities, and its money stays that of the engine.
 */
export const CALC_QUANTITY_DIGITS = 18
const CALC_PRICE_DIGITS = 18

/** A quantity below this is flat: 10⁻⁹, as for the engine. */
const LOT_SIZE = 10n ** BigInt(CALC_QUANTITY_DIGITS - QUANTITY_DIGITS)

const MINUTE_DIGITS = 9

/** What the fills of a case come to. */
export interface CalcBook {
  readonly state: LedgerState
  readonly trades: TradeSums
  readonly costs: MoneyE17
  /** Whether any fill says what it cost. */
  readonly hasCosts: boolean
  /** Whether every fill says when it was. */
  readonly isTimed: boolean
  /** Signed worth of the position at a price. */
  readonly valueAt: (mark: number) => MoneyE17
}

/** Books fills of one symbol into the engine's ledger, in the order in which they stand. */
export function bookOf(fills: readonly CalcFill[]): CalcBook {
  const multiplier = scaled(fills.find((fill) => fill.multiplier !== undefined)?.multiplier ?? 1, QUANTITY_DIGITS)
  const ledger = new SymbolLedger({ multiplier, lotSize: LOT_SIZE })
  ledger.replace([], fills.map(fillOf))
  const end = Number.POSITIVE_INFINITY
  const hasCosts = fills.some(({ commission }) => commission !== undefined)
  const state = ledger.stateAt(end)
  return {
    state,
    trades: new RoundTrips(ledger).closedIn(Number.NEGATIVE_INFINITY, end, hasCosts ? 'order_records' : 'none'),
    costs: state.costs.order_records,
    hasCosts,
    isTimed: fills.every(({ ts_minutes }) => ts_minutes !== undefined),
    valueAt: (mark) => timesMultiplier(notionalOf(state.quantity, mark), multiplier),
  }
}

function fillOf({ side, qty, price, commission, ts_minutes }: CalcFill, index: number): Fill {
  const quantity = scaled(qty, CALC_QUANTITY_DIGITS)
  return {
    executionId: '',
    fillId: '',
    at: ts_minutes === undefined ? index * MINUTE_MS : millisecondsOf(ts_minutes),
    // Breaks the ties of one instant: the ledger's order is the order given.
    submittedAt: index,
    side,
    quantity,
    notional: notionalOf(quantity, price),
    costs: commission === undefined ? NO_COSTS : { ...NO_COSTS, order_records: money(commission) },
  }
}

/** Exact up to one rounding, to the engine's money. */
function notionalOf(quantity: bigint, price: number): MoneyE17 {
  const excess = CALC_QUANTITY_DIGITS + CALC_PRICE_DIGITS - MONEY_DIGITS
  return divideHalfEven(quantity * scaled(price, CALC_PRICE_DIGITS), 10n ** BigInt(excess))
}

/** Floored to the millisecond, as all times are. */
function millisecondsOf(minutes: number): number {
  const unit = 10n ** BigInt(MINUTE_DIGITS)
  const units = scaled(minutes, MINUTE_DIGITS) * BigInt(MINUTE_MS)
  return Number(units / unit - (units % unit < 0n ? 1n : 0n))
}
