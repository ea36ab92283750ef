import type { PostgresConnection } from '../domain/connections.js'
import { parseDsn } from './dsn.js'
import { resolveTls } from './postgres-tls.js'
import type { EnvironmentReading } from './read-environment.js'
import type { ReadFile } from './setting-file.js'

const DSN_FORM =
  'write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, where @ : / ? and % in user and password are percent-encoded'

/** The trading database, or undefined: it is not set, or something is wrong with it and stands in the problems. */
export function readTorghut(
  { values, malformed }: EnvironmentReading,
  readFile: ReadFile,
  problems: string[],
): PostgresConnection | undefined {
  if (values.torghutDsn === undefined) {
    if (values.controlPlaneEnabled) {
      problems.push(
        'TORGHUT_DB_DSN is not set, and the main switch is on: set it to the trading database, such as TORGHUT_DB_DSN=postgresql://reader:PASSWORD@db.example.internal/torghut, or look around without a database with quant-exporter demo',
      )
    }
    return undefined
  }
  const dsn = parseDsn(values.torghutDsn)
  if (typeof dsn === 'string') {
    problems.push(`TORGHUT_DB_DSN is malformed (its value is not shown): ${dsn}; ${DSN_FORM}`)
    return undefined
  }
  if (malformed.has('torghutSslMode')) return undefined
  const tls = resolveTls(dsn, values, readFile, problems)
  const { host, port, database, user, password } = dsn
  return tls === undefined ? undefined : { host, port, database, user, password, tls }
}
