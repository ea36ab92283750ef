import { type Calendar, CalendarOutOfRange, type Session } from '../domain/calendar.js'
import { type EpochMs, toIso } from '../domain/time.js'
import type { SessionBody } from './schemas.js'

/** Whether a market is open at an instant, and when that changes. */
export function sessionBody(calendar: Calendar, at: EpochMs): SessionBody {
  const { name } = calendar
  const open = withinRange(() => calendar.isOpen(at))
  if (open === undefined) return { calendar: name, state: 'unknown', reason: 'calendar_out_of_range' }
  if (open) {
    if (calendar.nextChange(at) === undefined) return { calendar: name, state: 'open' }
    const session = calendar.latestSession(at)
    return { calendar: name, state: 'open', opened_at: toIso(session.opensAt), closes_at: toIso(session.closesAt) }
  }
  const next = withinRange((): Session | undefined => calendar.nextSession(at))
  return next === undefined
    ? { calendar: name, state: 'closed', reason: 'calendar_out_of_range' }
    : { calendar: name, state: 'closed', opens_at: toIso(next.opensAt), closes_at: toIso(next.closesAt) }
}

function withinRange<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask()
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return undefined
    throw error
  }
}
