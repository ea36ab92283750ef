import { MONEY_DIGITS, type MoneyE17, parseScaled } from '../../domain/exact.js'

/**
 * A double as the decimal that it is written as, scaled by 10^digits and rounded half to even. Throws a RangeError where
 * it is not finite: products of what was read may be.
 */
export function scaled(value: number, digits: number): bigint {
  const parsed = parseScaled(value, digits)
  if (parsed === undefined) throw new RangeError('the numbers are too large or too small to be worked with')
  return parsed
}

export function money(value: number): MoneyE17 {
  return scaled(value, MONEY_DIGITS)
}
