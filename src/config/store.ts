import type { PostgresConnection } from '../domain/connections.js'
import { SETTINGS } from './environment.js'
import { readPostgresConnection } from './postgres-connection.js'
import type { EnvironmentReading } from './read-environment.js'
import type { ReadFile } from './setting-file.js'

/** Our own database, and what may be done there. */
export interface StoreConfig {
  readonly connection: PostgresConnection
  readonly timeoutMs: number
  /** Whether a start brings the schema up to date by itself. */
  readonly migrates: boolean
  /** How often the newest values are written. */
  readonly latestPeriodMs: number
}

/** Settings that say nothing without a store. */
const NEED_STORE = ['storeCaCert', 'storeTimeoutMs', 'storeMigrate'] as const

/** The own store, or undefined: there is none, or something is wrong with it and stands in the problems. */
export function readStore(
  { values, given, malformed }: EnvironmentReading,
  readFile: ReadFile,
  problems: string[],
): StoreConfig | undefined {
  const { storeDsn, storeTimeoutMs, storeMigrate, latestSamplingMs } = values
  if (storeDsn === undefined) {
    const idle = NEED_STORE.filter((name) => given.has(name)).map((name) => SETTINGS[name].key)
    if (idle.length > 0 && !malformed.has('storeDsn'))
      problems.push(
        `${idle.join(' and ')} ${idle.length === 1 ? 'is' : 'are'} set but QUANT_STORE_DSN is not: set it to a database of the exporter's own, or remove ${idle.length === 1 ? 'it' : 'them'} to keep nothing`,
      )
    return undefined
  }
  const connection = readPostgresConnection(
    storeDsn,
    {
      dsn: 'QUANT_STORE_DSN',
      modes: [['PGSSLMODE', values.pgSslMode]],
      ca: ['QUANT_STORE_CA_CERT', values.storeCaCert],
    },
    readFile,
    problems,
  )
  return (
    connection && { connection, timeoutMs: storeTimeoutMs, migrates: storeMigrate, latestPeriodMs: latestSamplingMs }
  )
}
