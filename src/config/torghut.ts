import type { PostgresConnection } from '../domain/connections.js'
import { readPostgresConnection } from './postgres-connection.js'
import type { EnvironmentReading } from './read-environment.js'
import type { ReadFile } from './setting-file.js'

/** The trading database, or undefined: it is not set, or something is wrong with it and stands in the problems. */
export function readTorghut(
  { values, malformed }: EnvironmentReading,
  readFile: ReadFile,
  problems: string[],
): PostgresConnection | undefined {
  if (values.torghutDsn === undefined) {
    if (values.controlPlaneEnabled && !malformed.has('torghutDsn')) {
      problems.push(
        'TORGHUT_DB_DSN is not set, and the main switch is on: set it to the trading database, such as TORGHUT_DB_DSN=postgresql://reader:PASSWORD@db.example.internal/torghut, or look around without a database with quant-exporter demo',
      )
    }
    return undefined
  }
  if (malformed.has('torghutSslMode')) return undefined
  return readPostgresConnection(
    values.torghutDsn,
    {
      dsn: 'TORGHUT_DB_DSN',
      modes: [
        ['TORGHUT_DB_SSLMODE', values.torghutSslMode],
        ['PGSSLMODE', values.pgSslMode],
      ],
      ca: ['TORGHUT_DB_CA_CERT', values.torghutCaCert],
    },
    readFile,
    problems,
  )
}
