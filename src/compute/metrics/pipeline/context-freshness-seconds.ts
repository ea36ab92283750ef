import { toIso } from '../../../domain/time.js'
import type { LevelMetric } from '../definition.js'
import { insufficient, ok } from '../definition.js'

/**
 * How old the market context was that the newest reviewed decision was made on, as its review recorded it.
 *
 * Formula: the age that the newest reviewed decision recorded of its context.
 * Unit: seconds; never negative.
 * Undefined when: no decision of the last 20 sessions was reviewed, or the newest review recorded none (no_reviews).
 * Convention: not aged: it tells how well decisions are informed, not how long ago the last one was. The instant of the
 * review has a gauge of its own.
 * Source: METRICS section 4, row 43.
 */
export const contextFreshnessSeconds: LevelMetric = {
  name: 'context_freshness_seconds',
  group: 'pipeline',
  unit: 'seconds',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_context_freshness_seconds',
  sources: ['orders'],
  needs: ['reviews'],
  instant: {
    prometheus: 'quant_context_last_review_timestamp_seconds',
    summary: 'Time of the review of the newest reviewed decision.',
    of: ({ reviewedAt }) => reviewedAt,
  },
  summary: 'Age of the market context at the newest reviewed decision, as its review recorded it; not aged since.',
  compute: ({ review }) => {
    if (review === undefined) return insufficient('no_reviews')
    const { reviewedAt, contextFreshnessSeconds: freshness, contextQuality, confidence } = review
    const meta = {
      reviewed_at: toIso(reviewedAt),
      ...(contextQuality === undefined ? {} : { context_quality: contextQuality }),
      ...(confidence === undefined ? {} : { confidence }),
    }
    return freshness === undefined ? insufficient('no_reviews', meta) : ok(freshness, meta)
  },
}
