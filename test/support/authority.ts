import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server's certificate with its key, both PEM. */
export interface IssuedCertificate {
  readonly certificate: string
  readonly key: string
}

export interface Authority {
  /** Its own certificate: the CA to trust. */
  readonly pem: string
  /** A certificate for names such as `DNS:localhost` and `IP:127.0.0.1`; a negative number of days has passed already. */
  issue(names: readonly string[], days?: number): IssuedCertificate
}

/** A private certificate authority, made with openssl as an operator would. */
export function createAuthority(name: string): Authority {
  return inFolder((folder) => {
    const [ca, caKey] = [join(folder, 'ca.crt'), join(folder, 'ca.key')]
    openssl(
      ...['req', '-x509', ...EC_KEY, '-days', '3650', '-subj', `/CN=${name}`, '-keyout', caKey, '-out', ca],
      ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
    )
    const [pem, keyPem] = [read(ca), read(caKey)]
    return { pem, issue: (names, days = 30) => issue({ certificate: pem, key: keyPem }, names, days) }
  })
}

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

function issue(authority: IssuedCertificate, names: readonly string[], days: number): IssuedCertificate {
  return inFolder((folder) => {
    const path = (file: string) => join(folder, file)
    for (const [file, text] of [
      ['ca.crt', authority.certificate],
      ['ca.key', authority.key],
    ] as const)
      writeFileSync(path(file), text)
    openssl(
      ...['req', ...EC_KEY, '-subj', '/CN=torghut-db', '-addext', `subjectAltName=${names.join(',')}`],
      ...['-keyout', path('server.key'), '-out', path('server.csr')],
    )
    openssl(
      ...['x509', '-req', '-in', path('server.csr'), '-CA', path('ca.crt'), '-CAkey', path('ca.key')],
      ...['-CAcreateserial', '-copy_extensions', 'copy', '-days', String(days), '-out', path('server.crt')],
    )
    return { certificate: read(path('server.crt')), key: read(path('server.key')) }
  })
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' })
}

function read(path: string): string {
  return readFileSync(path, 'utf8')
}

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'quant-authority-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
