import type { Severity } from './alerts.js'
import type { CalendarName } from './calendar.js'
import type { EpochMs } from './time.js'

/** What a frame said: a value; that nothing happened which could be judged; nothing that can be known; or that the policy sleeps while the market is closed. */
export type JudgedAs = 'value' | 'nothing_happened' | 'unknown' | 'closed'

/** How one policy stands in one book, for gauges. */
export interface PolicyReading {
  readonly policy: string
  readonly severity: Severity
  readonly category: string
  readonly limit: number
  /** The last value that was judged, in the limit's unit. */
  readonly observed: number | undefined
  /** Frames in a row that breach, up to now. */
  readonly breachFrames: number
  readonly isOpen: boolean
  /** Whether the data allow a judgement; undefined for a book whose strategy is disabled, of which nobody expects one. */
  readonly isEvaluable: boolean | undefined
  /** What the newest frame said; undefined while none has been judged by this limit. */
  readonly judged: JudgedAs | undefined
}

/** What gauges and the gate tell of policies. Answers come from memory, at once. */
export interface PolicyReader {
  /** True while nobody is to be alerted. */
  readonly isShadow: boolean
  /** T of the last tick that was judged whole; undefined before the first. */
  readonly judgedAt: EpochMs | undefined
  /** Overrides that name no strategy, account or book that is known. */
  readonly unmatchedOverrides: number
  /** Those that are in force in a book, in the catalogue's order; by the book's id. */
  readings(id: string): readonly PolicyReading[]
  /** Limits of what is judged by calendar, for those that have a live book. */
  calendarLimits(): readonly { readonly policy: string; readonly calendar: CalendarName; readonly limit: number }[]
}
