import { checkSources } from '../app/check-sources.js'
import { expectedSeries } from '../app/expected-series.js'
import { type Inspected, inspect } from '../app/inspect.js'
import { exportRulesOf } from '../config/book-settings.js'
import type { Config } from '../config/config.js'
import { describeConfig } from '../config/describe.js'
import { QuantError } from '../domain/errors.js'
import { describeError } from '../lib/logger.js'
import { checkJson, checkText } from './check-report.js'
import type { Command, CommandContext } from './command.js'
import { loadConfig } from './load-config.js'

export const config: Command = {
  name: 'config',
  summary: 'print the configuration in force, the schema discovered and the expected number of series',
  description: [
    'Prints every setting with its value and where that comes from; secrets are masked. Then it asks the configured sources',
    'which of the tables and columns that this version reads are there. It reads no facts and writes nothing.',
    'With --check it asks them everything that matters before serve: which tables and columns may be read, that writing is',
    'refused, TLS, clocks, connections; it ends with status 1 where something is to be mended, and says how.',
  ].join('\n'),
  options: { check: { type: 'boolean' }, json: { type: 'boolean' } },
  help: {
    check: 'connect to the sources and judge them, each within 15 s',
    json: 'with --check: print the result as JSON',
  },
  async run(context) {
    const { environment, terminal, values } = context
    const settings = loadConfig({ environment, terminal })
    if (values.check === true) return check(settings, context)
    if (values.json === true) throw new QuantError('usage', '--json needs --check; see quant-exporter config --help')
    const rows = describeConfig(settings).map(({ key, value, source }) => [key, value ?? '–', source] as const)
    const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
    for (const [key, value, source] of rows)
      terminal.out(`${key.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${source}\n`)

    const { torghut, market, insufficient } = await inspect(settings)
    terminal.out('\n')
    report('postgres', 'TORGHUT_DB_DSN is not set', torghut, (state) => {
      const isWhole = state.schema.tables.every(({ missingColumns }) => missingColumns?.length === 0)
      terminal.out(
        `postgres    version ${state.schema.serverVersion}, ${isWhole ? 'today’s schema' : 'an older schema'}\n`,
      )
      for (const { table, missingColumns } of state.schema.tables)
        terminal.out(`            ${table}: ${tableText(missingColumns)}\n`)
      for (const problem of state.schema.problems) terminal.out(`            cannot be read: ${problem}\n`)
      const { books, booksByStrategy, accounts } = state
      const { total, aBook, anAccount, anAdapter } = expectedSeries(
        booksByStrategy,
        accounts,
        exportRulesOf(settings.file),
      )
      terminal.out(
        `series      about ${total} (${books} books × ${aBook}, ${accounts} accounts × ${anAccount}, less what windows and groups of strategies leave out), ${anAdapter} more of a book for each adapter; at most ${settings.maxSeries} are exported\n`,
      )
    })
    report('clickhouse', 'CH_HOST is not set', market, ({ serverVersion, feeds }) => {
      terminal.out(`clickhouse  version ${serverVersion}\n`)
      for (const { table, missingColumns } of Object.values(feeds))
        terminal.out(`            ${table}: ${tableText(missingColumns)}\n`)
    })
    for (const { metric, lacks } of insufficient) terminal.out(`insufficient  ${metric}: no ${lacks}\n`)

    function report<State>(
      name: string,
      unset: string,
      inspected: Inspected<State>,
      show: (state: State) => void,
    ): void {
      if (inspected === undefined) terminal.out(`${name.padEnd(10)}  not configured: ${unset}\n`)
      else if ('error' in inspected) terminal.out(`${name.padEnd(10)}  ${describeError(inspected.error)}\n`)
      else show(inspected.state)
    }
  },
}

async function check(settings: Config, { terminal, values, signal }: CommandContext): Promise<void> {
  const checked = await checkSources(settings, signal)
  terminal.out(values.json === true ? checkJson(settings, checked) : checkText(settings, checked))
  const problems = checked.findings.filter(({ kind }) => kind === 'problem').length
  if (problems > 0)
    throw new QuantError('check_failed', `${problems === 1 ? '1 problem stands' : `${problems} problems stand`} above`)
  if (values.json !== true) terminal.out('ok           ready to serve\n')
}

function tableText(missingColumns: readonly string[] | undefined): string {
  if (missingColumns === undefined) return 'missing'
  return missingColumns.length === 0 ? 'complete' : `lacks ${missingColumns.join(', ')}`
}
