import type { z } from 'zod'
import type { CalcCase } from '../../compute/calc/case.js'
import { QuantError, QuantErrors } from '../../domain/errors.js'
import { nearNames } from '../../lib/near-names.js'
import { shallowJson } from '../../lib/shallow-json.js'
import { caseSchema, input as inputSchema, params as paramsSchema, REFERENCE_KEYS } from './case-schema.js'

const MOST_CASES = 10_000
const SHOWN_PROBLEMS = 20

export interface CalcCases {
  /** undefined: it has a mistake. */
  readonly cases: readonly (CalcCase | undefined)[]
  /** Whether they were written as a list: the answers are then one too. */
  readonly isList: boolean
  /** What is wrong, with the case. */
  readonly problems: readonly string[]
}

/** How a case is called in messages: by its number from 0, as programs count lists. */
export function placeOf(index: number, isList: boolean): string {
  return isList ? `case ${index}: ` : ''
}

/**
 * Reads one case or a list of them, and tells of every mistake in which case and field it is, what is wrong and what
 * would be right. Throws QuantError `facts_rejected` for what is no JSON, or too much of it.
 *
 * A reference case, one that says what is expected of it, needs one observation where it does not say otherwise: such
 * cases are short.
 */
export function parseCases(text: string, source: string): CalcCases {
  const read = parseJson(text, source)
  const isList = Array.isArray(read)
  const written: readonly unknown[] = isList ? read : [read]
  if (written.length > MOST_CASES)
    throw new QuantError('facts_rejected', `${source} has ${written.length} cases, more than ${MOST_CASES}; split it`)
  const problems: string[] = []
  const cases = written.map((one, index) => {
    const parsed = caseSchema.safeParse(one)
    if (parsed.success) return caseOf(parsed.data)
    for (const issue of parsed.error.issues)
      problems.push(...messagesOf(issue, one).map((message) => `${placeOf(index, isList)}${message}`))
    return undefined
  })
  return { cases, isList, problems }
}

/** All that is wrong with an input, as far as somebody wants to read it. */
export function rejected(source: string, problems: readonly string[]): QuantErrors {
  const more = problems.length - SHOWN_PROBLEMS
  const shown = more > 0 ? [...problems.slice(0, SHOWN_PROBLEMS), `and ${more} more`] : problems
  return new QuantErrors('facts_rejected', `${source} cannot be worked with as it is`, shown)
}

function caseOf({ metric, input, periods_per_year, params, ...said }: z.infer<typeof caseSchema>): CalcCase {
  const isReference = REFERENCE_KEYS.some((key) => said[key] !== undefined)
  const min_observations = params?.min_observations ?? (isReference ? 1 : undefined)
  return { metric, input, periodsPerYear: periods_per_year, params: { ...params, min_observations } }
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const hint = /[[,:]\s*-?(NaN|Infinity)\b/.test(text) ? '; JSON has no NaN and no Infinity: write null' : ''
    const message = error instanceof Error ? error.message : String(error)
    throw new QuantError('facts_rejected', `${source} is no JSON${hint || `: ${message}`}`)
  }
}

type Issue = z.core.$ZodIssue

/** A path in words, what is wrong there and what would be right. */
function messagesOf(issue: Issue, one: unknown): string[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  const place = path.replace(/^\./, '')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${join(place, key)} is not known${meant(key, place)}`)
  // Of a list or a number, the one that was meant says what is wrong with it.
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.filter((errors) => errors.some(({ path: inner }) => inner.length > 0))
    const [branch] = branches
    if (branch !== undefined)
      return branch.flatMap((inner) => messagesOf({ ...inner, path: [...issue.path, ...inner.path] }, one))
    return [`${place} must be a number or a list of numbers; it is ${shown(valueAt(one, issue.path))}`]
  }
  if (issue.code === 'custom') return [`${place} ${issue.message}`]
  const value = valueAt(one, issue.path)
  if (value === undefined && place !== '') return [`${place} is missing; ${wanted(issue)}`]
  return [`${place || 'a case'} ${wanted(issue)}; it is ${shown(value)}`]
}

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${ARTICLES[issue.expected] ?? `a ${issue.expected}`}`
    case 'invalid_value':
      return `must be ${issue.values.join(' or ')}`
    case 'too_big':
      return issue.origin === 'array'
        ? `may have ${issue.maximum} values at most`
        : `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
    default:
      return issue.message
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object such as { "input": { "returns": [0.01, -0.02] } }',
  int: 'a whole number',
}

const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(caseSchema.shape),
  input: Object.keys(inputSchema.shape),
  params: Object.keys(paramsSchema.shape),
}

function meant(key: string, place: string): string {
  const known = KNOWN_KEYS[place]
  if (known === undefined) return ''
  const near = nearNames(key, known)
  return near.length > 0 ? `; did you mean ${near.join(' or ')}?` : `; known here: ${known.join(', ')}`
}

function join(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`
}

function valueAt(one: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    one,
  )
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  const text = value === undefined ? 'not there' : shallowJson(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
