import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { MetricDescription } from '../domain/metric.js'
import type { FrameReader, StoredReader } from '../domain/ports.js'
import type { Switches } from './availability.js'
import type { NearNames } from './find-book.js'

export interface Build {
  readonly version: string
  readonly revision: string
}

/** What the routes are made from. */
export interface ApiOptions extends Switches {
  readonly reader: FrameReader
  /** Undefined where nothing is kept. */
  readonly stored: StoredReader | undefined
  /** In the order of the results of a frame. */
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly nearNames: NearNames
  readonly build: Build
  /** Begins with a slash and does not end in one. */
  readonly basePath: string
  /** True when the listener is bound to loopback and asks for no token. */
  readonly isLoopback: boolean
}
