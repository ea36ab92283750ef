import type { MetricDescription, MetricResult } from '../../domain/metric.js'
import type { Feed } from '../../domain/ports.js'
import type { Window } from '../../domain/window.js'
import type { AccountLevelView, AccountWindowView } from '../accounts/account-view.js'
import type { CoverageView, LevelView, WindowView } from '../view.js'

export { insufficient, ok, okMoney, unknown } from '../result.js'

/** A metric is its description and a pure function of one view; nothing else about it is written anywhere. */
export type MetricDefinition = LevelMetric | WindowMetric | FeedMetric | AgeMetric

export interface LevelMetric extends MetricDescription {
  readonly windows: 'level'
  readonly compute: (level: LevelView) => MetricResult
}

export interface WindowMetric extends MetricDescription {
  readonly windows: 'all' | readonly Window[]
  readonly compute: (view: WindowView) => MetricResult
}

/** What a feed had and missed; read apart from the book, always at T. */
export interface FeedMetric extends MetricDescription {
  readonly windows: 'all'
  readonly tier: 'light'
  readonly feed: Feed
  readonly compute: (view: CoverageView) => MetricResult
}

/** An age: its function is part of its description, since who reads a frame calls it. */
export interface AgeMetric extends MetricDescription {
  readonly windows: 'level'
  readonly tier: 'light'
  readonly readAt: NonNullable<MetricDescription['readAt']>
}

export function isAge(definition: MetricDefinition): definition is AgeMetric {
  return definition.readAt !== undefined
}

export function isOfFeed(definition: MetricDefinition): definition is FeedMetric {
  return 'feed' in definition
}

export function isLevel(definition: LevelMetric | WindowMetric): definition is LevelMetric {
  return definition.windows === 'level'
}

/** A gauge of an account, whoever trades in it. */
export type AccountMetric = AccountLevelMetric | AccountWindowMetric

/** Always computed at T, and shown as a gauge only. */
interface AccountDescription extends MetricDescription {
  readonly tier: 'light'
  readonly extended: true
}

export interface AccountLevelMetric extends AccountDescription {
  readonly windows: 'level'
  readonly compute: (level: AccountLevelView) => MetricResult
}

export interface AccountWindowMetric extends AccountDescription {
  readonly windows: 'all' | readonly Window[]
  readonly compute: (view: AccountWindowView) => MetricResult
}

export function isAccountLevel(definition: AccountMetric): definition is AccountLevelMetric {
  return definition.windows === 'level'
}
