import type { Calendar } from '../../domain/calendar.js'
import { type EpochMs, HOUR_MS } from '../../domain/time.js'

/** How much the market moves from a close to the next open, told as open time: most nights are quieter than days. */
const OVERNIGHT_MS = 2 * HOUR_MS

/** A part of one session, (from, to], and `wall clock − market time` in it. */
export interface OpenStretch {
  readonly from: EpochMs
  readonly to: EpochMs
  readonly shiftMs: number
}

/**
 * The market's own time: it runs while the market trades, stands still while it is closed, and jumps at each open.
 *
 * Prices are functions of it, so a closed market has its closing price, a Monday opens with a gap, and a session is as
 * volatile as its symbol whatever the calendar.
 */
export interface MarketTime {
  /** Market milliseconds since the first open; never below 0. */
  at(at: EpochMs): number
  /** The open stretches within (from, to], oldest first. */
  openStretches(from: EpochMs, to: EpochMs): readonly OpenStretch[]
}

/** Market time of a calendar, counted from the open of the session that is the latest at `firstAt`. */
export function createMarketTime(calendar: Calendar, firstAt: EpochMs): MarketTime {
  return calendar.nextSession(firstAt) === undefined ? neverClosing(firstAt) : inSessions(calendar, firstAt)
}

function neverClosing(firstAt: EpochMs): MarketTime {
  return {
    at: (at) => Math.max(0, at - firstAt),
    openStretches: (from, to) => (from < to ? [{ from, to, shiftMs: firstAt }] : []),
  }
}

function inSessions(calendar: Calendar, firstAt: EpochMs): MarketTime {
  const { opensAt, closesAt } = calendar.latestSession(firstAt)
  let newest = { opensAt, closesAt, startsAtMs: 0 }
  const known = [newest]

  function extendTo(at: EpochMs): void {
    for (;;) {
      const next = calendar.nextSession(newest.opensAt)
      if (next === undefined || next.opensAt > at) return
      const startsAtMs = newest.startsAtMs + (newest.closesAt - newest.opensAt) + OVERNIGHT_MS
      newest = { opensAt: next.opensAt, closesAt: next.closesAt, startsAtMs }
      known.push(newest)
    }
  }

  /** Nearly every question is about the newest sessions, so the search goes backwards. */
  function latest(at: EpochMs) {
    extendTo(at)
    return known.findLast((session) => session.opensAt <= at) ?? known[0] ?? newest
  }

  return {
    at(at) {
      const session = latest(at)
      return session.startsAtMs + Math.max(0, Math.min(at, session.closesAt) - session.opensAt)
    },
    openStretches(from, to) {
      extendTo(to)
      return known
        .map((session) => ({
          from: Math.max(session.opensAt, from),
          to: Math.min(session.closesAt, to),
          shiftMs: session.opensAt - session.startsAtMs,
        }))
        .filter((stretch) => stretch.from < stretch.to)
    },
  }
}
