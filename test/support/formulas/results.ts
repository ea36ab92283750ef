import { createHash } from 'node:crypto'
import { ACCOUNT_DICTIONARY } from '../../../src/compute/account-dictionary.js'
import { DICTIONARY } from '../../../src/compute/dictionary.js'
import type { Meta, MetricDescription, MetricResult } from '../../../src/domain/metric.js'
import { resultIn } from '../../../src/domain/reading.js'
import { WINDOWS } from '../../../src/domain/window.js'
import { CALENDARS, framesAt } from '../engine.js'
import { FORMULA_CASES, type FormulaCase } from './battery.js'

/** What one metric makes of one case: where, and what. */
export interface PlacedResult {
  readonly where: string
  readonly result: MetricResult
}

/** By metric, by case. */
export type FormulaResults = ReadonlyMap<string, ReadonlyMap<string, readonly PlacedResult[]>>

export const ALL_METRICS: readonly MetricDescription[] = [...DICTIONARY, ...ACCOUNT_DICTIONARY]

/** What every metric of books and accounts makes of every case, in every window, and by adapter. */
export function formulaResults(cases: readonly FormulaCase[] = FORMULA_CASES): FormulaResults {
  const byMetric = new Map(ALL_METRICS.map(({ name }) => [name, new Map<string, readonly PlacedResult[]>()]))
  for (const one of cases)
    for (const [metric, results] of resultsOfCase(one)) byMetric.get(metric)?.set(one.name, results)
  return byMetric
}

function resultsOfCase({ at, readAfterMs = 0, facts, settings = {} }: FormulaCase): Map<string, PlacedResult[]> {
  const frames = framesAt(at, facts, { settings })
  const placed = new Map<string, PlacedResult[]>(ALL_METRICS.map(({ name }) => [name, []]))
  const put = (
    { name, windows }: MetricDescription,
    where: string,
    window: string,
    result: MetricResult | undefined,
  ) => {
    if (result === undefined || (windows === 'level' && window !== '1d')) return
    placed.get(name)?.push({ where: `${where} ${windows === 'level' ? 'level' : window}`, result })
  }
  for (const frame of frames.books.values()) {
    const { strategyId, account, calendar } = frame.book
    const clock = { now: at + readAfterMs, calendar: CALENDARS[calendar] }
    for (const window of WINDOWS)
      DICTIONARY.forEach((metric, index) => {
        put(metric, `${strategyId} ${account}`, window, resultIn(frame, window, metric, index, clock))
        for (const [adapter, split] of frame.byAdapter)
          put(metric, `${strategyId} ${account} ${adapter}`, window, split[window].results[index])
      })
  }
  for (const { account, windows } of frames.accounts.values())
    for (const window of WINDOWS)
      ACCOUNT_DICTIONARY.forEach((metric, index) => {
        put(metric, account, window, windows[window][index])
      })
  return placed
}

/** Quotients and roots are the same on every machine, powers nearly: doubles have 16 digits. */
const DIGITS = 12
const DIGEST_LENGTH = 16

export function digestOfResults({ besides = [] }: MetricDescription, results: readonly PlacedResult[]): string {
  const lines = results.map(({ where, result }) => {
    const answer = result.status === 'ok' ? rounded(result.value) : `${result.status} ${result.reason}`
    // Of what is said beside a value that is the formula's which has a gauge of its own.
    const beside = besides.map(({ key }) => JSON.stringify(shown(result.meta, key), roundNumbers))
    return [where, answer, ...beside].join(' ')
  })
  return digest(lines.join('\n'))
}

/** What a number means without being computed. */
export function digestOfMeaning({ unit, tier, windows, prometheusScale, needs }: MetricDescription): string {
  return digest(JSON.stringify([unit, tier, windows, prometheusScale ?? 1, needs ?? []]))
}

function shown(meta: Meta = {}, key: string): Meta[string] {
  return meta[key] ?? null
}

function roundNumbers(_: string, value: unknown): unknown {
  return typeof value === 'number' ? rounded(value) : value
}

/** −0 is told as 0. */
function rounded(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(DIGITS)))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_LENGTH)
}
