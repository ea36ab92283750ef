import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import pg from 'pg'
import { QuantError } from '../domain/errors.js'
import type { PostgresStore } from './torghut/postgres-writer.js'
import type { ClickHouseStore } from './torghut/ta-writer.js'

export interface ClickHouseAddress {
  /** http:// or https:// with the port. */
  readonly url: string
  readonly database: string
  readonly username?: string
  readonly password?: string
}

const CONNECT_TIMEOUT_MS = 10_000
const STATEMENT_TIMEOUT_MS = 60_000

/**
 * A connection that may write; it is opened with the first statement.
 *
 * Rejections are QuantErrors `source_query_failed`, whose message has the server's words and never the address.
 */
export function openPostgresStore(dsn: string): PostgresStore {
  const pool = new pg.Pool({ connectionString: dsn, max: 1, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  // A connection lost while idle is replaced by the next statement, which is where an error is of use.
  pool.on('error', () => undefined)
  return {
    query: (sql, parameters = []) =>
      explained('Postgres', async () => (await pool.query<Record<string, unknown>>(sql, [...parameters])).rows),
    close: () => pool.end(),
  }
}

/** The same for ClickHouse, over HTTP. */
export function openClickHouseStore({ url, database, username, password }: ClickHouseAddress): ClickHouseStore {
  const client = createClient({
    url,
    request_timeout: STATEMENT_TIMEOUT_MS,
    // What goes wrong is thrown; told twice it would be noise.
    log: { level: ClickHouseLogLevel.OFF },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  })
  return {
    command: (query, parameters) =>
      explained('ClickHouse', async () => void (await client.command({ query, query_params: { ...parameters } }))),
    query: (query, parameters) =>
      explained('ClickHouse', async () => {
        const answer = await client.query({ query, query_params: { ...parameters }, format: 'JSONEachRow' })
        return answer.json<Record<string, unknown>>()
      }),
    insert: (table, values) =>
      explained('ClickHouse', async () => {
        await client.insert({ table: `${database}.${table}`, values, format: 'JSONEachRow' })
      }),
    close: () => client.close(),
  }
}

async function explained<Result>(server: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause)
    throw new QuantError('source_query_failed', `the simulator could not use its ${server}: ${words}`, {
      cause,
      retryable: true,
    })
  }
}
