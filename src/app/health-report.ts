import { type Calendar, type CalendarName, CalendarOutOfRange } from '../domain/calendar.js'
import type { FrameSet } from '../domain/frame.js'
import type { HealthReport, StageHealth } from '../domain/ports.js'
import type { EpochMs } from '../domain/time.js'
import type { StageStatus } from './stage-status.js'

export interface HealthInputs {
  readonly state: 'warming_up' | 'ready' | 'stopping'
  readonly now: EpochMs
  readonly maxStalenessMs: number
  readonly sources: readonly StageStatus[]
  /** Sources that are not configured. */
  readonly disabled: readonly StageStatus[]
  readonly compute: StageStatus
  readonly frames: FrameSet | undefined
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly dropped: number
  readonly facts: HealthReport['facts']
}

/** The health of the whole from that of its stages: as bad as its worst stage that is configured. */
export function reportHealth(inputs: HealthInputs): HealthReport {
  const { state, now, maxStalenessMs, sources, disabled, compute, frames } = inputs
  const lastSeq = frames === undefined ? null : Math.max(0, ...[...frames.books.values()].map(({ seq }) => seq))
  const stages: StageHealth[] = [
    ...sources.map((source) => source.health(now, maxStalenessMs, null)),
    ...disabled.map((source) => ({ ...source.health(now, maxStalenessMs, null), status: 'disabled' as const })),
    compute.health(now, maxStalenessMs, lastSeq),
  ]
  const lastAt = frames?.stamp.at ?? null
  const missingSeconds = lastAt === null || !isAnySessionOpen(inputs) ? null : Math.max(0, now - lastAt) / 1000
  return {
    status: state === 'warming_up' ? 'warming_up' : worstOf(stages),
    stages,
    frames: { lastAt, missingSeconds, droppedTotal: inputs.dropped },
    facts: inputs.facts,
  }
}

function worstOf(stages: readonly StageHealth[]): 'failing' | 'degraded' | 'ok' {
  for (const status of ['failing', 'degraded'] as const)
    if (stages.some((stage) => stage.status === status)) return status
  return 'ok'
}

/** Whether the market of any live book is open; beyond a calendar's range it may be, and silence is not to be hidden. */
function isAnySessionOpen({ frames, calendars, now }: HealthInputs): boolean {
  const names = new Set([...(frames?.books.values() ?? [])].map(({ book }) => book.calendar))
  try {
    return [...names].some((name) => calendars[name].isOpen(now))
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return true
    throw error
  }
}
