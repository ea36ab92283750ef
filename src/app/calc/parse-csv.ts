import type { CalcInput } from '../../compute/calc/case.js'
import { MINUTE_MS, parseIso } from '../../domain/time.js'
import { nearNames } from '../../lib/near-names.js'
import { LONGEST_LIST } from './case-schema.js'
import { rejected } from './parse-cases.js'

/** Columns of each kind of file; the first one must be there, and is what a file without a header begins with. */
export const CSV_COLUMNS = {
  equity: ['equity', 'flow'],
  returns: ['return', 'benchmark', 'risk_free'],
  trades: ['pnl', 'entry_minutes', 'exit_minutes', 'entry_at', 'exit_at'],
} as const
export type CsvKind = keyof typeof CSV_COLUMNS

/** Beside the numbers a row may say when or what it is; nothing is made of it. */
const LABELS = ['time', 'date', 'timestamp', 'symbol', 'side', 'id']
const TIMES = ['entry_at', 'exit_at']
const SEPARATORS = [',', ';', '\t']
const SHORT_OF: Readonly<Record<string, string>> = { returns: 'return', flows: 'flow' }

interface Row {
  readonly line: number
  readonly cells: Readonly<Record<string, number | null>>
}

/**
 * The input that a CSV file of numbers stands for: one row a period or a trade, oldest first. An empty cell is one of
 * which nothing is known. `flow` came in since the row before. Throws QuantError `facts_rejected` that tells of every
 * mistake its line, its column and what would be right.
 */
export function parseCsv(kind: CsvKind, text: string, source: string): CalcInput {
  const problems: string[] = []
  const { rows, names } = rowsOf(kind, text, problems)
  const column = (name: string) => rows.map(({ cells }) => cells[name] ?? null)
  const given = (name: string) => (names.includes(name) ? { [name]: column(name) } : {})
  const input: CalcInput =
    kind === 'equity'
      ? { equity: column('equity'), ...flowsOf(rows, names) }
      : kind === 'returns'
        ? { returns: column('return'), ...given('benchmark'), ...given('risk_free') }
        : { trades: tradesOf(rows, problems) }
  if (problems.length > 0) throw rejected(source, problems)
  return input
}

function flowsOf(rows: readonly Row[], names: readonly string[]) {
  return names.includes('flow') ? { flows: rows.slice(1).map(({ cells }) => cells.flow ?? 0) } : {}
}

function tradesOf(rows: readonly Row[], problems: string[]) {
  return rows.map(({ line, cells }) => {
    const entry_minutes = cells.entry_minutes ?? cells.entry_at ?? undefined
    const exit_minutes = cells.exit_minutes ?? cells.exit_at ?? undefined
    if (cells.pnl === null) problems.push(`line ${line}: pnl is empty; every row is a closed trade with its result`)
    if (entry_minutes !== undefined && exit_minutes !== undefined && exit_minutes < entry_minutes)
      problems.push(`line ${line}: the exit is before the entry`)
    return { pnl: cells.pnl ?? 0, entry_minutes, exit_minutes }
  })
}

function rowsOf(kind: CsvKind, text: string, problems: string[]): { rows: Row[]; names: readonly string[] } {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content.trim() !== '')
  const [first] = lines
  const columns: readonly string[] = CSV_COLUMNS[kind]
  if (first === undefined) problems.push(`is empty; the first line names columns: ${columns.join(', ')}`)
  if (lines.length > LONGEST_LIST) problems.push(`has more than ${LONGEST_LIST} lines; split it`)
  if (first === undefined || problems.length > 0) return { rows: [], names: [] }

  const separator = SEPARATORS.find((mark) => first.content.includes(mark)) ?? ','
  const split = (content: string) => content.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
  const top = split(first.content)
  const isHeader = top.some((cell) => cell !== '' && Number.isNaN(Number(cell)))
  const names = isHeader ? top.map(nameOf) : columns.slice(0, top.length)
  checkNames(names, columns, problems)
  if (problems.length > 0) return { rows: [], names }
  return {
    rows: lines.slice(isHeader ? 1 : 0).map((line) => rowOf(line.line, split(line.content), names, problems)),
    names,
  }
}

function nameOf(cell: string): string {
  const name = cell.toLowerCase()
  return (Object.hasOwn(SHORT_OF, name) ? SHORT_OF[name] : undefined) ?? name
}

function checkNames(names: readonly string[], columns: readonly string[], problems: string[]): void {
  const known = [...columns, ...LABELS]
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearNames(name, known)
    const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `known here: ${known.join(', ')}`
    problems.push(`line 1: there is no column '${name}'; ${hint}`)
  }
  const [needed = ''] = columns
  if (!names.includes(needed)) problems.push(`line 1: the column ${needed} is missing`)
}

function rowOf(line: number, cells: readonly string[], names: readonly string[], problems: string[]): Row {
  if (cells.length !== names.length)
    problems.push(`line ${line}: ${cells.length} cells where there are ${names.length} columns`)
  const row: Record<string, number | null> = {}
  names.forEach((name, index) => {
    const cell = cells[index] ?? ''
    if (LABELS.includes(name)) return
    const value = cell === '' ? null : TIMES.includes(name) ? minutesOf(cell) : Number(cell)
    row[name] = value
    if (value === null || Number.isFinite(value)) return
    const right = TIMES.includes(name)
      ? 'a time with a zone, such as 2026-11-20T15:30:00Z'
      : 'a plain number, such as -0.015'
    problems.push(`line ${line}: ${name} is '${cell}'; write ${right}`)
  })
  return { line, cells: row }
}

function minutesOf(text: string): number {
  const at = parseIso(text)
  return at === undefined ? Number.NaN : at / MINUTE_MS
}
