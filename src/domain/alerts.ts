import type { BookKey } from './book.js'
import type { MetaValue, Unit } from './metric.js'
import type { SeriesWindow } from './series.js'
import type { EpochMs } from './time.js'

export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Why an episode is over. */
export const RESOLVED_REASONS = ['recovered', 'no_data', 'disabled', 'policy_changed'] as const
export type ResolvedReason = (typeof RESOLVED_REASONS)[number]

/** The window of the metric that is judged; a level has none. */
export type AlertWindow = SeriesWindow

/** One breach of a policy by a book, from the tick that opened it to the one that closed it; one id for its life. */
export interface AlertEpisode extends BookKey {
  /** A UUID made of policy, strategy, account and opening tick: whoever judges the same facts gives the same one. */
  readonly alertId: string
  readonly policy: string
  readonly severity: Severity
  readonly category: string
  readonly metricName: string
  readonly window: AlertWindow
  readonly threshold: number
  /** The newest value that was judged; null where the metric has lost its value. */
  readonly observed: number | null
  readonly unit: Unit
  /** How many frames in a row had breached when it was last judged. */
  readonly consecutiveFrames: number
  readonly openedAt: EpochMs
  /** Undefined while it is open. */
  readonly resolved: { readonly at: EpochMs; readonly reason: ResolvedReason } | undefined
  readonly summary: string
  readonly runbookUrl: string
  readonly frameSeq: number
  readonly meta: Readonly<Record<string, MetaValue>> | undefined
}

/** Which episodes; what is left out does not restrict. */
export interface AlertQuery {
  readonly strategyId?: string | undefined
  readonly account?: string | undefined
  readonly state: 'open' | 'resolved' | 'all'
  readonly severity?: Severity | undefined
  readonly policy?: string | undefined
  /** Opened at or after, and before. */
  readonly from?: EpochMs | undefined
  readonly to?: EpochMs | undefined
  readonly limit: number
  /** As a page before gave it. */
  readonly after?: AlertCursor | undefined
}

/** The last episode of a page: newest first, and by id where they opened together. */
export interface AlertCursor {
  readonly openedAt: EpochMs
  readonly alertId: string
}

export interface AlertPage {
  readonly alerts: readonly AlertEpisode[]
  /** Undefined on the last page. */
  readonly next: AlertCursor | undefined
}

/** The episodes that this process holds. All answers come from memory, at once. */
export interface AlertBoard {
  /** True while policies are judged and nobody is to be told: no alert leaves this process but by its API. */
  readonly isShadow: boolean
  /** Grows with every opening, closing and change of an episode. */
  readonly revision: number
  /** All that are open, oldest first. */
  open(): readonly AlertEpisode[]
  /** The open ones and those that closed lately, newest first, as a store would give them. */
  find(query: AlertQuery): AlertPage
}
