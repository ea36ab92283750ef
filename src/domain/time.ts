/** Milliseconds since 1970-01-01T00:00:00Z: the only representation of an instant inside the program. */
export type EpochMs = number

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** RFC 3339 in UTC with milliseconds, the only form in which an instant leaves the program. */
export function toIso(at: EpochMs): string {
  return new Date(at).toISOString()
}

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[T ](?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)$/

/**
 * An instant from RFC 3339 text, floored to the millisecond; undefined when the text is not one.
 *
 * A zone is required: a time without one would be read in the zone of the machine.
 */
export function parseIso(text: string): EpochMs | undefined {
  return parseUtc(text) ?? parseAnyIso(text)
}

/** What databases and our own output write: UTC, four digits of the year, a day that the month has in every year. Many times faster. */
function parseUtc(text: string): EpochMs | undefined {
  const separator = text.charCodeAt(10)
  const hasSeparators =
    (separator === T_CODE || separator === SPACE) &&
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  if (!hasSeparators) return undefined
  let end = 19
  let milliseconds = 0
  if (text.charCodeAt(end) === POINT) {
    let weight = 100
    for (end = 20; isDigit(text.charCodeAt(end)); end += 1) {
      milliseconds += Math.floor(weight) * (text.charCodeAt(end) - ZERO)
      weight /= 10
    }
    if (end === 20) return undefined
  }
  const zone = text.slice(end)
  if (zone !== 'Z' && zone !== '+00:00' && zone !== '+00') return undefined
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2)
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)]
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
  const isPlain =
    year >= 1000 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= sureDaysOf(month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59
  return isPlain ? Date.UTC(year, month - 1, day, hour, minute, second, milliseconds) : undefined
}

function sureDaysOf(month: number): number {
  return month === 2 ? 28 : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const [ZERO, DASH, COLON, POINT, SPACE, T_CODE] = [48, 45, 58, 46, 32, 84]

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9
}

/** The number that two digits write; NaN, which no range holds, where they are none. */
function twoDigits(text: string, index: number): number {
  const [tens, ones] = [text.charCodeAt(index), text.charCodeAt(index + 1)]
  return isDigit(tens) && isDigit(ones) ? 10 * (tens - ZERO) + ones - ZERO : Number.NaN
}

function parseAnyIso(text: string): EpochMs | undefined {
  const match = RFC_3339.exec(text)
  if (!match || !dayExists(Number(match[1]), Number(match[2]), Number(match[3]))) return undefined
  const at = Date.parse(
    text
      .replace(' ', 'T')
      .replace(/(\.\d{3})\d+/, '$1')
      .replace(/([+-]\d{2})$/, '$1:00'),
  )
  return Number.isNaN(at) ? undefined : at
}

/** The engine's parser takes 30 February for 2 March. */
function dayExists(year: number, month: number, day: number): boolean {
  return day <= 28 || new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
}

/**
 * Tells what time it is for the exporter: T of DESIGN.
 *
 * One implementation reads the machine's clock; the demo's runs at another moment or speed. It never goes back.
 */
export interface Clock {
  now(): EpochMs
  /** Simulated milliseconds per real millisecond; 1 outside the demo. */
  readonly speed: number
}
