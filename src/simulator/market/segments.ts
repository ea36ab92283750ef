import { CALENDAR_NAMES, type CalendarName } from '../../domain/calendar.js'
import type { EpochMs } from '../../domain/time.js'
import type { Market } from './market.js'

/** Equally spaced instants within one session of one calendar: what the SQL of the market is asked for. */
export interface Segment {
  readonly calendar: CalendarName
  readonly firstAt: EpochMs
  readonly stepMs: number
  readonly points: number
  readonly shiftMs: number
}

/** The multiples of `stepMs` in (from, to] at which a market is open, by session. */
export function segmentsBetween(
  market: Market,
  calendar: CalendarName,
  from: EpochMs,
  to: EpochMs,
  stepMs: number,
): Segment[] {
  return market.times[calendar].openStretches(from, to).flatMap((stretch) => {
    const firstAt = (Math.floor(stretch.from / stepMs) + 1) * stepMs
    const points = Math.floor((stretch.to - firstAt) / stepMs) + 1
    return points > 0 ? [{ calendar, firstAt, stepMs, points, shiftMs: stretch.shiftMs }] : []
  })
}

/** Groups segments, cut where needed, so that no group makes more than `maxRows` rows. */
export function batchSegments(market: Market, segments: readonly Segment[], maxRows: number): Segment[][] {
  const symbols = Object.fromEntries(
    CALENDAR_NAMES.map((name) => [name, market.curves.filter(({ instrument }) => instrument.calendar === name).length]),
  )
  const batches: Segment[][] = []
  let batch: Segment[] = []
  let room = maxRows
  for (const segment of segments) {
    const rowsAPoint = Math.max(1, symbols[segment.calendar] ?? 1)
    let { firstAt, points } = segment
    while (points > 0) {
      const taken = Math.min(points, Math.max(1, Math.floor(room / rowsAPoint)))
      batch.push({ ...segment, firstAt, points: taken })
      firstAt += taken * segment.stepMs
      points -= taken
      room -= taken * rowsAPoint
      if (room >= rowsAPoint) continue
      batches.push(batch)
      batch = []
      room = maxRows
    }
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}

/** The segments as parameters of INSERT_BARS and INSERT_SIGNALS: one array a field. */
export function segmentParameters(segments: readonly Segment[]): Record<string, (string | number)[]> {
  return {
    calendars: segments.map(({ calendar }) => calendar),
    firsts: segments.map(({ firstAt }) => firstAt),
    steps: segments.map(({ stepMs }) => stepMs),
    counts: segments.map(({ points }) => points),
    shifts: segments.map(({ shiftMs }) => shiftMs),
  }
}

/** The rows that segments make at most; seconds without a trade make none. */
export function rowsOf(market: Market, segments: readonly Segment[]): number {
  return segments.reduce(
    (sum, { calendar, points }) =>
      sum + points * market.curves.filter(({ instrument }) => instrument.calendar === calendar).length,
    0,
  )
}
