import { MONEY_DIGITS, type MoneyE17, toNumber } from '../../domain/exact.js'
import type { Meta, MetricDescription, MetricResult, Reason } from '../../domain/metric.js'
import type { Window } from '../../domain/window.js'
import type { LevelView, Valuation, WindowView } from '../view.js'

/** A metric is its description and a pure function of one view; nothing else about it is written anywhere. */
export type MetricDefinition = LevelMetric | WindowMetric

export interface LevelMetric extends MetricDescription {
  readonly windows: 'level'
  readonly compute: (level: LevelView) => MetricResult
}

export interface WindowMetric extends MetricDescription {
  readonly windows: 'all' | readonly Window[]
  readonly compute: (view: WindowView) => MetricResult
}

export function isLevel(definition: MetricDefinition): definition is LevelMetric {
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
export function unknown(valuation: Extract<Valuation<unknown>, { known: false }>): MetricResult {
  const { reason, symbols, meta } = valuation
  return insufficient(reason, symbols.length > 0 ? { ...meta, symbols: [...symbols].sort() } : meta)
}
