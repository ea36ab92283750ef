import { recordOf } from '../lib/record-of.js'
import { CalendarOutOfRange } from './calendar.js'
import { roundForOutput } from './exact.js'
import type { SourceInstants } from './frame.js'
import type { ReadingClock } from './instants.js'
import {
  FACT_SOURCES,
  type FactSourceName,
  type MetricDescription,
  type MetricResult,
  type Quality,
  UNIT_DECIMALS,
} from './metric.js'
import { type EpochMs, SECOND_MS } from './time.js'

/**
 * How fresh an answer is. Freshness is knowledge, not activity: it is the age of what the sources last told, taken when
 * the answer is written.
 */
export interface Freshness {
  readonly asOf: EpochMs | undefined
  readonly ageMs: number | undefined
}

/** Sources that fall silent when the market closes; their age stands still until it opens. */
const SESSION_BOUND: Record<FactSourceName, boolean> = {
  orders: false,
  snapshots: true,
  prices: true,
  bars: true,
  signals: true,
}

/** What each source of a book knows, and how old that is now; the same for all metrics of a tier. */
export function sourceFreshness(
  sources: SourceInstants,
  clock: ReadingClock,
): Readonly<Record<FactSourceName, Freshness>> {
  const freshnessOf = (source: FactSourceName): Freshness => {
    const { asOf } = sources[source]
    return asOf === undefined ? UNKNOWN : { asOf, ageMs: age(asOf, SESSION_BOUND[source], clock) }
  }
  return recordOf(FACT_SOURCES, freshnessOf)
}

/**
 * The oldest instant, and the largest age, among the sources of a metric.
 *
 * A source that has told nothing yet leaves a metric without a value unknown too, and its reason says so. A value that
 * is there needed nothing from it (a flat book needs no price): it is as fresh as the others.
 */
export function metricFreshness(
  metric: MetricDescription,
  result: MetricResult,
  sources: Readonly<Record<FactSourceName, Freshness>>,
): Freshness {
  const all = metric.sources.map((source) => sources[source])
  const hasSilent = all.some(({ asOf }) => asOf === undefined)
  return hasSilent && result.status !== 'ok' ? UNKNOWN : oldest(all)
}

const UNKNOWN: Freshness = { asOf: undefined, ageMs: undefined }

/** The oldest instant and the largest age; they need not belong together: one may be of a market that is closed. */
export function oldest(all: readonly Freshness[]): Freshness {
  let asOf: EpochMs | undefined
  let ageMs: number | undefined
  for (const one of all) {
    if (one.asOf !== undefined && (asOf === undefined || one.asOf < asOf)) asOf = one.asOf
    if (one.ageMs !== undefined && (ageMs === undefined || one.ageMs > ageMs)) ageMs = one.ageMs
  }
  return { asOf, ageMs }
}

function age(asOf: EpochMs, sessionBound: boolean, { now, calendar }: ReadingClock): number {
  const wallClockMs = Math.max(0, now - asOf)
  if (!sessionBound) return wallClockMs
  try {
    return calendar.sessionTimeBetween(asOf, now)
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return wallClockMs
    throw error
  }
}

/** An age in seconds, rounded for output. */
export function ageSeconds(ageMs: number | undefined): number | null {
  return ageMs === undefined ? null : roundForOutput(ageMs / SECOND_MS, UNIT_DECIMALS.seconds)
}

/**
 * The quality of a group from its metrics', and of a frame from its groups': one error spoils it, one value makes it
 * usable, and what only lacks data does not count against the rest.
 */
export function combinedQuality(parts: readonly Quality[]): Quality {
  const order: readonly Quality[] = ['error', 'stale', 'good']
  return order.find((quality) => parts.includes(quality)) ?? 'insufficient_data'
}
