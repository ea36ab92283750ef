import type { Session } from '../../domain/calendar.js'
import type { ExplanationPart } from '../../domain/explanation.js'
import type { BookFrame } from '../../domain/frame.js'
import { FACT_SOURCES } from '../../domain/metric.js'
import type { Feed } from '../../domain/ports.js'
import type { CoverageView, LevelView } from '../view.js'
import { isoOrNull, listed } from './rows.js'

const LISTED_SYMBOLS = 50

/** Which symbols missed how many of the minutes that were due. */
export function coveragePart(feed: Feed, { symbols, due, missing }: CoverageView): ExplanationPart {
  const missed = new Map(missing[feed].map(({ symbol, missing: count }) => [symbol, count]))
  const items = symbols.map((symbol) => ({ symbol, missing: missed.get(symbol) ?? 0 }))
  const missingIn = (some: readonly (typeof items)[number][]) => some.reduce((sum, item) => sum + item.missing, 0)
  return {
    name: 'coverage',
    about: 'Session minutes that were due in the window, of each symbol, and those of them without an event.',
    values: {
      feed,
      symbols: symbols.length,
      due_minutes_each: due,
      due_minutes: due * symbols.length,
      missing_minutes: missingIn(items),
    },
    list: listed(
      [...items].sort((a, b) => b.missing - a.missing),
      {
        limit: LISTED_SYMBOLS,
        order: 'most missing first',
        row: ({ symbol, missing: count }) => ({ symbol, due_minutes: due, missing_minutes: count }),
        sums: (leftOut) => ({ symbols: leftOut.length, missing_minutes: missingIn(leftOut) }),
      },
    ),
  }
}

/** The instants that ages are taken from, and how far each source is known. */
export function instantsPart({ instants, stamp, sources }: BookFrame, session?: Session): ExplanationPart {
  const { bars, signals, reviewedAt } = instants
  return {
    name: 'instants',
    about: 'The newest events, the last complete reads, and how far each source is known at the light tier.',
    values: {
      t: isoOrNull(stamp.at),
      session_opened_at: isoOrNull(session?.opensAt),
      session_closes_at: isoOrNull(session?.closesAt),
      process_started_at: isoOrNull(stamp.startedAt),
      newest_bar_at: isoOrNull(bars?.newestAt),
      newest_signal_at: isoOrNull(signals?.newestAt),
      newest_review_at: isoOrNull(reviewedAt),
      orders_complete_to: isoOrNull(stamp.ordersAsOf),
      feeds_complete_to: isoOrNull(stamp.feedsAsOf),
      feeds_required: stamp.areFeedsRequired,
      ...Object.fromEntries(
        FACT_SOURCES.map((source) => [`${source}_known_to`, isoOrNull(sources.light[source].asOf)] as const),
      ),
    },
  }
}

/** The newest decision that was reviewed. */
export function reviewPart({ review }: LevelView): ExplanationPart {
  return {
    name: 'review',
    about: 'The newest reviewed decision that the longest window can still see, and what its review recorded.',
    values:
      review === undefined
        ? { unknown: 'no_reviews' }
        : {
            decision_id: review.decisionId,
            decided_at: isoOrNull(review.decidedAt),
            reviewed_at: isoOrNull(review.reviewedAt),
            context_freshness_seconds: review.contextFreshnessSeconds ?? null,
          },
  }
}
