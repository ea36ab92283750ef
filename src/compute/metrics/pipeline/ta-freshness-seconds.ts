import type { BookInstants } from '../../../domain/instants.js'
import type { Meta } from '../../../domain/metric.js'
import { SECOND_MS, toIso } from '../../../domain/time.js'
import { newer } from '../../feed-events.js'
import type { AgeMetric } from '../definition.js'
import { insufficient, ok } from '../definition.js'

/**
 * How long the technical analysis of the book's universe has said nothing: session time since the newest bar or signal of
 * any of its symbols, or since the session opened, whichever is later.
 *
 * Formula: session seconds from max(newest TA event, open) to min(T, close).
 * Unit: seconds; never negative; stands still from close to open.
 * Undefined when: no bar and no signal is known at all (no_events).
 * Convention: an age, taken when a frame is read. Counting from the open gives a feed that starts with the session its time.
 * Source: METRICS section 4, row 42.
 */
export const taFreshnessSeconds: AgeMetric = {
  name: 'ta_freshness_seconds',
  group: 'pipeline',
  unit: 'seconds',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_ta_freshness_seconds',
  sources: ['bars', 'signals'],
  needs: ['bars'],
  instant: {
    prometheus: 'quant_ta_last_event_timestamp_seconds',
    summary: 'Time of the newest bar or signal of any symbol of the universe.',
    of: ({ bars, signals }) => newer(bars, signals)?.newestAt,
  },
  summary: 'Session time since the newest bar or signal of any symbol of the universe, or since the open.',
  readAt: (instants, _stamp, { now, calendar }) => {
    const last = newer(instants.bars, instants.signals)
    if (last === undefined) return insufficient('no_events')
    const since = Math.max(last.newestAt, calendar.latestSession(now).opensAt)
    return ok(calendar.sessionTimeBetween(since, now) / SECOND_MS, metaOf(instants))
  },
}

function metaOf({ bars, signals }: BookInstants): Meta {
  const last = newer(bars, signals)
  return {
    ...(bars === undefined ? {} : { last_bar_at: toIso(bars.newestAt) }),
    ...(signals === undefined ? {} : { last_signal_at: toIso(signals.newestAt) }),
    ...(last === undefined ? {} : { last_event_at: toIso(last.newestAt) }),
    ...(last?.ingestedAt === undefined ? {} : { ingest_age_seconds: (last.ingestedAt - last.newestAt) / SECOND_MS }),
  }
}
