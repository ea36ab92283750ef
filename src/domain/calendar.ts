import { type EpochMs, toIso } from './time.js'

export const CALENDAR_NAMES = ['XNYS', '24x7'] as const
export type CalendarName = (typeof CALENDAR_NAMES)[number]

/** One trading day of a calendar; the session is open in (opensAt, closesAt] for events, [opensAt, closesAt) for a clock. */
export interface Session {
  /** The trading day, `YYYY-MM-DD` in the calendar's own zone. */
  readonly date: string
  readonly opensAt: EpochMs
  readonly closesAt: EpochMs
}

/**
 * When a market trades.
 *
 * Every method throws CalendarOutOfRange for an instant the calendar does not know: a guess would be a wrong window.
 */
export interface Calendar {
  readonly name: CalendarName
  /** First instant and first instant no longer covered. */
  readonly validFrom: EpochMs
  readonly validUntil: EpochMs
  /** True in [open, close). */
  isOpen(at: EpochMs): boolean
  /** The latest session with open ≤ at. */
  latestSession(at: EpochMs): Session
  /** The session `count` before the latest one at `at`; 0 is the latest itself. */
  sessionBefore(at: EpochMs, count: number): Session
  /** The first session with open > at; undefined in a calendar that never closes. */
  nextSession(at: EpochMs): Session | undefined
  /** Open time between two instants, in milliseconds; 0 when to ≤ from. */
  sessionTimeBetween(from: EpochMs, to: EpochMs): number
  /** The earliest instant by which `durationMs` of open time has passed after `from`. */
  afterSessionTime(from: EpochMs, durationMs: number): EpochMs
  /** Midnight at the beginning of the civil day of an instant, in the zone of the market. */
  startOfDay(at: EpochMs): EpochMs
  /** The next instant at which isOpen changes; undefined in a calendar that never closes. */
  nextChange(at: EpochMs): EpochMs | undefined
}

export class CalendarOutOfRange extends Error {
  override readonly name = 'CalendarOutOfRange'
  constructor(
    readonly calendar: CalendarName,
    readonly at: EpochMs,
  ) {
    const isDate = Math.abs(at) <= 8.64e15
    super(`the ${calendar} calendar does not cover ${isDate ? toIso(at) : at}`)
  }
}
