import { divideHalfEven, formatScaled, MONEY_DIGITS, PRICE_DIGITS, QUANTITY_DIGITS } from '../../domain/exact.js'
import { type EpochMs, toIso } from '../../domain/time.js'

/** Decimals and times as Torghut's rows and the broker's records write them: as text. */
export function quantityText(qtyE9: bigint): string {
  return formatScaled(qtyE9, QUANTITY_DIGITS)
}

export function priceText(priceE8: bigint): string {
  return formatScaled(priceE8, PRICE_DIGITS)
}

const MONEY_STEP_E17 = 10n ** BigInt(MONEY_DIGITS - PRICE_DIGITS)

/** Money to the eight decimals of its columns, rounded half to even. */
export function moneyText(moneyE17: bigint): string {
  return formatScaled(divideHalfEven(moneyE17, MONEY_STEP_E17), PRICE_DIGITS)
}

/** The broker's stamps have microseconds. */
export function brokerTime(at: EpochMs): string {
  return toIso(at).replace('Z', `${String(Math.floor(at * 7919) % 1000).padStart(3, '0')}Z`)
}

export function brokerTimeOrNull(at: EpochMs | undefined): string | null {
  return at === undefined ? null : brokerTime(at)
}
