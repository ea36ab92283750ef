import { assertMetric, explainReplayed } from '../app/explain.js'
import { QuantError } from '../domain/errors.js'
import { WINDOWS, type Window } from '../domain/window.js'
import { timeOption } from './arguments.js'
import type { Command, CommandContext } from './command.js'
import { explanationReport } from './explanation-report.js'
import { pathsOf, startReplay } from './replay-start.js'

const DEFAULT_WINDOW = '1d'

export const explain: Command = {
  name: 'explain',
  summary: 'show how a number came about, so that one can redo it with a calculator',
  description: [
    'Replays facts up to an instant and prints of one metric of one book: the formula, the inputs that moved it most with',
    'their ids, marks with source and age, intermediate results. The number is that of replay at the same instant.',
    'Long lists show what matters most, and what the rest comes to.',
  ].join('\n'),
  operands: '[FILE…]',
  options: {
    facts: { type: 'string', multiple: true },
    database: { type: 'boolean' },
    at: { type: 'string' },
    strategy: { type: 'string' },
    account: { type: 'string' },
    window: { type: 'string' },
    metric: { type: 'string' },
    config: { type: 'string' },
    'known-by': { type: 'string' },
    json: { type: 'boolean' },
    strict: { type: 'boolean' },
  },
  help: {
    facts: 'a file or folder of facts; several times, or without the option',
    database: 'read TORGHUT_DB_DSN and CH_HOST instead',
    at: 'the instant, such as 2026-11-20T19:30:00Z',
    strategy: 'the strategy, by its id',
    account: "the account; the strategy's only live one when not given",
    window: `one of ${WINDOWS.join(' ')} (${DEFAULT_WINDOW})`,
    metric: 'the metric, such as sharpe_annualized',
    config: 'a QUANT_CONFIG file; else the one that the environment names',
    'known-by': 'only what was known by this instant, as a live process could say it; exact from recordings',
    json: 'one JSON object instead of a report',
    strict: 'stop at the first line that is no fact',
  },
  async run(context) {
    const { values, terminal } = context
    const paths = pathsOf('explain', context)
    const at = timeOption('at', values.at)
    if (at === undefined) throw new QuantError('usage', 'explain needs --at TIME')
    const metric = required(values, 'metric')
    assertMetric(metric)
    const account = values.account === undefined ? undefined : String(values.account)
    const request = { strategyId: required(values, 'strategy'), account, window: windowOf(values.window), metric }
    const { calendars, replayed, rejections, progress } = startReplay(context, paths, () => [at])
    for await (const one of replayed) {
      progress.clear()
      const explanation = explainReplayed(one, request, calendars)
      terminal.out(`${values.json === true ? JSON.stringify(explanation) : explanationReport(explanation)}\n`)
    }
    rejections.throwIfAny()
  },
}

function required(values: CommandContext['values'], name: string): string {
  const value = values[name]
  if (value === undefined) throw new QuantError('usage', `explain needs --${name}; see quant-exporter explain --help`)
  return String(value)
}

function windowOf(value: string | boolean | undefined): Window {
  const name = value ?? DEFAULT_WINDOW
  const window = WINDOWS.find((one) => one === name)
  if (window !== undefined) return window
  throw new QuantError('usage', `--window must be one of ${WINDOWS.join(', ')}; it is '${name}'`)
}
