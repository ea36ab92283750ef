import type { PostgresConnection } from '../domain/connections.js'
import { parseDsn } from './dsn.js'
import { resolveTls, type TlsSettings } from './postgres-tls.js'
import type { ReadFile } from './setting-file.js'

const DSN_FORM =
  'write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, where @ : / ? and % in user and password are percent-encoded'

/** What a DSN and the settings beside it say; undefined: something is wrong with them and stands in the problems. */
export function readPostgresConnection(
  written: string,
  settings: TlsSettings,
  readFile: ReadFile,
  problems: string[],
): PostgresConnection | undefined {
  const dsn = parseDsn(written)
  if (typeof dsn === 'string') {
    problems.push(`${settings.dsn} is malformed (its value is not shown): ${dsn}; ${DSN_FORM}`)
    return undefined
  }
  const tls = resolveTls(dsn, settings, readFile, problems)
  const { host, port, database, user, password } = dsn
  return tls === undefined ? undefined : { host, port, database, user, password, tls }
}
