import type { Calendar } from '../../../src/domain/calendar.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { compare, type Fraction, fallFrom } from './exact.js'
import { MINUTE_MS } from './knowledge.js'

/** The wealth index at one observation; only the last of a curve may be at or below 0. */
export interface WealthPoint {
  readonly at: EpochMs
  readonly wealth: Fraction
}

/** The largest fall from a peak so far. */
export function maxDrawdown(curve: readonly WealthPoint[]): number {
  return Math.max(...curve.map((point, index) => fallFrom(peakOf(curve.slice(0, index + 1)).wealth, point.wealth)))
}

export function currentDrawdown(curve: readonly WealthPoint[]): number {
  const last = curve[curve.length - 1]
  return last === undefined ? Number.NaN : fallFrom(peakOf(curve).wealth, last.wealth)
}

/** From each peak, the last of equals, that is followed by something lower, to the first that is not; else to the end. */
export function longestDrawdownMinutes(curve: readonly WealthPoint[], calendar: Calendar): number {
  const durations = curve.map((point, index) => {
    const next = curve[index + 1]
    const isPeak = peakOf(curve.slice(0, index + 1)) === point
    if (!isPeak || next === undefined || compare(next.wealth, point.wealth) >= 0) return 0
    const recovered = curve.slice(index + 1).find(({ wealth }) => compare(wealth, point.wealth) >= 0)
    const end = recovered ?? curve[curve.length - 1] ?? point
    return calendar.sessionTimeBetween(point.at, end.at)
  })
  return Math.max(...durations) / MINUTE_MS
}

/** The highest point, of equals the last. */
function peakOf(curve: readonly WealthPoint[]): WealthPoint {
  const peak = curve.reduceRight<WealthPoint | undefined>(
    (highest, point) => (highest === undefined || compare(point.wealth, highest.wealth) > 0 ? point : highest),
    undefined,
  )
  if (peak === undefined) throw new Error('a curve without points has no peak')
  return peak
}
