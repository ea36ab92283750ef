import { type Answers, CALCULABLE, type Calculated, calculate } from '../../compute/calc/calculate.js'
import type { CalcCase } from '../../compute/calc/case.js'
import { QuantError } from '../../domain/errors.js'
import { nearNames } from '../../lib/near-names.js'
import { type CalcCases, placeOf } from './parse-cases.js'

export interface CalcOptions {
  /** Empty: all that a case has the input for. */
  readonly metrics: readonly string[]
  /** Unrounded. */
  readonly raw: boolean
}

export type CalculatedCase = Readonly<Record<string, Calculated>>

export interface Results {
  /** In the order of the cases; null: the case has a mistake. */
  readonly answers: readonly (CalculatedCase | null)[]
  /** Every mistake, with its case; those that reading found too. */
  readonly problems: readonly string[]
}

/**
 * What the definitions say of each case, in its order; a case with a mistake spoils no other. Throws QuantError `usage`
 * for a metric among the options that does not exist.
 */
export function calculateCases({ cases, isList, problems: found }: CalcCases, options: CalcOptions): Results {
  for (const name of options.metrics) {
    const problem = unknownMetric(name)
    if (problem !== undefined) throw new QuantError('usage', `--metrics: ${problem}`)
  }
  const problems = [...found]
  const answered = cases.map((given, index): Answers | undefined => {
    if (given === undefined) return undefined
    const { answers, problem } = answersOf(given, options)
    if (problem === undefined) return answers
    problems.push(`${placeOf(index, isList)}${problem}`)
    return undefined
  })
  problems.push(
    ...nowhere(
      options.metrics,
      answered.flatMap((one) => one ?? []),
    ),
  )
  return { answers: answered.map((one) => one?.figures ?? null), problems }
}

interface Answered {
  readonly answers: Answers
  readonly problem: string | undefined
}

const NOTHING: Answers = { figures: {}, lacking: new Map() }

function answersOf(given: CalcCase, { metrics, raw }: CalcOptions): Answered {
  const { metric } = given
  const unknown = metric === undefined ? undefined : unknownMetric(metric)
  if (unknown !== undefined) return { answers: NOTHING, problem: `metric: ${unknown}` }
  if (metric !== undefined && metrics.length > 0 && !metrics.includes(metric))
    return { answers: NOTHING, problem: undefined }
  try {
    const answers = calculate(given, metric === undefined ? metrics : [metric], raw)
    return { answers, problem: problemOf(given, answers, metrics) }
  } catch (error) {
    if (error instanceof RangeError) return { answers: NOTHING, problem: error.message }
    throw error
  }
}

/** An empty answer would look as if nothing had been asked. */
function problemOf(
  { metric }: CalcCase,
  { figures, lacking }: Answers,
  metrics: readonly string[],
): string | undefined {
  const lacks = metric === undefined ? undefined : lacking.get(metric)
  if (lacks !== undefined) return `${metric} needs ${lacks.join(', ')} in its input`
  if (metrics.length > 0 || Object.keys(figures).length > 0) return undefined
  return 'no metric can be made of its input; give returns, equity, fills, trades, orders, exposures, fills_exec with side, or values with params.p'
}

/** Metrics that were asked for by option and that no case had the input for. */
function nowhere(metrics: readonly string[], answered: readonly Answers[]): string[] {
  return metrics.flatMap((name) => {
    if (answered.length === 0 || answered.some(({ figures }) => figures[name] !== undefined)) return []
    const lacks = answered.map(({ lacking }) => lacking.get(name)).find((lacking) => lacking !== undefined)
    return lacks === undefined ? [] : [`${name} needs ${lacks.join(', ')}`]
  })
}

function unknownMetric(name: string): string | undefined {
  if (CALCULABLE.includes(name)) return undefined
  const near = nearNames(name, CALCULABLE)
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${CALCULABLE.join(', ')}`
  return `calc has no ${name}; ${hint}`
}
