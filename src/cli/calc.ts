import { type CalculatedCase, calculateCases } from '../app/calc/calculate-cases.js'
import { parseCases, rejected } from '../app/calc/parse-cases.js'
import { type CsvKind, parseCsv } from '../app/calc/parse-csv.js'
import { nameOfInput, readInput } from '../app/calc/read-input.js'
import { QuantError } from '../domain/errors.js'
import { numberOption } from './arguments.js'
import type { Command, CommandContext } from './command.js'

const CSV_KINDS: readonly CsvKind[] = ['equity', 'returns', 'trades']

/** What a case says in its params; a CSV file has no place for it. */
const CSV_NUMBERS = {
  'periods-per-year': { min: Number.MIN_VALUE, max: 1e9 },
  'min-observations': { min: 1, max: 1e6, integer: true },
  'step-minutes': { min: Number.MIN_VALUE, max: 1e9 },
  'risk-free-annual': { min: -0.999999, max: 1e3 },
  mar: { min: -1e3, max: 1e3 },
} as const
type CsvNumber = keyof typeof CSV_NUMBERS
const CSV_NUMBER_NAMES = Object.keys(CSV_NUMBERS) as CsvNumber[]

export const calc: Command = {
  name: 'calc',
  summary: 'work out metrics from plain arrays, to compare them with a notebook',
  description: [
    'Runs the definitions of the metrics on arrays of returns, equities, fills, trades, orders or exposures. JSON in, JSON',
    'out: one case or a list of cases { "metric"?, "input": {…}, "periods_per_year"?, "params"?: {…} }; without a metric,',
    'what is there decides which are given. Figures of returns need 20 of them unless params.min_observations says less.',
    'CSV in, a table out, one row a period or trade, oldest first. docs/calc.md has every field and column.',
  ].join('\n'),
  options: {
    input: { type: 'string' },
    equity: { type: 'string' },
    returns: { type: 'string' },
    trades: { type: 'string' },
    metrics: { type: 'string' },
    raw: { type: 'boolean' },
    'periods-per-year': { type: 'string' },
    'min-observations': { type: 'string' },
    'step-minutes': { type: 'string' },
    'risk-free-annual': { type: 'string' },
    mar: { type: 'string' },
  },
  help: {
    input: 'a JSON file, or - for standard input',
    equity: 'a CSV file with the column equity, and flow for what came in since the row before',
    returns: 'a CSV file with the column return, and benchmark and risk_free of the same periods',
    trades: 'a CSV file with the column pnl, and entry_minutes and exit_minutes, or entry_at and exit_at',
    metrics: 'only these, separated by commas, such as max_drawdown,sharpe_annualized',
    raw: 'unrounded; else as frames are',
    'periods-per-year': 'of a CSV file of equities or returns; without it nothing annualised is given',
    'min-observations': 'of a CSV file: returns that a figure needs (20)',
    'step-minutes': 'of a CSV file: from row to row, for the duration of drawdowns',
    'risk-free-annual': 'of a CSV file: the rate of a year (0)',
    mar: 'of a CSV file: the minimum acceptable return of a period (0)',
  },
  async run({ values, terminal }) {
    const kinds = CSV_KINDS.filter((kind) => values[kind] !== undefined)
    const [kind] = kinds
    if (kinds.length + (values.input === undefined ? 0 : 1) !== 1)
      throw new QuantError('usage', 'calc needs one of --input, --equity, --returns and --trades')
    const path = String(values[kind ?? 'input'])
    const source = nameOfInput(path)
    const options = { metrics: namesOf(values.metrics), raw: values.raw === true }
    if (kind !== undefined) {
      const params = csvParams(values)
      const given = { input: parseCsv(kind, await readInput(path), source), ...params }
      const { answers, problems } = calculateCases({ cases: [given], isList: false, problems: [] }, options)
      if (problems.length > 0) throw rejected(source, problems)
      terminal.out(table(answers[0] ?? {}))
      return
    }
    refuseCsvNumbers(values)
    const cases = parseCases(await readInput(path), source)
    const { answers, problems } = calculateCases(cases, options)
    // What can be answered of a list is; of a single case there is nothing then.
    if (cases.isList || problems.length === 0)
      terminal.out(`${JSON.stringify(cases.isList ? answers : answers[0], null, 2)}\n`)
    if (problems.length > 0) throw rejected(source, problems)
  },
}

function namesOf(value: string | boolean | undefined): string[] {
  return typeof value === 'string' ? value.split(',').map((name) => name.trim()) : []
}

function csvParams(values: CommandContext['values']) {
  const number = (name: CsvNumber) =>
    values[name] === undefined ? undefined : numberOption(name, values[name], 0, CSV_NUMBERS[name])
  return {
    periodsPerYear: number('periods-per-year'),
    params: {
      min_observations: number('min-observations'),
      step_minutes: number('step-minutes'),
      risk_free_annual: number('risk-free-annual'),
      mar: number('mar'),
    },
  }
}

function refuseCsvNumbers(values: CommandContext['values']): void {
  const given = CSV_NUMBER_NAMES.filter((name) => values[name] !== undefined)
  if (given.length === 0) return
  throw new QuantError(
    'usage',
    `${given.map((name) => `--${name}`).join(', ')} is for CSV files; in JSON a case says it in periods_per_year or params`,
  )
}

/** One line a metric: name, value or why there is none, unit. */
function table(answers: CalculatedCase): string {
  const rows = Object.entries(answers).map(([name, { value, unit, reason = '' }]) => [
    name,
    value === null ? reason : String(value),
    value === null ? '' : unit,
  ])
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map(([name = '', value = '', unit = '']) =>
      `${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${unit}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}
