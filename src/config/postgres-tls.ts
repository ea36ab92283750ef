import { isLoopback, isSocket, type PostgresTls, SSL_MODES, type SslMode } from '../domain/connections.js'
import { readAuthority } from './certificate-authority.js'
import type { Dsn } from './dsn.js'
import type { SettingValues } from './environment.js'
import { SSL_MODE } from './setting.js'
import type { ReadFile } from './setting-file.js'
import { shown } from './shown.js'

type TlsValues = Pick<SettingValues, 'torghutSslMode' | 'pgSslMode' | 'torghutCaCert'>

/**
 * How the connection to a DSN's host is protected: the DSN's `sslmode`, else TORGHUT_DB_SSLMODE, else PGSSLMODE, else
 * `verify-full`, or on loopback nothing. On a socket there is no TLS, whatever the mode says, as in libpq.
 *
 * Nothing turns verification off but what is written. Problems are added, and undefined comes back.
 */
export function resolveTls(
  dsn: Dsn,
  values: TlsValues,
  readFile: ReadFile,
  problems: string[],
): PostgresTls | undefined {
  const mode = resolveMode(dsn, values, problems)
  if (mode === undefined) return undefined
  if (mode === 'disable' || isSocket(dsn.host)) return { mode: 'disable' }
  const where = dsn.sslrootcert === undefined ? 'TORGHUT_DB_CA_CERT' : 'sslrootcert in TORGHUT_DB_DSN'
  const written = dsn.sslrootcert ?? values.torghutCaCert
  if (written === undefined || written === '') {
    if (mode === 'require') return { mode, ca: undefined }
    problems.push(
      `sslmode ${mode} needs the CA of the database server: set TORGHUT_DB_CA_CERT to its path or PEM text, or to system where a public authority signed the server's certificate (sslmode=disable in TORGHUT_DB_DSN goes without TLS)`,
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

function resolveMode(dsn: Dsn, values: TlsValues, problems: string[]): SslMode | undefined {
  const candidates = [
    ['sslmode in TORGHUT_DB_DSN', dsn.sslmode],
    ['TORGHUT_DB_SSLMODE', values.torghutSslMode],
    ['PGSSLMODE', values.pgSslMode],
  ] as const
  for (const [where, written] of candidates) {
    if (written === undefined || written === '') continue
    const mode = SSL_MODES.find((known) => known === written)
    if (mode === undefined) problems.push(`${where} is ${shown(written)}; it must be ${SSL_MODE.allowed}`)
    return mode
  }
  return isLoopback(dsn.host) ? 'disable' : 'verify-full'
}
