import type { Calendar } from '../../../src/domain/calendar.js'
import type { EpochMs } from '../../../src/domain/time.js'
import type { Window } from '../../../src/domain/window.js'
import { type Knowledge, MINUTE_MS } from './knowledge.js'

const DAY_MS = 86_400_000
const WALL_CLOCK_MS: Partial<Record<Window, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
}
const DAYS: Partial<Record<Window, number>> = { '1d': 1, '5d': 5, '20d': 20 }

/** Where a window that ends at T begins: METRICS section 2, "Windows". */
export function startOf(window: Window, calendar: Calendar, { at, options }: Knowledge): EpochMs {
  const lengthMs = WALL_CLOCK_MS[window]
  if (lengthMs !== undefined) return at - lengthMs
  const count = DAYS[window] ?? 0
  if (calendar.name === '24x7') return at - count * DAY_MS
  return calendar.sessionBefore(at, count).closesAt + options.sessionRollMs
}
