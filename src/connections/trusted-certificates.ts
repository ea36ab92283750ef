import { readFileSync } from 'node:fs'
import type { CertificateAuthority } from '../domain/connections.js'
import { QuantError } from '../domain/errors.js'
import { certificatesOf } from '../lib/certificates.js'

/**
 * The certificates to trust, as PEM; undefined for the public authorities that the runtime knows.
 *
 * Called anew for every connection, so that a rotated file counts from the next one on. `setting` names what says where
 * the file is. Throws QuantError `source_tls_failed` when the file is not there any more, or holds no certificate (a
 * rotation may be half way): there is then no connection, never one that trusts somebody else.
 */
export function trustedCertificates(ca: CertificateAuthority, setting: string): string | undefined {
  if (ca.kind === 'system') return undefined
  if (ca.kind === 'pem') return ca.pem
  const pem = readFile(ca.path, setting)
  if (certificatesOf(pem).length > 0) return pem
  throw new QuantError('source_tls_failed', `the file that ${setting} names holds no readable certificate any more`, {
    retryable: true,
  })
}

function readFile(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new QuantError('source_tls_failed', `the file that ${setting} names cannot be read any more`, {
      cause: error,
      retryable: true,
    })
  }
}
