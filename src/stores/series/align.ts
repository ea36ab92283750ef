import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../domain/time.js'

/** Instants with what was told at them, ascending; the columns belong together by index. */
export interface Told {
  readonly ats: readonly EpochMs[]
  /** Null where a metric had no value. */
  readonly values: readonly (number | null)[]
}

/** What is known of a book beside its values. */
export interface Knowledge {
  /** When the book had a frame, ascending: at least the last time in each step. */
  readonly coveredAts: readonly EpochMs[]
  /** Up to when samples are missing: what is older is not carried across such an instant. Ascending. */
  readonly gapAts: readonly EpochMs[]
}

/** Everything is told again once an hour, at the latest a minute late: what is older than that was not told again. */
const CARRIED_MS = HOUR_MS + MINUTE_MS

/** From when on rows matter for a range that begins at an instant. */
export function lookBackFrom(firstAt: EpochMs): EpochMs {
  return Math.floor((firstAt - MINUTE_MS) / HOUR_MS) * HOUR_MS
}

/** For each point b, the last instant in (b − step, b] at which the book had a frame; undefined: none, a hole. */
export function coverageOf(points: readonly EpochMs[], stepMs: number, coveredAts: readonly EpochMs[]) {
  let next = 0
  let last: EpochMs | undefined
  return points.map((point) => {
    for (let at = coveredAts[next]; at !== undefined && at <= point; at = coveredAts[next]) {
      last = at
      next += 1
    }
    return last !== undefined && last > point - stepMs ? last : undefined
  })
}

/**
 * One value a point b: the last one told at or before b, carried on; null where the book had no frame in (b − step, b],
 * where the last that was told is that there is none, and where samples that came after it are missing.
 */
export function align(
  points: readonly EpochMs[],
  coverage: readonly (EpochMs | undefined)[],
  { ats, values }: Told,
  gapAts: Knowledge['gapAts'],
): (number | null)[] {
  let next = 0
  let nextGap = 0
  return points.map((point, index) => {
    while (ats[next] !== undefined && Number(ats[next]) <= point) next += 1
    while (gapAts[nextGap] !== undefined && Number(gapAts[nextGap]) <= point) nextGap += 1
    const coveredAt = coverage[index]
    const at = ats[next - 1]
    if (coveredAt === undefined || at === undefined || at < coveredAt - CARRIED_MS) return null
    return at >= (gapAts[nextGap - 1] ?? Number.NEGATIVE_INFINITY) ? (values[next - 1] ?? null) : null
  })
}
