import { FACT_SOURCES, type FactSourceName, type Tier } from '../domain/metric.js'
import {
  type AgeMetric,
  type FeedMetric,
  isAge,
  isOfFeed,
  type LevelMetric,
  type MetricDefinition,
  type WindowMetric,
} from './metrics/definition.js'

interface Planned<Definition> {
  readonly definition: Definition
  /** Its place in the dictionary. */
  readonly index: number
}

interface PlannedTier {
  /** What is computed from the book at the tier's instant. */
  readonly planned: readonly Planned<LevelMetric | WindowMetric>[]
  /** Sources of all metrics of the tier. */
  readonly sources: readonly FactSourceName[]
}

/** Who is computed when and from what; the same for all books. */
export interface TierPlan extends Readonly<Record<Tier, PlannedTier>> {
  readonly ofFeeds: readonly Planned<FeedMetric>[]
  readonly ages: readonly Planned<AgeMetric>[]
}

export function planTiers(dictionary: readonly MetricDefinition[]): TierPlan {
  const ofFeeds: Planned<FeedMetric>[] = []
  const ages: Planned<AgeMetric>[] = []
  const ofBooks: Planned<LevelMetric | WindowMetric>[] = []
  dictionary.forEach((definition, index) => {
    if (isAge(definition)) ages.push({ definition, index })
    else if (isOfFeed(definition)) ofFeeds.push({ definition, index })
    else ofBooks.push({ definition, index })
  })
  const planOf = (tier: Tier): PlannedTier => ({
    planned: ofBooks.filter(({ definition }) => definition.tier === tier),
    sources: FACT_SOURCES.filter((source) =>
      dictionary.some((definition) => definition.tier === tier && definition.sources.includes(source)),
    ),
  })
  return { light: planOf('light'), medium: planOf('medium'), heavy: planOf('heavy'), ofFeeds, ages }
}
