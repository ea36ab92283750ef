import pg from 'pg'
import { postgresClientOf } from '../../connections/postgres-client.js'
import type { PostgresConnection } from '../../domain/connections.js'
import { CA_SETTING } from './errors.js'

/** The schema that holds everything of ours. */
export const SCHEMA = 'quant'

export interface StoreClientOptions {
  readonly connection: PostgresConnection
  /** How long connecting, and a statement, may take. */
  readonly timeoutMs: number
}

/** What the API reads with; the writer has a session of its own. */
const READERS = 2
/** Our own limit comes after the server's, which ends the statement there as well. */
const GIVEN_UP_AFTER = 2

/** A pool of sessions on the own store, for reading and for migrations. */
export function openStorePool(
  options: StoreClientOptions,
  onIdleError: (error: Error) => void,
  max: number = READERS,
): pg.Pool {
  const pool = new pg.Pool({
    ...settingsOf(options, 'quant-exporter store'),
    Client: postgresClientOf(options.connection, CA_SETTING),
    max,
  })
  pool.on('error', onIdleError)
  // A connection that ends between two statements of a transaction says so by an event, and an event that nobody hears ends
  // the process; the next statement fails, and that is told. The pool itself listens to idle connections only.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** How long the writer's session may say nothing before the server ends it, and somebody else may write. */
const SILENCE_MS = 3_500

/**
 * The session of a writer, not connected yet. The server ends it when it falls silent, whether the process hangs or its
 * machine is gone, so that what the session holds is free again soon.
 */
export function createWriterClient(options: StoreClientOptions): pg.Client {
  const settings = settingsOf(options, 'quant-exporter writer')
  const Client = postgresClientOf(options.connection, CA_SETTING)
  return new Client({
    ...settings,
    options: `${settings.options} -c idle_session_timeout=${SILENCE_MS} -c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 -c tcp_user_timeout=${SILENCE_MS}`,
  })
}

function settingsOf({ connection, timeoutMs }: StoreClientOptions, applicationName: string) {
  const { host, port, database, user } = connection
  return {
    ...{ host, port, database, user },
    application_name: applicationName,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: GIVEN_UP_AFTER * timeoutMs,
    options: `-c statement_timeout=${timeoutMs} -c idle_in_transaction_session_timeout=${GIVEN_UP_AFTER * timeoutMs}`,
  }
}
