import type { Calendar } from '../../domain/calendar.js'
import { type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.js'

/**
 * How dense the rows of a market are: a bar and a signal a minute in the back-history; from one open hour before the
 * start on bars each second and signals each five.
 */
export interface Density {
  readonly denseFrom: EpochMs
  /** Time between two signals at an instant; what trades on signals follows it. */
  signalStepMs(at: EpochMs): number
}

export const HISTORY_STEP_MS = MINUTE_MS
export const DENSE_BAR_STEP_MS = SECOND_MS
export const DENSE_SIGNAL_STEP_MS = 5 * SECOND_MS

export function createDensity(calendar: Calendar, startAt: EpochMs): Density {
  const denseFrom = openHourBefore(calendar, startAt)
  return { denseFrom, signalStepMs: (at) => (at < denseFrom ? HISTORY_STEP_MS : DENSE_SIGNAL_STEP_MS) }
}

/** The instant from which the market was open for one hour until `startAt`, over a session's border if need be. */
function openHourBefore(calendar: Calendar, startAt: EpochMs): EpochMs {
  if (calendar.nextSession(startAt) === undefined) return startAt - HOUR_MS
  let leftMs = HOUR_MS
  for (let back = 0; ; back += 1) {
    const session = calendar.sessionBefore(startAt, back)
    const until = Math.min(startAt, session.closesAt)
    if (until - session.opensAt >= leftMs) return until - leftMs
    leftMs -= until - session.opensAt
  }
}

/** The first signal at or after an instant. */
export function nextSignal(density: Density, at: EpochMs): EpochMs {
  const step = density.signalStepMs(at)
  return Math.ceil(at / step) * step
}

/** The last signal at or before an instant, its market closed since or not. */
export function lastSignal(density: Density, calendar: Calendar, at: EpochMs): EpochMs {
  const step = density.signalStepMs(at)
  const open = calendar.isOpen(at) ? at : calendar.latestSession(at).closesAt
  return Math.floor(open / step) * step
}
