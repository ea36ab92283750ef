/**
 * Exact arithmetic on scaled integers: quantities of 10⁻⁹, prices of 10⁻⁸, money of 10⁻¹⁷ (their product).
 *
 * Binary floating point was rejected because a sum would depend on the order in which facts arrive; a decimal library
 * because bigint does the ledger at millions of fills a second and needs no dependency. Division happens in few
 * places and says how it rounds.
 */
export type QuantityE9 = bigint
export type PriceE8 = bigint
export type MoneyE17 = bigint

export const QUANTITY_DIGITS = 9
export const PRICE_DIGITS = 8
export const MONEY_DIGITS = 17
/** Quantity times seconds. */
export const MOMENT_DIGITS = 12

/** The largest price that 64 bits hold, about 92 billion. */
export const LARGEST_PRICE_E8: PriceE8 = 2n ** 63n - 1n

const PLAIN_DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * A decimal number as an integer scaled by 10^digits; undefined when the text is not a finite decimal number.
 *
 * Digits beyond the scale are rounded half to even; the upstream columns hold at most eight decimals, so that happens
 * only for JSON numbers that were computed in floating point.
 */
export function parseScaled(text: string | number, digits: number): bigint | undefined {
  return (typeof text === 'string' ? parseShort(text, digits) : undefined) ?? parseAny(text, digits)
}

/** Text of digits and at most one point whose result a double holds exactly: nearly all there are, many times faster. */
function parseShort(text: string, digits: number): bigint | undefined {
  const { length } = text
  if (length === 0 || length > 16) return undefined
  let unscaled = 0
  let point = -1
  for (let index = 0; index < length; index += 1) {
    const digit = text.charCodeAt(index) - 48
    if (digit >= 0 && digit <= 9) unscaled = unscaled * 10 + digit
    else if (digit === -2 && point < 0) point = index
    else return undefined
  }
  if (point === 0 || point === length - 1) return undefined
  const shift = digits - (point < 0 ? 0 : length - 1 - point)
  const power = POWERS_OF_TEN[shift]
  if (power === undefined || unscaled > Number.MAX_SAFE_INTEGER) return undefined
  const scaled = unscaled * power
  return scaled <= Number.MAX_SAFE_INTEGER ? BigInt(scaled) : BigInt(unscaled) * BigInt(power)
}

const POWERS_OF_TEN = Array.from({ length: 18 }, (_, exponent) => 10 ** exponent)

function parseAny(text: string | number, digits: number): bigint | undefined {
  const match = PLAIN_DECIMAL.exec(String(text).trim())
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const shift = digits + Number(exponent) - fraction.length
  const unscaled = BigInt(whole + fraction)
  const magnitude = shift >= 0 ? unscaled * 10n ** BigInt(shift) : divideHalfEven(unscaled, 10n ** BigInt(-shift))
  return sign === '-' ? -magnitude : magnitude
}

/** Plain decimal text of a scaled integer, without trailing zeros. */
export function formatScaled(value: bigint, digits: number): string {
  const negative = value < 0n
  const text = (negative ? -value : value).toString().padStart(digits + 1, '0')
  const fraction = text.slice(text.length - digits).replace(/0+$/, '')
  const whole = text.slice(0, text.length - digits)
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** The double nearest to a scaled integer: correctly rounded, since the engine's own decimal parser does it. */
export function toNumber(value: bigint, digits: number): number {
  return Number(`${value}e-${digits}`)
}

/** Quotient rounded half to even; the divisor must not be 0. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n
  const a = dividend < 0n ? -dividend : dividend
  const b = divisor < 0n ? -divisor : divisor
  let quotient = a / b
  const twice = (a % b) * 2n
  if (twice > b || (twice === b && quotient % 2n === 1n)) quotient += 1n
  return negative ? -quotient : quotient
}

export function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

/**
 * The double nearest to the exact ratio of two integers, ties to even; NaN when the divisor is 0. Sign included.
 *
 * The quotient is taken to more bits than a double holds, its last one telling whether anything remains: rounding that
 * is rounding the ratio. A fixed number of decimals was rejected because small ratios would lose digits. Magnitudes
 * beyond 10⁻³⁰⁰ and 10³⁰⁰ are not served.
 */
export function ratio(dividend: bigint, divisor: bigint): number {
  if (divisor === 0n) return Number.NaN
  const a = absolute(dividend)
  const b = absolute(divisor)
  const shift = 64 - bitsAtMost(a) + bitsAtMost(b)
  const scaledA = shift > 0 ? a << BigInt(shift) : a
  const scaledB = shift < 0 ? b << BigInt(-shift) : b
  const quotient = scaledA / scaledB
  const remains = quotient * scaledB !== scaledA
  const magnitude = Number(remains ? quotient | 1n : quotient) * 2 ** -shift
  return dividend !== 0n && dividend < 0n !== divisor < 0n ? -magnitude : magnitude
}

/** Bits of a magnitude, rounded up to a multiple of four. */
function bitsAtMost(magnitude: bigint): number {
  return magnitude.toString(16).length * 4
}

/**
 * Rounds half away from zero of the double's exact value, and −0 to 0: the one rounding at output.
 *
 * `toFixed` works on the exact binary value and breaks ties upwards in magnitude, which is this very rule.
 */
export function roundForOutput(value: number, decimals: number): number {
  const rounded = Math.abs(value) < 1e21 ? Number(value.toFixed(decimals)) : value
  return rounded === 0 ? 0 : rounded
}
