import type { AlertBoard } from '../domain/alerts.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { Explanation, ExplanationQuestion } from '../domain/explanation.js'
import type { MetricDescription } from '../domain/metric.js'
import type { PolicyReader } from '../domain/policy.js'
import type { FrameReader, StoredReader } from '../domain/ports.js'
import type { SeriesReader } from '../domain/series.js'
import type { Switches } from './availability.js'
import type { NearNames } from './find-book.js'
import type { ShardRouting } from './shards/shard-routing.js'
import type { StreamHub } from './stream/stream-hub.js'

export interface Build {
  readonly version: string
  readonly revision: string
}

/** When the gate may decide. */
export interface GateSettings {
  readonly isEnabled: boolean
  /** The environment variable behind `isEnabled`. */
  readonly enabledVariable: string
  /** The one that ends the shadow in which policies alert nobody. */
  readonly alertsVariable: string
  /** How long after the last tick that was judged, in T's time, what it said still counts. */
  readonly maxAgeMs: number
}

/** What the routes are made from. */
export interface ApiOptions extends Switches {
  readonly reader: FrameReader
  /** Runs work while no frames are being worked out: only then a number can be explained. */
  readonly betweenTicks: <Result>(work: () => Result) => Promise<Result>
  /** How a number of the latest frames came about; undefined where they have no such book or metric. Synchronous. */
  readonly explain: (question: ExplanationQuestion) => Explanation | undefined
  /** Undefined where nothing is kept. */
  readonly stored: StoredReader | undefined
  /** Where /series is answered from; undefined: nothing is kept. */
  readonly series?: SeriesReader | undefined
  /** The settings that say where series are kept, for whoever asks without any. */
  readonly seriesVariables?: string
  /** The episodes that the latest frames opened. */
  readonly alerts: AlertBoard
  /** How policies stand; undefined while nothing is computed. */
  readonly policies: Pick<PolicyReader, 'readings' | 'judgedAt'> | undefined
  readonly gate: GateSettings
  /** Undefined where one process has all books. */
  readonly shards?: ShardRouting | undefined
  /** Told of each question that was passed on to another shard. */
  readonly onForwarded?: (result: 'answered' | 'away') => void
  /** Undefined while nothing is computed. */
  readonly stream: StreamHub | undefined
  /** In the order of the results of a frame. */
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly nearNames: NearNames
  readonly build: Build
  /** Begins with a slash and does not end in one. */
  readonly basePath: string
  /** True when the listener is bound to loopback and asks for no token. */
  readonly isLoopback: boolean
  /** Any of them opens the API; without any it is open. */
  readonly tokens?: readonly string[]
}
