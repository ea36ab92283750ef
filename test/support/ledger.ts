import { type LedgerState, type Opening, SymbolLedger } from '../../src/compute/accumulators/symbol-ledger.js'
import { NO_COSTS } from '../../src/compute/costs.js'
import type { Fill } from '../../src/compute/fills.js'
import type { Side } from '../../src/domain/facts.js'

export const ONE = 10n ** 9n
export const ORDINARY = { multiplier: ONE, lotSize: 1n }
export const quantity = (units: number) => BigInt(Math.round(units * 1_000)) * 10n ** 6n
export const money = (dollars: number) => BigInt(Math.round(dollars * 1_000)) * 10n ** 14n

let ids = 0
export function fill(side: Side, units: number, price: number, at: number, more: Partial<Fill> = {}): Fill {
  ids += 1
  return {
    executionId: `e${String(ids).padStart(5, '0')}`,
    fillId: 'f',
    at,
    submittedAt: at,
    side,
    quantity: quantity(units),
    notional: (quantity(units) * money(price)) / ONE,
    costs: NO_COSTS,
    ...more,
  }
}

export function ledgerOf(fills: readonly Fill[], terms = ORDINARY, opening?: Opening): SymbolLedger {
  const ledger = new SymbolLedger(terms)
  if (opening !== undefined) ledger.open(opening)
  for (const one of fills) ledger.replace([], [one])
  return ledger
}

export const end = (ledger: SymbolLedger): LedgerState => ledger.stateAt(Number.MAX_SAFE_INTEGER)
