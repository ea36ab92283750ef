import type { Calendar, CalendarName } from '../domain/calendar.js'
import { roundForOutput } from '../domain/exact.js'
import type { BookFrame, FrameSet } from '../domain/frame.js'
import { ageSeconds, combinedQuality } from '../domain/freshness.js'
import { type MetricDescription, UNIT_DECIMALS, type Unit } from '../domain/metric.js'
import { type GroupReading, type MetricReading, readGroups, readMetrics } from '../domain/reading.js'
import { type EpochMs, toIso } from '../domain/time.js'
import type { Window } from '../domain/window.js'
import { isoOrNull } from './iso-or-null.js'
import type { GroupBody, MetricBody, SnapshotBody } from './schemas.js'
import { sessionBody } from './session-body.js'

export interface SnapshotContext {
  readonly set: FrameSet
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** Ages are taken against it. */
  readonly now: EpochMs
}

/**
 * The body of /snapshot for one book in one window.
 *
 * Groups and quality are those of the whole frame, also when only some metrics were asked for: what a frame is worth
 * does not depend on the question.
 */
export function snapshotBody(
  frame: BookFrame,
  window: Window,
  metrics: ReadonlySet<string> | undefined,
  context: SnapshotContext,
): SnapshotBody {
  const { set, calendars, dictionary, now } = context
  const { book, seq, moneyDecimals } = frame
  const clock = { now, calendar: calendars[frame.book.calendar] }
  const readings = readMetrics(frame, window, dictionary, clock)
  const groups = readGroups(readings).map(groupBody)
  return {
    strategy_id: book.strategyId,
    strategy: book.strategyName,
    account: book.account,
    window,
    frame_as_of: toIso(set.stamp.at),
    frame_seq: seq,
    formula_set: set.formulaSet,
    inputs_digest: frame.inputsDigest,
    session: sessionBody(calendars[book.calendar], set.stamp.at),
    quality: combinedQuality(groups.map(({ quality }) => quality)),
    groups,
    metrics: readings
      .filter(({ metric }) => metrics?.has(metric.name) ?? true)
      .map((reading) => metricBody(reading, window, moneyDecimals)),
  }
}

function groupBody({ group, quality, freshness }: GroupReading): GroupBody {
  return { group, as_of: isoOrNull(freshness.asOf), freshness_seconds: ageSeconds(freshness.ageMs), quality }
}

function metricBody(
  { metric, result, quality, freshness }: MetricReading,
  window: Window,
  moneyDecimals: number,
): MetricBody {
  const common = {
    metric_name: metric.name,
    group: metric.group,
    window,
    unit: metric.unit,
    as_of: isoOrNull(freshness.asOf),
    freshness_seconds: ageSeconds(freshness.ageMs),
    formula_version: metric.formulaVersion,
    meta: { ...result.meta },
  }
  switch (result.status) {
    case 'ok': {
      const value = roundForOutput(result.value, decimalsOf(metric.unit, moneyDecimals))
      return { ...common, value, status: 'ok', quality: quality === 'stale' ? 'stale' : 'good' }
    }
    case 'insufficient_data':
      return {
        ...common,
        value: null,
        status: 'insufficient_data',
        reason: result.reason,
        quality: 'insufficient_data',
      }
    case 'error':
      return { ...common, value: null, status: 'error', reason: result.reason, quality: 'error' }
  }
}

function decimalsOf(unit: Unit, moneyDecimals: number): number {
  return unit === 'USD' ? moneyDecimals : UNIT_DECIMALS[unit]
}
