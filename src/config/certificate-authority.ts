import type { CertificateAuthority } from '../domain/connections.js'
import { certificatesOf } from '../lib/certificates.js'
import { type ReadFile, readSettingFile } from './setting-file.js'

/**
 * Whom a setting tells to trust: `system`, PEM text, or a path. A file is looked into once, so that a wrong path is told
 * at the start and not at the first connection. `where` names the setting in the problems, which the text never enters.
 */
export function readAuthority(
  where: string,
  written: string,
  readFile: ReadFile,
  problems: string[],
): CertificateAuthority | undefined {
  if (written === 'system') return { kind: 'system' }
  const isPem = written.includes('-----BEGIN')
  // In an environment file the ends of lines are often written as \n.
  const pem = isPem ? written.replaceAll('\\n', '\n') : readSettingFile(where, written, readFile, problems)
  if (pem === undefined) return undefined
  if (certificatesOf(pem).length === 0) {
    const what = isPem ? 'is PEM text' : 'names a file'
    problems.push(`${where} ${what} without a readable certificate; it must hold BEGIN CERTIFICATE … END CERTIFICATE`)
    return undefined
  }
  return isPem ? { kind: 'pem', pem } : { kind: 'file', path: written }
}
