import type { AlertBoard } from '../domain/alerts.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import { roundForOutput } from '../domain/exact.js'
import type { BookFrame, FrameSet } from '../domain/frame.js'
import { ageSeconds, combinedQuality } from '../domain/freshness.js'
import { decimalsOf, type Meta, type MetricDescription, type MetricResult } from '../domain/metric.js'
import { type GroupReading, type MetricReading, readGroups, readMetrics } from '../domain/reading.js'
import { type EpochMs, toIso } from '../domain/time.js'
import type { Window } from '../domain/window.js'
import { openAlertsOf } from './alert-body.js'
import { isoOrNull } from './iso-or-null.js'
import type { GroupBody, MetricBody, SnapshotBody } from './schemas.js'
import { sessionBody } from './session-body.js'

export interface SnapshotContext {
  readonly set: FrameSet
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** Ages are taken against it. */
  readonly now: EpochMs
  readonly alerts: Pick<AlertBoard, 'open' | 'isShadow'>
}

/** Which metrics a body shows, and of which adapter those that are told by adapter. */
export interface SnapshotSelection {
  /** Undefined: all of them. */
  readonly metrics?: ReadonlySet<string> | undefined
  /** Undefined: all of them together. */
  readonly adapter?: string | undefined
}

/**
 * The body of /snapshot for one book in one window.
 *
 * Groups and quality are those of the whole frame, also when only some metrics, or those of one adapter, were asked for: what a frame is worth
 * does not depend on the question.
 */
export function snapshotBody(
  frame: BookFrame,
  window: Window,
  { metrics, adapter }: SnapshotSelection,
  context: SnapshotContext,
): SnapshotBody {
  const { calendars, dictionary, now, alerts } = context
  const clock = { now, calendar: calendars[frame.book.calendar] }
  const readings = readMetrics(frame, window, dictionary, clock)
  const groups = readGroups(readings).map(groupBody)
  const selected = adapter === undefined ? readings : readMetrics(frame, window, dictionary, clock, adapter)
  return {
    ...frameIdentity(frame, window, context),
    frame_seq: frame.seq,
    quality: combinedQuality(groups.map(({ quality }) => quality)),
    groups,
    metrics: selected
      .filter(({ metric }) => metrics?.has(metric.name) ?? true)
      .map((reading) => metricBody(reading, window, frame.moneyDecimals)),
    alerts: openAlertsOf(alerts, frame.book),
  }
}

/**
 * What of a body is a function of facts, configuration, formula versions and T, metrics aside.
 * Source: METRICS section 6.
 */
export function frameIdentity(
  { book, inputsDigest }: BookFrame,
  window: Window,
  { set, calendars }: Pick<SnapshotContext, 'set' | 'calendars'>,
) {
  return {
    strategy_id: book.strategyId,
    strategy: book.strategyName,
    account: book.account,
    window,
    frame_as_of: toIso(set.stamp.at),
    formula_set: set.formulaSet,
    inputs_digest: inputsDigest,
    session: sessionBody(calendars[book.calendar], set.stamp.at),
  }
}

/** How fresh a group is, as everywhere in the API. */
export function groupBody({ group, quality, freshness }: GroupReading): GroupBody {
  return { group, as_of: isoOrNull(freshness.asOf), freshness_seconds: ageSeconds(freshness.ageMs), quality }
}

function metricBody(
  { metric, result, quality, freshness }: MetricReading,
  window: Window,
  moneyDecimals: number,
): MetricBody {
  const known = { as_of: isoOrNull(freshness.asOf), freshness_seconds: ageSeconds(freshness.ageMs) }
  const identity = metricIdentity(metric, result, window, moneyDecimals)
  switch (identity.status) {
    case 'ok':
      return { ...identity, ...known, quality: quality === 'stale' ? 'stale' : 'good' }
    case 'insufficient_data':
      return { ...identity, ...known, quality: 'insufficient_data' }
    case 'error':
      return { ...identity, ...known, quality: 'error' }
  }
}

const NO_META: Meta = {}

/** The same of one metric: everything but how fresh it is. */
export function metricIdentity(
  { name, group, unit, formulaVersion }: MetricDescription,
  result: MetricResult,
  window: Window,
  moneyDecimals: number,
) {
  const common = {
    metric_name: name,
    group,
    window,
    unit,
    formula_version: formulaVersion,
    meta: result.meta ?? NO_META,
  }
  switch (result.status) {
    case 'ok':
      return { ...common, value: shownValue({ unit }, result.value, moneyDecimals), status: result.status }
    case 'insufficient_data':
      return { ...common, value: null, status: result.status, reason: result.reason }
    case 'error':
      return { ...common, value: null, status: result.status, reason: result.reason }
  }
}

/** A value as the API shows it. */
export function shownValue({ unit }: Pick<MetricDescription, 'unit'>, value: number, moneyDecimals: number): number {
  return roundForOutput(value, decimalsOf(unit, moneyDecimals))
}
