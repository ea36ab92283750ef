import { type Calendar, CalendarOutOfRange } from '../domain/calendar.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'

const SHORTEST_LIMIT_MS = MINUTE_MS
const GAPS = 20
const TIMES_THE_MEDIAN = 2.5

/**
 * How old the newest snapshot may be, in session time, before it is old: 2.5 times the median of the last 20 gaps between
 * snapshots of one session, and a minute at least. Snapshots come irregularly, so their own rhythm decides.
 *
 * `atOf` gives the time of each of `count` snapshots, oldest first.
 * Source: METRICS section 3.
 */
export function snapshotLimitMs(count: number, atOf: (index: number) => EpochMs, calendar: Calendar): number {
  const gaps: number[] = []
  for (let index = count - 1; index > 0 && gaps.length < GAPS; index -= 1) {
    const [from, to] = [atOf(index - 1), atOf(index)]
    if (isInSession(from, to, calendar)) gaps.push(to - from)
  }
  return Math.max(SHORTEST_LIMIT_MS, TIMES_THE_MEDIAN * medianOf(gaps))
}

/** The market is open all the time between. */
function isInSession(from: EpochMs, to: EpochMs, calendar: Calendar): boolean {
  try {
    return calendar.sessionTimeBetween(from, to) === to - from
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return false
    throw error
  }
}

/** 0 of nothing. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1)
  return (low + high) / 2
}
