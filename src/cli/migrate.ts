import { migrate as migrateStore } from '../app/migrate.js'
import { QuantError } from '../domain/errors.js'
import type { Command } from './command.js'
import { loadConfig } from './load-config.js'

export const migrate: Command = {
  name: 'migrate',
  summary: 'bring the schema of the own store up to date',
  description: [
    'Creates and changes the tables in schema quant of QUANT_STORE_DSN, all of it or nothing. Several at once wait for each',
    'other; run again it changes nothing. serve does the same at its start unless QUANT_STORE_MIGRATE=false.',
    'Migrations only ever add: an older version goes on working on a newer schema.',
  ].join('\n'),
  options: { check: { type: 'boolean' } },
  help: { check: 'change nothing; exit with 1 when something is missing' },
  async run({ values, environment, terminal }) {
    const config = loadConfig({ environment, terminal })
    const { found, applied } = await migrateStore(config, { checkOnly: values.check === true })
    for (const name of found.applied) terminal.out(`there     ${name}\n`)
    for (const name of found.unknown) terminal.out(`newer     ${name}\n`)
    for (const name of applied) terminal.out(`applied   ${name}\n`)
    const missing = found.pending.filter((name) => !applied.includes(name))
    for (const name of missing) terminal.out(`missing   ${name}\n`)
    if (values.check === true && missing.length > 0)
      throw new QuantError('check_failed', 'the store is not up to date: run quant-exporter migrate')
    terminal.out('the store is up to date\n')
  },
}
