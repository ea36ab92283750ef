import { type Calendar, CalendarOutOfRange } from '../../domain/calendar.js'
import type { EpochMs } from '../../domain/time.js'
import { LONGEST_WINDOW_SESSIONS } from '../../domain/window.js'
import type { Account } from '../account.js'
import { endOfDrift } from './account-equity.js'

/**
 * The instants at which prices of the past have to be exact: a session's last snapshot and where its drift ends. The
 * equity at the start of a session window is carried on from there, and no grid of prices goes through it.
 */
export function pricePinsOf(account: Account, calendar: Calendar, at: EpochMs, sessionRollMs: number): EpochMs[] {
  const pins: EpochMs[] = []
  try {
    for (let back = 0; back <= LONGEST_WINDOW_SESSIONS; back += 1) {
      const roll = calendar.sessionBefore(at, back).closesAt + sessionRollMs
      const snapshot = account.observations.latestAt(Math.min(at, roll))
      const driftsUntil = snapshot && endOfDrift(snapshot.at, calendar)
      if (snapshot !== undefined && driftsUntil !== undefined) pins.push(snapshot.at, driftsUntil)
    }
  } catch (error) {
    if (!(error instanceof CalendarOutOfRange)) throw error
  }
  return pins
}
