import type { Explanation, ExplanationRow } from '../../../src/domain/explanation.js'
import { number, partOf, sum } from '../explanation.js'

/** A number made again from nothing but the parts of its explanation. */
export type Calculator = (explanation: Explanation) => number

/** All rows of a part; a part that was cut cannot be redone row by row. */
export function wholeList(explanation: Explanation, part: string): readonly ExplanationRow[] {
  const { list } = partOf(explanation, part)
  if (list === undefined) throw new Error(`the part ${part} has no list: ${JSON.stringify(partOf(explanation, part))}`)
  if (list.leftOut.count > 0) throw new Error(`${list.leftOut.count} rows of ${part} were left out`)
  return list.rows
}

export function hasPart({ parts }: Explanation, part: string): boolean {
  return parts.some(({ name }) => name === part)
}

/** Flat, idle or active. */
export function activityOf(explanation: Explanation): string {
  return hasPart(explanation, 'activity') ? String(partOf(explanation, 'activity').values.activity) : 'active'
}

/** Of a book in which nothing happened and that held nothing, a number is 0 by definition. */
export function zeroWhenFlat(calculator: Calculator): Calculator {
  return (explanation) => (activityOf(explanation) === 'flat' ? 0 : calculator(explanation))
}

export function total(rows: readonly ExplanationRow[], of: (row: ExplanationRow) => number): number {
  return sum(rows.map(of))
}

/** A number that a row may lack. */
export function optional(row: ExplanationRow, name: string, otherwise = 0): number {
  return row[name] === undefined || row[name] === null ? otherwise : number(row, name)
}

export function instantIn(row: ExplanationRow, name: string): number {
  const at = Date.parse(String(row[name]))
  if (Number.isNaN(at)) throw new Error(`${name} is ${String(row[name])}`)
  return at
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

/** Sum of products of deviations from the means over n − 1. */
export function covariance(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  return sum(a.map((value, index) => (value - meanA) * ((b[index] ?? 0) - meanB))) / (a.length - 1)
}

/** Type 7: at rank (n − 1)p from 0, on a line between two ranks. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = (sorted.length - 1) * p
  const [below, above] = [sorted[Math.floor(rank)] ?? 0, sorted[Math.ceil(rank)] ?? 0]
  return below + (above - below) * (rank - Math.floor(rank))
}
