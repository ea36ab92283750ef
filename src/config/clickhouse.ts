import type { CertificateAuthority, ClickHouseConnection } from '../domain/connections.js'
import { readAuthority } from './certificate-authority.js'
import { SETTINGS } from './environment.js'
import type { EnvironmentReading } from './read-environment.js'
import type { ReadFile } from './setting-file.js'

/** Settings that say nothing without a host; CH_DATABASE and the like may be shared with other programs. */
const NEED_HOST = [
  'clickhousePort',
  'clickhousePassword',
  'clickhousePasswordFile',
  'clickhouseSecure',
  'clickhouseCaCert',
] as const

/** Where the bars are, or undefined: it is not set, or something is wrong with it and stands in the problems. */
export function readClickHouse(
  { values, given, malformed }: EnvironmentReading,
  readFile: ReadFile,
  problems: string[],
): ClickHouseConnection | undefined {
  const host = values.clickhouseHost
  if (host === undefined) {
    const idle = NEED_HOST.filter((name) => given.has(name)).map((name) => SETTINGS[name].key)
    if (idle.length > 0 && !malformed.has('clickhouseHost')) {
      problems.push(
        `${idle.join(' and ')} ${idle.length === 1 ? 'is' : 'are'} set but CH_HOST is not: set CH_HOST to the ClickHouse server, or remove ${idle.length === 1 ? 'it' : 'them'} to do without bars`,
      )
    }
    return undefined
  }
  const isSecure = values.clickhouseSecure
  const port = values.clickhousePort ?? (isSecure ? 8443 : 8123)
  return {
    url: `${isSecure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    database: values.clickhouseDatabase,
    user: values.clickhouseUser,
    password: values.clickhousePassword,
    ca: readCa(isSecure, values.clickhouseCaCert, readFile, problems),
    timeoutMs: values.clickhouseTimeoutMs,
  }
}

/** Somebody who names a CA believes that the connection is protected. */
function readCa(
  isSecure: boolean,
  written: string | undefined,
  readFile: ReadFile,
  problems: string[],
): CertificateAuthority | undefined {
  if (isSecure) return readAuthority('CH_CA_CERT', written ?? 'system', readFile, problems)
  if (written !== undefined)
    problems.push(
      'CH_CA_CERT is set but CH_SECURE is not true: set CH_SECURE=true to speak HTTPS, or remove CH_CA_CERT to go without TLS',
    )
  return undefined
}
