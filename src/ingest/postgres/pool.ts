import { type ConnectionOptions, checkServerIdentity, TLSSocket } from 'node:tls'
import pg from 'pg'
import type { PostgresConnection, PostgresTls, TlsState } from '../../domain/connections.js'
import { tlsStateOf } from '../tls/state.js'
import { trustedCertificates } from '../tls/trusted.js'
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
 * TLS options are made by us and anew for every connection: node-postgres would otherwise make its own from the
 * connection string, and a CA that was read once goes stale when it is rotated.
 *
 * `timeoutMs` is how long connecting, and a statement, may take.
 */
export function openTorghutPool(
  connection: PostgresConnection,
  onIdleError: (error: Error) => void,
  timeoutMs = TIMEOUT_MS,
): pg.Pool {
  class TorghutClient extends pg.Client {
    readonly #failure: Error | undefined

    constructor(config?: pg.ClientConfig) {
      const tls = tlsOptionsOrFailure(connection)
      // The pool hides the password from whoever lists its options, and so from the copy made here.
      super({ ...config, ...passwordOf(connection), ssl: tls instanceof Error ? false : tls })
      this.#failure = tls instanceof Error ? tls : undefined
    }

    /**
     * A failure is told here and not in the constructor: what that throws is nobody's when the pool opens a connection by
     * itself. And its socket is closed, which the driver leaves open when it is itself that gives up at the password.
     */
    override connect(): Promise<pg.Client>
    override connect(callback: (error: Error) => void): void
    override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
      if (callback === undefined)
        return new Promise((resolve, reject) => this.connect((error) => (error ? reject(error) : resolve(this))))
      if (this.#failure !== undefined) process.nextTick(callback, this.#failure)
      else
        super.connect((error: Error) => {
          // The type does not say it, but without a failure there is no error.
          if (error) this.connection.stream.destroy()
          callback(error)
        })
      return undefined
    }
  }
  const pool = new pg.Pool({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    Client: TorghutClient,
    max: MAX_CONNECTIONS,
    types: { getTypeParser: parserOf },
    application_name: 'quant-exporter',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: GIVEN_UP_AFTER * timeoutMs,
    // Compiling a statement that reads a whole table takes longer than reading it, seconds where processors are few.
    options: `-c default_transaction_read_only=on -c jit=off -c statement_timeout=${timeoutMs} -c idle_in_transaction_session_timeout=${GIVEN_UP_AFTER * timeoutMs}`,
  })
  pool.on('error', onIdleError)
  return pool
}

function passwordOf({ password }: PostgresConnection): { readonly password?: string } {
  return password === undefined ? {} : { password }
}

const TIMESTAMPTZ = 1184

/** Times as their text: a Date would lose the microseconds, and cost more than the rest of a row. */
const parserOf: typeof pg.types.getTypeParser = (type: number, format?: 'text' | 'binary') =>
  type === TIMESTAMPTZ ? (text: string) => text : pg.types.getTypeParser(type, format)

function tlsOptionsOrFailure(connection: PostgresConnection): false | ConnectionOptions | Error {
  try {
    return tlsOptions(connection)
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

function tlsOptions({ host, tls }: PostgresConnection): false | ConnectionOptions {
  if (tls.mode === 'disable') return false
  if (tls.mode === 'require' && tls.ca === undefined) return { rejectUnauthorized: false }
  const ca = tls.ca === undefined ? undefined : trustedCertificates(tls.ca, CA_SETTING)
  const trusted = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) }
  if (tls.mode !== 'verify-full') return { ...trusted, checkServerIdentity: () => undefined }
  // Against the host that was asked for: where that is an address, Node would compare with `localhost`.
  return { ...trusted, checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate) }
}

/** How a connection of the pool is protected; undefined: by nothing. */
export function tlsOf(client: pg.ClientBase, { tls }: PostgresConnection): TlsState | undefined {
  const stream = client instanceof pg.Client ? client.connection.stream : undefined
  return stream instanceof TLSSocket ? tlsStateOf(stream, verifiedBy(tls)) : undefined
}

function verifiedBy(tls: PostgresTls): TlsState['verified'] {
  if (tls.mode === 'verify-full') return 'chain and host name'
  return tls.mode === 'disable' || tls.ca === undefined ? 'nothing' : 'chain'
}
