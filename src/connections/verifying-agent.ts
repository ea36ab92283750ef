import https from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { CertificateAuthority, TlsState } from '../domain/connections.js'
import { tlsStateOf } from './tls-state.js'
import { trustedCertificates } from './trusted-certificates.js'

type CreateConnection = https.Agent['createConnection']

/**
 * Connections that are verified against the CA as it is when each is opened: the client's own options keep the CA that
 * was read at the start. Sessions are not resumed, because a resumed one is not verified again.
 */
export class VerifyingAgent extends https.Agent {
  readonly #ca: CertificateAuthority
  readonly #caSetting: string
  #newest: TLSSocket | undefined

  /** `caSetting` names what says where the CA is, for errors. */
  constructor(ca: CertificateAuthority, caSetting: string) {
    // Said although it is the default: a variable of Node's own may turn the default off.
    super({ keepAlive: true, maxCachedSessions: 0, rejectUnauthorized: true })
    this.#ca = ca
    this.#caSetting = caSetting
  }

  override createConnection(...[options, callback]: Parameters<CreateConnection>): Duplex | null | undefined {
    try {
      const socket = super.createConnection(
        { ...options, ca: trustedCertificates(this.#ca, this.#caSetting) },
        callback,
      )
      if (socket instanceof TLSSocket) this.#newest = socket
      return socket
    } catch (error) {
      if (!(error instanceof Error) || callback === undefined) throw error
      // Whoever waits for the socket is told; the type wants one all the same.
      callback(error, new Socket())
      return undefined
    }
  }

  /** How the newest connection is protected; undefined before there is one. */
  get tls(): TlsState | undefined {
    return this.#newest === undefined ? undefined : tlsStateOf(this.#newest, 'chain and host name')
  }
}
