import { decimalsOf, type MetricResult } from '../../domain/metric.js'
import { DICTIONARY } from '../dictionary.js'
import type { CalcReading } from './reading.js'

/** One figure that plain arrays can be asked for. */
export interface Calculation {
  readonly name: string
  readonly unit: string
  /** Decimals at output. */
  readonly decimals: number
  /** What it is made of and a case does not have, in the words of the input; empty where there is all of it. */
  readonly lacks: (reading: CalcReading) => readonly string[]
  /** Not given unless somebody asks for it by name: what it would rest on was not said. */
  readonly isOnlyOnDemand?: (reading: CalcReading) => boolean
  readonly compute: (reading: CalcReading) => MetricResult
}

type Parts = Pick<Calculation, 'lacks' | 'isOnlyOnDemand' | 'compute'>

/** Of money in a series of numbers nobody knows the currency; it is printed as that of most books is. */
const MONEY_DECIMALS = 2

/** A metric of the pack: name and unit as the dictionary has them. */
export function calculationOf(name: string, parts: Parts): Calculation {
  const metric = DICTIONARY.find((candidate) => candidate.name === name)
  if (metric === undefined) throw new Error(`there is no metric ${name}`)
  const { unit } = metric
  return { name, unit, decimals: decimalsOf(unit, MONEY_DECIMALS), ...parts }
}

/** The names of those that are not there. */
export function missing(parts: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(parts).flatMap(([name, part]) => (part === undefined ? [name] : []))
}
