import type { ReplayedExplanation } from '../app/explain.js'
import type { MetaValue } from '../domain/metric.js'

type Part = ReplayedExplanation['parts'][number]
type Rows = NonNullable<Extract<Part, { list: unknown }>['list']>

/** An explanation for people: the number, its formula, then each part with its figures and a table. */
export function explanationReport(explanation: ReplayedExplanation): string {
  const { metric_name, strategy_id, account, window, value, unit, status, formula_version, parts } = explanation
  const reason = 'reason' in explanation ? ` (${explanation.reason})` : ''
  const head = `${metric_name} of ${strategy_id} in ${account}, ${window}: ${value === null ? `${status}${reason}` : `${value} ${unit}`}`
  const said = [
    ['summary', explanation.summary],
    ['formula', explanation.formula],
    ['convention', explanation.convention],
    ...(value === null ? [['undefined when', explanation.undefined_when]] : []),
    ['source', explanation.source],
    ['version', formula_version],
    ['T', explanation.frame_as_of],
    ['computed for', `${explanation.computed_for} (${explanation.tier})`],
    ...(explanation.window_start === null ? [] : [['window', `after ${explanation.window_start}`]]),
    ...(explanation.known_by === undefined ? [] : [['known by', explanation.known_by]]),
    ['unrounded', explanation.value_unrounded],
    ['inputs digest', explanation.inputs_digest],
    ...Object.entries(explanation.meta).map(([key, meta]) => [`meta ${key}`, text(meta)]),
  ] as const
  const lines = said.filter(([, value]) => value !== null && value !== undefined)
  return [
    head,
    '',
    ...aligned(lines.map(([key, value]) => [key ?? '', String(value)])),
    ...(explanation.reproduced
      ? []
      : ['', 'Facts have come since that speak of this instant: the parts below give another number than the frame.']),
    ...parts.flatMap((part) => ['', ...section(part)]),
  ].join('\n')
}

function section(part: Part): string[] {
  const values = Object.entries(part.values).map(([key, value]) => [`  ${key}`, text(value)] as const)
  const list = 'list' in part ? part.list : undefined
  return [`${part.name}: ${part.about}`, ...aligned(values), ...(list === undefined ? [] : table(list))]
}

function table({ order, rows, left_out }: Rows): string[] {
  if (rows.length === 0) return []
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cells = [columns, ...rows.map((row) => columns.map((column) => text(row[column] ?? null)))]
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? '').length)))
  const isNumber = columns.map((column) => rows.every((row) => typeof (row[column] ?? 0) === 'number'))
  const line = (row: readonly string[]) =>
    row.map((cell, index) => (isNumber[index] ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)))
  const sums = Object.entries(left_out.sums).map(([key, value]) => `${key} ${text(value)}`)
  return [
    '',
    `  ${order}`,
    ...cells.map((row) => `  ${line(row).join('  ')}`.trimEnd()),
    ...(left_out.count === 0 ? [] : [`  and ${left_out.count} more: ${sums.join(', ')}`]),
  ]
}

function aligned(rows: readonly (readonly [string, string] | readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map(([key]) => (key ?? '').length))
  return rows.map(([key, value]) => `${(key ?? '').padEnd(width)}  ${value}`)
}

function text(value: MetaValue): string {
  if (value === null) return '–'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
