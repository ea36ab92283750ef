import { type Calendar, type CalendarName, CalendarOutOfRange } from '../domain/calendar.js'
import type { FrameSet } from '../domain/frame.js'
import type { HealthReport, StageHealth } from '../domain/ports.js'
import type { EpochMs } from '../domain/time.js'
import type { ComputeStages } from './compute-stages.js'
import type { StageStatus } from './stage-status.js'

export interface HealthInputs {
  readonly state: 'warming_up' | 'ready' | 'stopping'
  readonly now: EpochMs
  readonly maxStalenessMs: number
  /** In the order in which they are shown. */
  readonly sources: readonly SourceStage[]
  readonly compute: ComputeStages
  readonly stores: { readonly stages: readonly StageHealth[]; readonly isWriter: boolean | undefined }
  readonly frames: FrameSet | undefined
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly dropped: number
  readonly facts: HealthReport['facts']
}

export interface SourceStage {
  readonly stage: StageStatus
  /** Without it there are no frames; without the others there are, that lack something. */
  readonly isRequired: boolean
  readonly isConfigured: boolean
}

/** The health of the whole from that of its stages: failing when what makes frames is, degraded when anything else is not well. */
export function reportHealth(inputs: HealthInputs): HealthReport {
  const { state, now, maxStalenessMs, sources, compute, stores, frames } = inputs
  const lastSeq = frames === undefined ? null : Math.max(0, ...[...frames.books.values()].map(({ seq }) => seq))
  const ingest = sources.map(({ stage, isConfigured, isRequired }) => {
    const health = stage.health(now, maxStalenessMs, null)
    return { isRequired, health: isConfigured ? health : { ...health, status: 'disabled' as const } }
  })
  const computed = compute.health(now, maxStalenessMs, lastSeq)
  const stages = [...ingest.map(({ health }) => health), ...computed, ...stores.stages]
  const required = [...ingest.filter(({ isRequired }) => isRequired).map(({ health }) => health), ...computed]
  return {
    status: state === 'warming_up' ? 'warming_up' : statusOf(required, stages),
    stages,
    ...(stores.isWriter === undefined ? {} : { isWriter: stores.isWriter }),
    frames: {
      lastAt: frames?.stamp.at ?? null,
      missingSeconds: missingSeconds(inputs),
      droppedTotal: inputs.dropped,
    },
    facts: inputs.facts,
  }
}

function statusOf(required: readonly StageHealth[], all: readonly StageHealth[]): 'failing' | 'degraded' | 'ok' {
  if (required.some(({ status }) => status === 'failing')) return 'failing'
  return all.some(({ status }) => status === 'failing' || status === 'degraded') ? 'degraded' : 'ok'
}

/** Age of the oldest frame of a live book whose market is open, in seconds of T; null where there is none. */
function missingSeconds({ frames, calendars, now }: HealthInputs): number | null {
  const open = [...(frames?.books.values() ?? [])].filter(({ book }) => mayBeOpen(calendars[book.calendar], now))
  return open.length === 0 ? null : Math.max(0, now - Math.min(...open.map(({ stamp }) => stamp.at))) / 1000
}

/** Beyond a calendar's range its market may be open, and silence is not to be hidden. */
function mayBeOpen(calendar: Calendar, at: EpochMs): boolean {
  try {
    return calendar.isOpen(at)
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return true
    throw error
  }
}
