import { type ExplainedLimit, explainLimits } from '../app/policy-explain.js'
import { QuantError } from '../domain/errors.js'
import type { Command } from './command.js'
import { loadConfig } from './load-config.js'

export const policy: Command = {
  name: 'policy',
  summary: 'explain: print the limits of alerts that hold for a book, and where each comes from',
  description: [
    'policy explain prints every policy with its limit for a strategy in an account, and the place that decided: a key of',
    'QUANT_CONFIG, a variable, or the default. Without --strategy and --account it prints what holds for all that nothing',
    'else is said of. It reads the configuration only; that the strategy exists is not checked.',
    'Where all orders of an account came from a simulation, policies that judge trading are off until its limits are named.',
  ].join('\n'),
  operands: 'explain',
  options: {
    strategy: { type: 'string' },
    account: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  help: {
    strategy: 'the strategy, by its id',
    account: 'the account',
    config: 'a QUANT_CONFIG file; else the one that the environment names',
    json: 'one JSON array instead of a table',
  },
  async run({ environment, terminal, values, operands }) {
    if (operands.length !== 1 || operands[0] !== 'explain')
      throw new QuantError('usage', 'policy can explain: quant-exporter policy explain --strategy ID --account LABEL')
    const file = values.config === undefined ? {} : { QUANT_CONFIG: String(values.config) }
    const config = loadConfig({ environment, terminal }, file)
    const limits = explainLimits(config.policy, {
      ...(values.strategy === undefined ? {} : { strategyId: String(values.strategy) }),
      ...(values.account === undefined ? {} : { account: String(values.account) }),
    })
    terminal.out(values.json === true ? `${JSON.stringify(limits.map(toJson))}\n` : table(limits))
  },
}

function toJson({ simulatedLimit, limit, ...rest }: ExplainedLimit) {
  return { ...rest, limit: limit ?? 'off', in_simulation: simulatedLimit ?? 'off' }
}

function table(limits: readonly ExplainedLimit[]): string {
  const shown = (limit: number | undefined) => (limit === undefined ? 'off' : String(limit))
  const rows = limits.map(({ policy: key, alert, unit, limit, from, simulatedLimit }) => [
    ...[key, shown(limit), limit === undefined ? '' : unit, shown(simulatedLimit), alert, from],
  ])
  const all = [['policy', 'limit', 'unit', 'in a simulation', 'alert', 'from'], ...rows]
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return `${all.map(line).join('\n')}\n`
}
