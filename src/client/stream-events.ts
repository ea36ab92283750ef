import type { StreamMessage } from './event-stream.js'
import {
  choiceOf,
  type Fields,
  fieldsOf,
  instantOf,
  listOf,
  numberOf,
  numberOrNullOf,
  optionalInstantOf,
  optionalTextOf,
  parseFields,
  textOf,
} from './fields.js'

/** Of the events of /stream what a scoreboard shows; all else that they hold is left alone. */

export const QUALITIES = ['good', 'stale', 'insufficient_data', 'error'] as const
export type Quality = (typeof QUALITIES)[number]

export interface MetricState {
  /** Null where there is none; then `reason` says why. */
  readonly value: number | null
  readonly reason: string | undefined
  readonly quality: Quality
}

export interface GroupState {
  readonly group: string
  readonly quality: Quality
  /** Seconds, as the exporter took it; null where nothing is known. */
  readonly freshnessSeconds: number | null
}

export interface SessionState {
  readonly calendar: string
  readonly state: 'open' | 'closed' | 'unknown'
  readonly opensAt: number | undefined
  readonly closesAt: number | undefined
}

export interface AlertState {
  readonly alertId: string
  readonly strategyId: string
  readonly account: string
  readonly policy: string
  readonly severity: 'critical' | 'warning' | 'info'
  readonly metricName: string
  readonly window: string
  readonly openedAt: number
  readonly summary: string
  /** Undefined where there is none that a browser may follow. */
  readonly runbookUrl: string | undefined
}

interface OfBook {
  readonly strategyId: string
  readonly account: string
  readonly frameSeq: number
  readonly frameAsOf: number
}

export interface SnapshotEvent extends OfBook {
  readonly kind: 'snapshot'
  readonly strategy: string
  readonly session: SessionState
  readonly groups: readonly GroupState[]
  readonly metrics: ReadonlyMap<string, MetricState>
  /** Undefined where the exporter tells of no alerts. */
  readonly alerts: readonly AlertState[] | undefined
}

export interface DeltaEvent extends OfBook {
  readonly kind: 'delta'
  readonly prevFrameSeq: number
  readonly changed: ReadonlyMap<string, MetricState>
  readonly groups: readonly GroupState[] | undefined
}

export interface AlertEvent {
  readonly kind: 'opened' | 'resolved'
  readonly alert: AlertState
}

export type ScoreboardEvent = SnapshotEvent | DeltaEvent | AlertEvent

/** Undefined for an event of a kind that this client does not know. Throws MalformedAnswer. */
export function readEvent({ event, data }: StreamMessage): ScoreboardEvent | undefined {
  switch (event) {
    case 'quant.metrics.snapshot':
      return snapshotOf(parseFields(data))
    case 'quant.metrics.delta':
      return deltaOf(parseFields(data))
    case 'quant.alert.opened':
      return { kind: 'opened', alert: alertOf(parseFields(data)) }
    case 'quant.alert.resolved':
      return { kind: 'resolved', alert: alertOf(parseFields(data)) }
    default:
      return undefined
  }
}

function snapshotOf(body: Fields): SnapshotEvent {
  return {
    kind: 'snapshot',
    ...bookOf(body),
    strategy: textOf(body, 'strategy'),
    session: sessionOf(fieldsOf(body.session, 'session')),
    groups: listOf(body, 'groups', groupOf),
    metrics: new Map(listOf(body, 'metrics', metricOf)),
    alerts: body.alerts === undefined ? undefined : listOf(body, 'alerts', alertOf),
  }
}

function deltaOf(body: Fields): DeltaEvent {
  return {
    kind: 'delta',
    ...bookOf(body),
    prevFrameSeq: numberOf(body, 'prev_frame_seq'),
    changed: new Map(listOf(body, 'changed', metricOf)),
    groups: body.groups === undefined ? undefined : listOf(body, 'groups', groupOf),
  }
}

function bookOf(body: Fields): OfBook {
  return {
    strategyId: textOf(body, 'strategy_id'),
    account: textOf(body, 'account'),
    frameSeq: numberOf(body, 'frame_seq'),
    frameAsOf: instantOf(body, 'frame_as_of'),
  }
}

function metricOf(body: Fields): readonly [string, MetricState] {
  return [
    textOf(body, 'metric_name'),
    {
      value: numberOrNullOf(body, 'value'),
      reason: optionalTextOf(body, 'reason'),
      quality: choiceOf(body, 'quality', QUALITIES),
    },
  ]
}

function groupOf(body: Fields): GroupState {
  return {
    group: textOf(body, 'group'),
    quality: choiceOf(body, 'quality', QUALITIES),
    freshnessSeconds: numberOrNullOf(body, 'freshness_seconds'),
  }
}

export function sessionOf(body: Fields): SessionState {
  return {
    calendar: textOf(body, 'calendar'),
    state: choiceOf(body, 'state', ['open', 'closed', 'unknown']),
    opensAt: optionalInstantOf(body, 'opens_at'),
    closesAt: optionalInstantOf(body, 'closes_at'),
  }
}

function alertOf(body: Fields): AlertState {
  const url = optionalTextOf(body, 'runbook_url')
  return {
    alertId: textOf(body, 'alert_id'),
    strategyId: textOf(body, 'strategy_id'),
    account: textOf(body, 'account'),
    policy: textOf(body, 'policy'),
    severity: choiceOf(body, 'severity', ['critical', 'info', 'warning']),
    metricName: textOf(body, 'metric_name'),
    window: textOf(body, 'window'),
    openedAt: instantOf(body, 'opened_at'),
    summary: textOf(body, 'summary'),
    runbookUrl: url !== undefined && /^https?:\/\//i.test(url) ? url : undefined,
  }
}
