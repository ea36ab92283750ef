import {
  divideHalfEven,
  MONEY_DIGITS,
  type MoneyE17,
  type PriceE8,
  parseScaled,
  type QuantityE9,
} from '../../domain/exact.js'
import type { AccountProfile } from './accounts.js'

export interface Holding {
  readonly symbol: string
  /** Signed: a short is below 0. */
  readonly qtyE9: QuantityE9
  /** What it cost, signed as the quantity. */
  readonly costE17: MoneyE17
}

/** The broker's own books for one account: exact cash and average-cost positions. */
export interface AccountLedger {
  readonly account: AccountProfile
  cashE17(): MoneyE17
  holdings(): readonly Holding[]
  /** Takes a fill: a signed quantity, its signed notional (below 0 for a sale) and what it cost. */
  apply(symbol: string, qtyE9: QuantityE9, notionalE17: MoneyE17, costsE17: MoneyE17): void
}

export function createAccountLedger(account: AccountProfile): AccountLedger {
  let cashE17 = parseScaled(account.initialCashUsd, MONEY_DIGITS) ?? 0n
  const held = new Map<string, Holding>()
  return {
    account,
    cashE17: () => cashE17,
    holdings: () => [...held.values()],
    apply(symbol, qtyE9, notionalE17, costsE17) {
      cashE17 -= notionalE17 + costsE17
      const before = held.get(symbol) ?? { symbol, qtyE9: 0n, costE17: 0n }
      const after = before.qtyE9 + qtyE9
      if (after === 0n) held.delete(symbol)
      else held.set(symbol, { symbol, qtyE9: after, costE17: costAfter(before, qtyE9, notionalE17) })
    },
  }
}

function costAfter(before: Holding, qtyE9: QuantityE9, notionalE17: MoneyE17): MoneyE17 {
  const after = before.qtyE9 + qtyE9
  const grows = before.qtyE9 === 0n || before.qtyE9 > 0n === qtyE9 > 0n
  if (grows) return before.costE17 + notionalE17
  const flips = before.qtyE9 > 0n !== after > 0n
  return flips ? divideHalfEven(notionalE17 * after, qtyE9) : divideHalfEven(before.costE17 * after, before.qtyE9)
}

/** The average entry price of a holding, to the eight decimals of its text. */
export function averageEntryE8({ qtyE9, costE17 }: Holding): PriceE8 {
  return divideHalfEven(costE17, qtyE9)
}
