import { type ConnectionOptions, checkServerIdentity, TLSSocket } from 'node:tls'
import pg from 'pg'
import type { PostgresConnection, PostgresTls, TlsState } from '../domain/connections.js'
import { tlsStateOf } from './tls-state.js'
import { trustedCertificates } from './trusted-certificates.js'

/**
 * The class of a pool's clients, whose TLS is as the connection says.
 *
 * TLS options are made by us and anew for every connection: node-postgres would otherwise make its own from the
 * connection string, and a CA that was read once goes stale when it is rotated. `caSetting` names what says where the CA
 * is, for errors.
 */
export function postgresClientOf(
  connection: PostgresConnection,
  caSetting: string,
): new (
  config?: pg.ClientConfig,
) => pg.Client {
  return class extends pg.Client {
    readonly #failure: Error | undefined

    constructor(config?: pg.ClientConfig) {
      const tls = tlsOptionsOrFailure(connection, caSetting)
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
}

function passwordOf({ password }: PostgresConnection): { readonly password?: string } {
  return password === undefined ? {} : { password }
}

function tlsOptionsOrFailure(connection: PostgresConnection, caSetting: string): false | ConnectionOptions | Error {
  try {
    return tlsOptions(connection, caSetting)
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

function tlsOptions({ host, tls }: PostgresConnection, caSetting: string): false | ConnectionOptions {
  if (tls.mode === 'disable') return false
  if (tls.mode === 'require' && tls.ca === undefined) return { rejectUnauthorized: false }
  const ca = tls.ca === undefined ? undefined : trustedCertificates(tls.ca, caSetting)
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
