import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { PostgresServer } from './postgres-server.js'
import { PROJECT_ROOT } from './process.js'

export const READER = 'quant_exporter'

/** Runs the shipped script as an operator would; what it prints. */
export function makeReader(
  { port }: PostgresServer,
  database: string,
  variables: Readonly<Record<string, string>> = {},
  as = 'postgres',
): string {
  return execFileSync(
    '/usr/lib/postgresql/15/bin/psql',
    [
      ...['-X', '-h', '127.0.0.1', '-p', String(port), '-U', as, '-d', database],
      ...Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]),
      ...['-f', join(PROJECT_ROOT, 'deploy/sql/torghut-reader.sql')],
    ],
    { encoding: 'utf8', stdio: 'pipe' },
  )
}

/** The DSN of a role on a test's server. */
export function dsnAs(server: PostgresServer, database: string, role: string): string {
  return `postgresql://${role}@127.0.0.1:${server.port}/${database}?sslmode=disable`
}
