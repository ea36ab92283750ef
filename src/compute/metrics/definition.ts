import { MONEY_DIGITS, type MoneyE17, toNumber } from '../../domain/exact.js'
import type { Meta, MetricDescription, MetricResult, Reason } from '../../domain/metric.js'
import type { Feed } from '../../domain/ports.js'
import type { Window } from '../../domain/window.js'
import type { Unknown } from '../valuation.js'
import type { CoverageView, LevelView, WindowView } from '../view.js'

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

export function ok(value: number, meta?: Meta): MetricResult {
  return meta === undefined ? { status: 'ok', value } : { status: 'ok', value, meta }
}

export function okMoney(value: MoneyE17, meta?: Meta): MetricResult {
  return ok(toNumber(value, MONEY_DIGITS), meta)
}

export function insufficient(reason: Reason, meta?: Meta): MetricResult {
  return meta === undefined ? { status: 'insufficient_data', reason } : { status: 'insufficient_data', reason, meta }
}

/** The result that follows from what could not be worked out; meta names the symbols that prevent it. */
export function unknown(valuation: Unknown): MetricResult {
  const { reason, symbols, meta } = valuation
  return insufficient(reason, symbols.length > 0 ? { ...meta, symbols: [...symbols].sort() } : meta)
}
