import { isLoopback, isSocket, type PostgresTls, SSL_MODES, type SslMode } from '../domain/connections.js'
import { readAuthority } from './certificate-authority.js'
import type { Dsn } from './dsn.js'
import { SSL_MODE } from './setting.js'
import type { ReadFile } from './setting-file.js'
import { shown } from './shown.js'

/** The settings beside a DSN that say how its host is connected to. */
export interface TlsSettings {
  /** The name of the DSN's own setting, for messages. */
  readonly dsn: string
  /** Settings that give the mode where the DSN does not, in order: name, and value as written. */
  readonly modes: readonly (readonly [string, string | undefined])[]
  /** The setting of the CA: name, and value as written. */
  readonly ca: readonly [string, string | undefined]
}

/**
 * How the connection to a DSN's host is protected: the DSN's `sslmode`, else the first of the settings' modes, else
 * `verify-full`, or on loopback nothing. On a socket there is no TLS, whatever the mode says, as in libpq.
 *
 * Nothing turns verification off but what is written. Problems are added, and undefined comes back.
 */
export function resolveTls(
  dsn: Dsn,
  settings: TlsSettings,
  readFile: ReadFile,
  problems: string[],
): PostgresTls | undefined {
  const mode = resolveMode(dsn, settings, problems)
  if (mode === undefined) return undefined
  if (mode === 'disable' || isSocket(dsn.host)) return { mode: 'disable' }
  const [caSetting, caWritten] = settings.ca
  const where = dsn.sslrootcert === undefined ? caSetting : `sslrootcert in ${settings.dsn}`
  const written = dsn.sslrootcert ?? caWritten
  if (written === undefined || written === '') {
    if (mode === 'require') return { mode, ca: undefined }
    problems.push(
      `sslmode ${mode} needs the CA of the database server: set ${caSetting} to its path or PEM text, or to system where a public authority signed the server's certificate (sslmode=disable in ${settings.dsn} goes without TLS)`,
    )
    return undefined
  }
  const ca = readAuthority(where, written, readFile, problems)
  if (ca?.kind === 'system' && mode !== 'verify-full') {
    problems.push(`${where} is system, where sslmode must be verify-full: a public authority signs for anybody`)
    return undefined
  }
  return ca === undefined ? undefined : { mode, ca }
}

function resolveMode(dsn: Dsn, settings: TlsSettings, problems: string[]): SslMode | undefined {
  const candidates = [[`sslmode in ${settings.dsn}`, dsn.sslmode] as const, ...settings.modes]
  for (const [where, written] of candidates) {
    if (written === undefined || written === '') continue
    const mode = SSL_MODES.find((known) => known === written)
    if (mode === undefined) problems.push(`${where} is ${shown(written)}; it must be ${SSL_MODE.allowed}`)
    return mode
  }
  return isLoopback(dsn.host) ? 'disable' : 'verify-full'
}
