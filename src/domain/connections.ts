import type { EpochMs } from './time.js'

/** How a connection to Postgres is protected; `prefer` and `allow` are not here because they may end up unprotected. */
export const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof SSL_MODES)[number]

/** Whom to trust. A file is read anew at every connection, so that a rotated one counts from the next on. */
export type CertificateAuthority =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'pem'; readonly pem: string }
  /** The public authorities that the runtime knows. */
  | { readonly kind: 'system' }

/**
 * `require` encrypts, and verifies the chain when it has a CA; `verify-ca` verifies the chain, `verify-full` the host
 * name as well.
 */
export type PostgresTls =
  | { readonly mode: 'disable' }
  | { readonly mode: 'require'; readonly ca: CertificateAuthority | undefined }
  | { readonly mode: 'verify-ca' | 'verify-full'; readonly ca: CertificateAuthority }

export interface PostgresConnection {
  /** A host name, an address, or the absolute path of the folder that holds the server's socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string | undefined
  readonly tls: PostgresTls
}

export interface ClickHouseConnection {
  /** Scheme, host and port; no credentials. */
  readonly url: string
  readonly database: string
  readonly user: string
  readonly password: string | undefined
  /** Whom to trust for the server's certificate and host name, which are always verified; undefined: no TLS. */
  readonly ca: CertificateAuthority | undefined
  readonly timeoutMs: number
}

/** How a connection that is open is protected, as this end of it sees it. */
export interface TlsState {
  /** Such as `TLSv1.3`. */
  readonly version: string
  readonly cipher: string
  /** What was verified of the server's certificate. */
  readonly verified: 'nothing' | 'chain' | 'chain and host name'
  /** Common name of the server's certificate, and of who signed it. */
  readonly subject: string
  readonly issuer: string
  /** When the server's certificate expires. */
  readonly validTo: EpochMs
}

/** A host and a port to listen on; port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Whether a name or address can only mean this machine. What it cannot tell is not loopback, the safe answer. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Whether a Postgres host is a folder with a socket, which no network and so no TLS lies behind. */
export function isSocket(host: string): boolean {
  return host.startsWith('/')
}
