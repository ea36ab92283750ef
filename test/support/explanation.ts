import type { Explanation, ExplanationPart, ExplanationRow } from '../../src/domain/explanation.js'
import type { Fact } from '../../src/domain/facts.js'
import type { EpochMs } from '../../src/domain/time.js'
import type { Window } from '../../src/domain/window.js'
import { AT_ONCE, answered, applyAll, createEngine, type EngineParts } from './engine.js'
import { ACCOUNT, STRATEGY } from './facts.js'

export interface Asked extends EngineParts {
  readonly window?: Window
  readonly strategyId?: string
}

/** How a number of the tests' book came about at T; every tier is about T itself unless the test says otherwise. */
export function explained(metric: string, at: EpochMs, facts: readonly Fact[], asked: Asked = {}): Explanation {
  const { window = '1d', strategyId = STRATEGY, settings, ...parts } = asked
  const engine = createEngine({ startAt: at, settings: { ...AT_ONCE, ...settings }, ...parts })
  applyAll(engine, facts)
  const frames = engine.tick(at, answered(at))
  const explanation = engine.explain(frames, { strategyId, account: ACCOUNT, window, metric })
  if (explanation === undefined) throw new Error(`no explanation of ${metric}`)
  return explanation
}

/** The value of an explanation that has one. */
export function figureOf({ result, metric }: Explanation): number {
  if (result.status !== 'ok') throw new Error(`${metric.name} is ${result.reason}`)
  return result.value
}

export function partOf(explanation: Explanation, name: string): ExplanationPart {
  const part = explanation.parts.find((one) => one.name === name)
  if (part === undefined) throw new Error(`no part ${name} in ${explanation.parts.map((one) => one.name).join(', ')}`)
  return part
}

export function rowsOf(explanation: Explanation, name: string): readonly ExplanationRow[] {
  return partOf(explanation, name).list?.rows ?? []
}

/** A number of a row or of a part's values, by its name. */
export function number(row: ExplanationRow, name: string): number {
  const value = row[name]
  if (typeof value !== 'number') throw new Error(`${name} is ${String(value)} in ${JSON.stringify(row)}`)
  return value
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
