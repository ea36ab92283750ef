import { runSimulation, SCHEMA_AGES } from '../app/demo.js'
import { QuantError } from '../domain/errors.js'
import { SIMULATED_INCIDENT_NAMES } from '../domain/incident.js'
import { toIso } from '../domain/time.js'
import { createLogger } from '../lib/logger.js'
import { choiceOption, numberOption } from './arguments.js'
import type { Command } from './command.js'
import { controlListenOption, INCIDENT_OPTIONS, incidentsOption } from './incident-options.js'
import { MOMENT_HELP, MOMENT_OPTIONS, momentOf } from './moment-options.js'
import { progressText } from './progress-text.js'
import { createProgressLine } from './terminal.js'

export const simulate: Command = {
  name: 'simulate',
  summary: 'write simulated trading into databases of your own, as the demo does',
  description: [
    'Writes a history of synthetic decisions, orders, snapshots, bars and quotes, then goes on in real time until Ctrl-C.',
    'It makes the tables where they are missing and empties its own; databases that hold rows of somebody else are refused.',
  ].join('\n'),
  options: {
    dsn: { type: 'string' },
    clickhouse: { type: 'string' },
    database: { type: 'string' },
    'history-only': { type: 'boolean' },
    schema: { type: 'string' },
    books: { type: 'string' },
    symbols: { type: 'string' },
    ...MOMENT_OPTIONS,
    ...INCIDENT_OPTIONS,
  },
  help: {
    dsn: 'the Postgres to write into, such as postgresql://postgres@127.0.0.1:5433/postgres',
    clickhouse: 'the ClickHouse to write into, such as http://127.0.0.1:8123',
    database: 'the ClickHouse database (torghut)',
    'history-only': 'end when the history is written',
    schema: 'how old the tables are to be: today (the default), or early: as of 2026-02-12',
    books: 'how many books trade (5, as in the demo); more are desks alike, each in an account of its own',
    symbols: 'how many symbols the market lists (100, as in the demo); more have made-up names',
    ...MOMENT_HELP,
    incident: `what goes wrong once the history is written, separated by commas: ${SIMULATED_INCIDENT_NAMES.join(', ')}`,
    'control-listen': 'loopback address where quant-exporter incident can switch them (nowhere)',
  },
  async run({ values, terminal, signal }) {
    const { dsn, clickhouse, database = 'torghut' } = values
    const missing = [dsn === undefined && '--dsn', clickhouse === undefined && '--clickhouse'].filter(
      (name) => name !== false,
    )
    if (typeof dsn !== 'string' || typeof clickhouse !== 'string')
      throw new QuantError('usage', `simulate needs ${missing.join(' and ')}; see quant-exporter simulate --help`)
    const progress = createProgressLine(terminal)
    const log = createLogger({
      level: 'info',
      format: terminal.isInteractive ? 'pretty' : 'json',
      now: () => new Date(),
      write: (line) => {
        progress.clear()
        terminal.err(`${line}\n`)
      },
    })
    await runSimulation({
      ...momentOf(values),
      size: {
        books: numberOption('books', values.books, 5, { min: 5, max: 10_000, integer: true }),
        symbols: numberOption('symbols', values.symbols, 100, { min: 100, max: 15_000, integer: true }),
      },
      schema: choiceOption('schema', values.schema, SCHEMA_AGES),
      incidents: incidentsOption(values.incident, SIMULATED_INCIDENT_NAMES),
      controlListen: controlListenOption(values['control-listen']),
      dsn,
      clickhouse: { url: clickhouse, database: String(database) },
      historyOnly: values['history-only'] === true,
      signal,
      log,
      onProgress: (done) => progress.show(progressText(done)),
      onHistory: (startAt) => log.info('the history is written', { until: toIso(startAt) }),
    })
  },
}
