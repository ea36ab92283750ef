import { type CST, LineCounter, Parser, parseDocument, type YAMLError } from 'yaml'
import type { z } from 'zod'
import { nearNames } from '../lib/near-names.js'
import { KEY_NOTES } from './key-notes.js'
import { type QuantConfigYaml, quantConfigSchema } from './quant-config-schema.js'
import { formatPath, namesIn, type Path, schemaAt, valueAt } from './schema-walk.js'
import { didYouMean, shown } from './shown.js'

const DEEPEST = 32
/** Of what is wrong with a file so much is told, as far as somebody wants to read it; the rest is counted. */
const MOST_PROBLEMS = 100
/** One or more for each of some thousand strategies; aliases of aliases count as often as they unfold. */
const MOST_ALIASES = 10_000

/** The keys of a QUANT_CONFIG file, or undefined and lines that tell where and what is wrong. */
export function parseQuantConfigYaml(text: string, problems: string[]): QuantConfigYaml | undefined {
  if (isTooDeep(text)) {
    problems.push(`it is nested more than ${DEEPEST} levels deep`)
    return undefined
  }
  const lineCounter = new LineCounter()
  // Keys are names: a strategy `1e5` or a symbol `TRUE` is what is written and no number or truth.
  const document = parseDocument(text, { prettyErrors: false, lineCounter, stringKeys: true })
  const mistakes = [...document.errors, ...document.warnings]
  if (mistakes.length > 0) {
    problems.push(...first(mistakes).map((mistake) => syntaxProblem(mistake, lineCounter)), ...more(mistakes))
    return undefined
  }
  const data = toPlainData(document, problems)
  const parsed = quantConfigSchema.safeParse(data ?? {})
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  problems.push(...first(issues).flatMap((issue) => issueProblems(issue, data)), ...more(issues))
  return undefined
}

/**
 * Whether it is nested deeper than any file that can be right. Looked at in the tokens, since what makes a document of
 * them calls itself at each level: a file of some kilobytes could end the process.
 */
function isTooDeep(text: string): boolean {
  const waiting: (readonly [token: CST.Token, depth: number])[] = [...new Parser().parse(text)].map((token) => [
    token,
    0,
  ])
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [token, depth] = next
    if (depth > DEEPEST) return true
    if (token.type === 'document' && token.value !== undefined) waiting.push([token.value, depth])
    if (!('items' in token)) continue
    for (const { key, value } of token.items)
      for (const inner of [key, value]) if (inner !== undefined && inner !== null) waiting.push([inner, depth + 1])
  }
  return false
}

function toPlainData(document: ReturnType<typeof parseDocument>, problems: string[]): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES })
  } catch (error) {
    // An alias without its anchor, or aliases that unfold into millions of values, are found only here.
    const message = error instanceof Error ? error.message : String(error)
    problems.push(
      message.startsWith('Excessive alias count') ? `its aliases unfold more than ${MOST_ALIASES} times` : message,
    )
    return {}
  }
}

function first<Item>(all: readonly Item[]): readonly Item[] {
  return all.slice(0, MOST_PROBLEMS)
}

function more(all: readonly unknown[]): readonly string[] {
  return all.length > MOST_PROBLEMS ? [`and ${all.length - MOST_PROBLEMS} more`] : []
}

function syntaxProblem({ code, message, pos }: YAMLError, lines: LineCounter): string {
  const { line, col } = lines.linePos(pos[0])
  // The parser's own words for this one speak to programmers.
  const what = code === 'MULTIPLE_DOCS' ? 'a second document begins here; keep one' : message
  return `line ${line}, column ${col}: ${what}`
}

function issueProblems(issue: z.core.$ZodIssue, data: unknown): string[] {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys')
    return [...first(issue.keys).map((key) => unknownKey([...path, key], key)), ...more(issue.keys)]
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
