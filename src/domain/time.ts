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
