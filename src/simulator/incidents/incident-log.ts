import type { SimulatedIncident } from '../../domain/incident.js'
import type { EpochMs } from '../../domain/time.js'

/** The time of an incident: what happens in (from, until] is touched by it. */
export interface Stretch {
  readonly from: EpochMs
  /** Infinity while nobody knows its end. */
  readonly until: EpochMs
}

/** When each incident was on. Only later instants than any that was asked for are changed, so an answer never changes. */
export interface IncidentLog {
  /** Begins a stretch after `at`, or gives the one under way a new end. */
  start(incident: SimulatedIncident, at: EpochMs, until: EpochMs): void
  /** Ends the stretch under way with `at`; without one nothing happens. */
  stop(incident: SimulatedIncident, at: EpochMs): void
  isOn(incident: SimulatedIncident, at: EpochMs): boolean
  /** All stretches of an incident, oldest first; they do not overlap. */
  stretches(incident: SimulatedIncident): readonly Stretch[]
}

export function createIncidentLog(): IncidentLog {
  const stretches = new Map<SimulatedIncident, { from: EpochMs; until: EpochMs }[]>()
  const of = (incident: SimulatedIncident) => stretches.get(incident) ?? []
  return {
    start(incident, at, until) {
      const last = of(incident).at(-1)
      if (last !== undefined && last.until > at) last.until = until
      else stretches.set(incident, [...of(incident), { from: at, until }])
    },
    stop(incident, at) {
      const last = of(incident).at(-1)
      if (last !== undefined && last.until > at) last.until = at
    },
    isOn: (incident, at) => of(incident).some(({ from, until }) => at > from && at <= until),
    stretches: of,
  }
}

/** What is left of (from, to] without the stretches, which are in order of time. */
export function outside(from: EpochMs, to: EpochMs, stretches: readonly Stretch[]): Stretch[] {
  const left: Stretch[] = []
  let start = from
  for (const gap of stretches) {
    if (gap.until <= start || gap.from >= to) continue
    if (gap.from > start) left.push({ from: start, until: gap.from })
    start = Math.max(start, gap.until)
  }
  if (start < to) left.push({ from: start, until: to })
  return left
}
