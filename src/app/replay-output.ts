import { DICTIONARY } from '../compute/dictionary.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { BookFrame } from '../domain/frame.js'
import type { MetricResult } from '../domain/metric.js'
import { resultIn } from '../domain/reading.js'
import type { Window } from '../domain/window.js'
import { frameIdentity, metricIdentity } from '../snapshot-api/snapshot-body.js'
import type { Replayed } from './replay.js'

/** Which books and windows are printed; undefined: all. */
export interface ReplaySelection {
  readonly strategyId: string | undefined
  readonly account: string | undefined
  readonly windows: readonly Window[]
}

/** How long the machinery lags describes a process, not what happened. */
const OF_THE_PROCESS = 'metrics_pipeline_lag_seconds'

/**
 * The body of /snapshot for one book in one window, without what describes the process that served it: the same facts,
 * configuration and T give the same bytes.
 * Source: METRICS section 6.
 */
export function replayBody(
  { frames, knownBy }: Replayed,
  frame: BookFrame,
  window: Window,
  calendars: Readonly<Record<CalendarName, Calendar>>,
) {
  const clock = { now: frames.stamp.at, calendar: calendars[frame.book.calendar] }
  return {
    ...frameIdentity(frame, window, { set: frames, calendars }),
    ...(knownBy === undefined ? {} : { known_by: knownBy }),
    metrics: DICTIONARY.flatMap((metric, index) => {
      if (metric.name === OF_THE_PROCESS) return []
      const result = withoutIngestAge(resultIn(frame, window, metric, index, clock))
      return [metricIdentity(metric, result, window, frame.moneyDecimals)]
    }),
  }
}

function withoutIngestAge(result: MetricResult): MetricResult {
  if (result.meta?.ingest_age_seconds === undefined) return result
  const { ingest_age_seconds: _, ...meta } = result.meta
  return { ...result, meta }
}

export type ReplayBody = ReturnType<typeof replayBody>

/** The bodies of all books and windows that were asked for, by book and window. */
export function* replayBodies(
  replayed: Replayed,
  { strategyId, account, windows }: ReplaySelection,
  calendars: Readonly<Record<CalendarName, Calendar>>,
): Generator<ReplayBody> {
  for (const frame of replayed.frames.books.values()) {
    const isAsked =
      (strategyId ?? frame.book.strategyId) === frame.book.strategyId &&
      (account ?? frame.book.account) === frame.book.account
    if (isAsked) for (const window of windows) yield replayBody(replayed, frame, window, calendars)
  }
}

export const CSV_HEADER = 'frame_as_of,strategy_id,strategy,account,window,metric_name,value,unit,status,reason'

/** One row a metric, for people and spreadsheets. */
export function csvRows(body: ReplayBody): string[] {
  const { frame_as_of, strategy_id, strategy, account, window } = body
  return body.metrics.map((metric) => {
    const { metric_name, value, unit, status } = metric
    const reason = 'reason' in metric ? metric.reason : ''
    return [frame_as_of, strategy_id, strategy, account, window, metric_name, value ?? '', unit, status, reason]
      .map(csvField)
      .join(',')
  })
}

function csvField(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
