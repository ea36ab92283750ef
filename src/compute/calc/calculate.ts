import { roundForOutput } from '../../domain/exact.js'
import type { Reason, Status } from '../../domain/metric.js'
import { DICTIONARY } from '../dictionary.js'
import { BOOK_FIGURES, TRADE_FIGURES } from './book-figures.js'
import type { Calculation } from './calculation.js'
import type { CalcCase } from './case.js'
import { EXECUTION_FIGURES } from './execution-figures.js'
import { CalcReading } from './reading.js'
import { RETURN_FIGURES } from './return-figures.js'

/** What the definitions say of one metric of a case. */
export interface Calculated {
  readonly status: Status
  readonly value: number | null
  readonly unit: string
  readonly reason?: Reason
}

/** Metrics of the pack in its order, then what is none of it. */
const CALCULATIONS: readonly Calculation[] = [
  ...RETURN_FIGURES,
  ...BOOK_FIGURES,
  ...TRADE_FIGURES,
  ...EXECUTION_FIGURES,
].sort((a, b) => placeOf(a) - placeOf(b))

/** Every name that can be asked for. */
export const CALCULABLE: readonly string[] = CALCULATIONS.map(({ name }) => name)

/** Figures of a case, or by name what it does not have for those that were asked for. */
export interface Answers {
  readonly figures: Readonly<Record<string, Calculated>>
  readonly lacking: ReadonlyMap<string, readonly string[]>
}

/**
 * Works out what the input of a case has what it takes for: of `names`, where they are given, else of all there are.
 * Throws a RangeError where numbers leave what a double holds.
 */
export function calculate(given: CalcCase, names: readonly string[], isRaw: boolean): Answers {
  const reading = new CalcReading(given)
  const figures: [string, Calculated][] = []
  const lacking = new Map<string, readonly string[]>()
  for (const calculation of CALCULATIONS) {
    const isAsked = names.includes(calculation.name)
    if (names.length > 0 && !isAsked) continue
    const lacks = calculation.lacks(reading)
    if (lacks.length > 0) lacking.set(calculation.name, lacks)
    else if (isAsked || calculation.isOnlyOnDemand?.(reading) !== true)
      figures.push([calculation.name, figureOf(calculation, reading, isRaw)])
  }
  return { figures: Object.fromEntries(figures), lacking: names.length > 0 ? lacking : new Map() }
}

function figureOf({ unit, decimals, compute }: Calculation, reading: CalcReading, isRaw: boolean): Calculated {
  const result = compute(reading)
  if (result.status !== 'ok') return { status: result.status, value: null, unit, reason: result.reason }
  if (!Number.isFinite(result.value)) throw new RangeError('the result is larger than any number')
  return { status: 'ok', value: isRaw ? result.value : roundForOutput(result.value, decimals), unit }
}

function placeOf({ name }: Calculation): number {
  const place = DICTIONARY.findIndex((metric) => metric.name === name)
  return place < 0 ? DICTIONARY.length : place
}
