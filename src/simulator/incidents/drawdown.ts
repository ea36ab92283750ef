import { absolute } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import type { Market } from '../market/market.js'
import { SHOCK_SCALE } from '../market/shocks.js'
import type { AccountLedger } from '../trading/account-ledger.js'

/** What an account that keeps its positions loses of its equity: well past the limit of 5 % a day. */
const LOSS_OF_EQUITY = 0.09
/** No price moves by more: an account that holds less than a fifth of its equity loses less. */
const DEEPEST = 0.5

/**
 * How far each price has to move for every account to lose its share: longs fall, shorts rise, what nobody holds stays.
 *
 * Decided once, by what is held at the moment: strategies that turn round on the way are lucky, as in a real one. An
 * account's symbols are its own, so no price is asked to move two ways.
 */
export function drawdownDepths(
  ledgers: readonly AccountLedger[],
  market: Market,
  at: EpochMs,
): ReadonlyMap<string, number> {
  const depths = new Map<string, number>()
  for (const ledger of ledgers) {
    const values = ledger
      .holdings()
      .map(({ symbol, qtyE9 }) => ({ symbol, valueE17: qtyE9 * market.priceE8(symbol, at) }))
    const equityE17 = values.reduce((sum, { valueE17 }) => sum + valueE17, ledger.cashE17())
    const grossE17 = values.reduce((sum, { valueE17 }) => sum + absolute(valueE17), 0n)
    if (grossE17 === 0n || equityE17 <= 0n) continue
    const depth = Math.min(DEEPEST, (LOSS_OF_EQUITY * Number(equityE17)) / Number(grossE17))
    const depthE6 = Math.round(depth * SHOCK_SCALE)
    for (const { symbol, valueE17 } of values) depths.set(symbol, valueE17 > 0n ? -depthE6 : depthE6)
  }
  return depths
}
