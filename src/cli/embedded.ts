import { startEmptyTorghut } from '../app/embedded.js'
import { numberOption } from './arguments.js'
import type { Command } from './command.js'
import { untilAborted } from './until-aborted.js'

export const embedded: Command = {
  name: 'embedded',
  summary: 'start the embedded Postgres and ClickHouse alone, with empty tables',
  description: [
    'Starts both engines on loopback with the trading system’s empty tables, prints the environment for serve, and runs until',
    'Ctrl-C; the data is gone then. Fill them with quant-exporter simulate. Development only: there is no authentication.',
  ].join('\n'),
  options: { 'postgres-port': { type: 'string' }, 'clickhouse-port': { type: 'string' } },
  help: {
    'postgres-port': 'port of Postgres on 127.0.0.1 (a free one)',
    'clickhouse-port': 'port of ClickHouse on 127.0.0.1 (a free one)',
  },
  async run({ values, terminal, signal }) {
    const port = (name: string) => numberOption(name, values[name], 0, { min: 0, max: 65_535, integer: true })
    const ended = new AbortController()
    const running = await startEmptyTorghut({
      signal,
      postgresPort: port('postgres-port'),
      clickhousePort: port('clickhouse-port'),
      onExit: (engine) => {
        terminal.err(`the embedded ${engine} ended\n`)
        ended.abort()
      },
    })
    const { postgres, clickhouse } = running.engines
    for (const [key, value] of Object.entries(running.environment))
      if (value !== '') terminal.out(`export ${key}='${value}'\n`)
    terminal.out(`# fill it: quant-exporter simulate --dsn '${postgres.dsn}' --clickhouse '${clickhouse.url}'\n`)
    await untilAborted(AbortSignal.any([signal, ended.signal]))
    await running.stop()
  },
}
