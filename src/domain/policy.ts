import type { CalendarName } from './calendar.js'

/** How one policy stands in one book, for gauges. */
export interface PolicyReading {
  readonly policy: string
  readonly limit: number
  /** The last value that was judged, in the limit's unit. */
  readonly observed: number | undefined
  /** Frames in a row that breach, up to now. */
  readonly breachFrames: number
  readonly isOpen: boolean
  /** Whether the data allow a judgement; undefined for a book whose strategy is disabled, of which nobody expects one. */
  readonly isEvaluable: boolean | undefined
}

/** What gauges tell of policies. Answers come from memory, at once. */
export interface PolicyReader {
  /** True while nobody is to be alerted. */
  readonly isShadow: boolean
  /** Overrides that name no strategy, account or book that is known. */
  readonly unmatchedOverrides: number
  /** Those that are in force in a book, in the catalogue's order; by the book's id. */
  readings(id: string): readonly PolicyReading[]
  /** Limits of what is judged by calendar, for those that have a live book. */
  calendarLimits(): readonly { readonly policy: string; readonly calendar: CalendarName; readonly limit: number }[]
}
