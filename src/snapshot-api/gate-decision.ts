import type { AlertEpisode } from '../domain/alerts.js'
import type { MetricGroup } from '../domain/metric.js'
import type { PolicyReading } from '../domain/policy.js'
import type { GroupReading } from '../domain/reading.js'
import { type EpochMs, SECOND_MS } from '../domain/time.js'

export const GATE_DECISIONS = ['pass', 'fail', 'unknown'] as const
export type GateDecision = (typeof GATE_DECISIONS)[number]

/** What speaks against a pass. The first alone makes a fail; nothing is known for certain with any of the others. */
export const GATE_REASONS = [
  'critical_alert',
  'disabled',
  'warming_up',
  'other_shard',
  'shadow',
  'no_live_book',
  'strategy_disabled',
  'not_judged',
  'no_critical_limit',
  'breach_pending',
  'not_evaluable',
  'no_evidence',
  'data_alert',
  'stale',
  'error',
] as const
export type GateReasonCode = (typeof GATE_REASONS)[number]

export interface GateReason {
  readonly reason: GateReasonCode
  /** For people. */
  readonly detail: string
  readonly policy?: string
  readonly alertId?: string
  readonly group?: MetricGroup
}

/** All that is known of one book when the gate is asked. */
export interface GateEvidence {
  readonly isStrategyEnabled: boolean
  /** Open ones of the book, of any severity. */
  readonly episodes: readonly AlertEpisode[]
  /** Of the policies that are in force in the book. */
  readonly readings: readonly PolicyReading[]
  /** T of the last tick that was judged; undefined before the first. */
  readonly judgedAt: EpochMs | undefined
  readonly now: EpochMs
  readonly maxAgeMs: number
  /** Of the newest frame. */
  readonly groups: readonly Pick<GroupReading, 'group' | 'quality'>[]
}

export interface GateVerdict {
  readonly decision: GateDecision
  /** Empty exactly where it is a pass. */
  readonly reasons: readonly GateReason[]
}

/** Whether a book may be promoted: known to be within its critical limits, on evidence that is whole and fresh. */
export function decideGate(evidence: GateEvidence): GateVerdict {
  return verdictOf([
    ...alertReasons(evidence),
    ...tickReasons(evidence),
    ...limitReasons(evidence),
    ...evidence.readings.flatMap(readingReasons),
    ...evidence.groups.flatMap(groupReasons),
  ])
}

/** A critical alert is knowledge, whatever else is not known. */
export function verdictOf(reasons: readonly GateReason[]): GateVerdict {
  if (reasons.length === 0) return { decision: 'pass', reasons }
  return { decision: reasons.some(({ reason }) => reason === 'critical_alert') ? 'fail' : 'unknown', reasons }
}

/** An alert about the data says that numbers cannot be relied on, at any severity; other warnings are no obstacle. */
function alertReasons({ episodes }: GateEvidence): GateReason[] {
  return episodes.flatMap(({ severity, category, policy, alertId, summary }) => {
    if (severity !== 'critical' && category !== 'data') return []
    const reason = severity === 'critical' ? 'critical_alert' : 'data_alert'
    return [{ reason, detail: summary, policy, alertId }]
  })
}

function tickReasons({ isStrategyEnabled, judgedAt, now, maxAgeMs }: GateEvidence): GateReason[] {
  const reasons: GateReason[] = []
  if (!isStrategyEnabled)
    reasons.push({ reason: 'strategy_disabled', detail: 'the strategy is not enabled, so its data are not judged' })
  if (judgedAt === undefined) reasons.push({ reason: 'not_judged', detail: 'no tick has been judged yet' })
  else if (now - judgedAt > maxAgeMs)
    reasons.push({
      reason: 'not_judged',
      detail: `the last tick that was judged is ${Math.round((now - judgedAt) / SECOND_MS)} s old`,
    })
  return reasons
}

/** Without a limit that could fail, not to fail says nothing. */
function limitReasons({ readings }: GateEvidence): GateReason[] {
  if (readings.some(({ severity, category }) => severity === 'critical' && category !== 'data')) return []
  return [
    {
      reason: 'no_critical_limit',
      detail: 'no critical limit on trading is in force: all are off, or only a simulation trades in the account',
    },
  ]
}

function readingReasons({ policy, severity, judged, isOpen, breachFrames }: PolicyReading): GateReason[] {
  const isCritical = severity === 'critical'
  switch (judged) {
    case undefined:
      return [{ reason: 'not_judged', policy, detail: 'no frame has been judged by this limit yet' }]
    case 'unknown':
      return [{ reason: 'not_evaluable', policy, detail: 'the data do not allow a judgement' }]
    case 'nothing_happened':
      return isCritical ? [{ reason: 'no_evidence', policy, detail: 'nothing happened that could be judged' }] : []
    case 'value':
      return isCritical && !isOpen && breachFrames > 0
        ? [{ reason: 'breach_pending', policy, detail: `${breachFrames} frames in a row breach, too few for an alert` }]
        : []
    case 'closed':
      return []
  }
}

/** What is missing is told by the policies that need it: much is missing because there was nothing to measure. */
function groupReasons({ group, quality }: GateEvidence['groups'][number]): GateReason[] {
  if (quality === 'stale')
    return [{ reason: 'stale', group, detail: `a source of the group ${group} was stale at the last tick` }]
  if (quality === 'error') return [{ reason: 'error', group, detail: `a metric of the group ${group} is in error` }]
  return []
}
