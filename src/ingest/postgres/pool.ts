import pg from 'pg'
import { postgresClientOf } from '../../connections/postgres-client.js'
import type { PostgresConnection } from '../../domain/connections.js'
import { CA_SETTING } from './errors.js'

/** Upstream's reader role has four connections for everybody; we take two. */
const MAX_CONNECTIONS = 2
const TIMEOUT_MS = 5_000
/**
 * The server ends a statement that takes too long; of a server that does not answer any more nobody hears that, so our own
 * limit comes after it. Whatever else is waited for ends with it too, and no connection is held open idly for longer.
 */
const GIVEN_UP_AFTER = 2

/**
 * A pool of read-only sessions on the trading database.
 *
 * `timeoutMs` is how long connecting, and a statement, may take.
 */
export function openTorghutPool(
  connection: PostgresConnection,
  onIdleError: (error: Error) => void,
  timeoutMs = TIMEOUT_MS,
): pg.Pool {
  const pool = new pg.Pool({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    Client: postgresClientOf(connection, CA_SETTING),
    max: MAX_CONNECTIONS,
    types: { getTypeParser: parserOf },
    application_name: 'quant-exporter',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: GIVEN_UP_AFTER * timeoutMs,
    // Compiling a statement that reads a whole table takes longer than reading it, seconds where processors are few.
    options: `-c default_transaction_read_only=on -c jit=off -c statement_timeout=${timeoutMs} -c idle_in_transaction_session_timeout=${GIVEN_UP_AFTER * timeoutMs}`,
  })
  pool.on('error', onIdleError)
  // A connection that ends between two statements, or right after it was made, says so by an event, and an event that
  // nobody hears ends the process; the next statement fails, and that is told. The pool itself listens to idle ones only.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

const TIMESTAMPTZ = 1184

/** Times as their text: a Date would lose the microseconds, and cost more than the rest of a row. */
const parserOf: typeof pg.types.getTypeParser = (type: number, format?: 'text' | 'binary') =>
  type === TIMESTAMPTZ ? (text: string) => text : pg.types.getTypeParser(type, format)
