import { LineCounter, parseDocument, type YAMLError } from 'yaml'
import type { z } from 'zod'
import { nearNames } from '../lib/near-names.js'
import { KEY_NOTES } from './key-notes.js'
import { type QuantConfigYaml, quantConfigSchema } from './quant-config-schema.js'
import { formatPath, namesIn, type Path, schemaAt, valueAt } from './schema-walk.js'
import { didYouMean, shown } from './shown.js'

/** The keys of a QUANT_CONFIG file, or undefined and lines that tell where and what is wrong. */
export function parseQuantConfigYaml(text: string, problems: string[]): QuantConfigYaml | undefined {
  const lineCounter = new LineCounter()
  // Keys are names: a strategy `1e5` or a symbol `TRUE` is what is written and no number or truth.
  const document = parseDocument(text, { prettyErrors: false, lineCounter, stringKeys: true })
  const mistakes = [...document.errors, ...document.warnings]
  if (mistakes.length > 0) {
    problems.push(...mistakes.map((mistake) => syntaxProblem(mistake, lineCounter)))
    return undefined
  }
  const data = toPlainData(document, problems)
  const parsed = quantConfigSchema.safeParse(data ?? {})
  if (parsed.success) return parsed.data
  problems.push(...parsed.error.issues.flatMap((issue) => issueProblems(issue, data)))
  return undefined
}

function toPlainData(document: ReturnType<typeof parseDocument>, problems: string[]): unknown {
  try {
    return document.toJS()
  } catch (error) {
    // An alias without its anchor, or aliases that unfold into millions of values, are found only here.
    problems.push(error instanceof Error ? error.message : String(error))
    return {}
  }
}

function syntaxProblem({ code, message, pos }: YAMLError, lines: LineCounter): string {
  const { line, col } = lines.linePos(pos[0])
  // The parser's own words for this one speak to programmers.
  const what = code === 'MULTIPLE_DOCS' ? 'a second document begins here; keep one' : message
  return `line ${line}, column ${col}: ${what}`
}

function issueProblems(issue: z.core.$ZodIssue, data: unknown): string[] {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], key))
  if (issue.code === 'custom' && issue.params?.isSentence === true) return [`${formatPath(path)}: ${issue.message}`]
  if (issue.code === 'invalid_key') return [`${formatPath(path)} is no name; it must have 1 to 64 characters`]
  const { allowed } = KEY_NOTES.get(schemaAt(quantConfigSchema, path)) ?? { allowed: issue.message }
  const where = path.length === 0 ? 'the file' : formatPath(path)
  return [`${where} ${described(valueAt(data, path))}; it must be ${allowed}`]
}

function unknownKey(path: Path, key: string): string {
  const known = namesIn(schemaAt(quantConfigSchema, path.slice(0, -1)))
  const near = nearNames(key, known)
  return `${formatPath(path)} is not a known key${near.length > 0 ? didYouMean(near) : `; known here: ${known.join(', ')}`}`
}

function described(value: unknown): string {
  if (value === undefined) return 'is missing'
  if (value === null) return 'is empty'
  if (Array.isArray(value)) return 'is a list'
  if (typeof value === 'object') return 'is a map'
  return `is ${typeof value === 'string' ? shown(value) : String(value)}`
}
