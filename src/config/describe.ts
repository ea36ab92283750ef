import {
  type CertificateAuthority,
  isSocket,
  type ListenAddress,
  type PostgresConnection,
} from '../domain/connections.js'
import type { Config } from './config.js'
import { type SettingName, settingEntries } from './environment.js'
import { SECRETS_IN_FILES } from './secret-files.js'
import { withoutCredentials } from './shown.js'
import { writtenLeaves } from './written-leaves.js'

/** One line of `quant-exporter config`. */
export interface DescribedSetting {
  /** A variable, or the place of a key in QUANT_CONFIG. */
  readonly key: string
  /** Undefined: it is not set and has no default. A secret is masked. */
  readonly value: string | undefined
  readonly source: 'default' | 'environment' | 'file'
  readonly isSecret: boolean
}

const MASK = '***'

/** The effective configuration: every variable in the order of the documentation, then the keys of QUANT_CONFIG. */
export function describeConfig(config: Config): DescribedSetting[] {
  const variables = settingEntries().map(([name, { key, fallback, isSecret }]): DescribedSetting => {
    const given = config.given.get(name)
    const special = SPECIAL[name]?.(config) ?? (isInFile(name, config) ? MASK : undefined)
    const value = special ?? (given === undefined ? fallback : withoutCredentials(given))
    return { key, value, source: sourceOf(name, config), isSecret }
  })
  const keys = writtenLeaves(config.file.written).map(
    ([key, value]): DescribedSetting => ({ key, value, source: 'file', isSecret: false }),
  )
  return [...variables, ...keys]
}

/** How messages name the configured sources and whom they trust: nothing in it is secret. */
export function describeSettings({ torghut, clickhouse }: Config): {
  readonly torghutDsn: string
  readonly torghutCa: string
  readonly clickhouseCa: string
} {
  return {
    torghutDsn: torghut === undefined ? '' : maskedDsn(torghut),
    torghutCa: torghut === undefined || torghut.tls.mode === 'disable' ? '' : authorityText(torghut.tls.ca),
    clickhouseCa: authorityText(clickhouse?.ca),
  }
}

function authorityText(ca: CertificateAuthority | undefined): string {
  if (ca === undefined) return ''
  if (ca.kind === 'file') return `the CA in ${ca.path}`
  return ca.kind === 'pem' ? 'the CA given as PEM text' : 'the public authorities'
}

/** Values that are not simply what was written, or the default of the table. */
const SPECIAL: Partial<Record<SettingName, (config: Config) => string | undefined>> = {
  logFormat: ({ log }) => log.format,
  torghutDsn: ({ torghut }) => (torghut === undefined ? undefined : maskedDsn(torghut)),
  torghutCaCert: ({ given }) => maskedPem(given.get('torghutCaCert')),
  clickhouseCaCert: ({ clickhouse, given }) =>
    maskedPem(given.get('clickhouseCaCert')) ?? (clickhouse?.ca?.kind === 'system' ? 'system' : undefined),
  clickhousePort: ({ clickhouse }) => (clickhouse === undefined ? undefined : portOf(clickhouse.url)),
  metricsListen: ({ metricsListen }) => formatAddress(metricsListen),
}

function maskedPem(written: string | undefined): string | undefined {
  return written?.includes('-----BEGIN') ? 'PEM text' : undefined
}

function sourceOf(name: SettingName, config: Config): DescribedSetting['source'] {
  if (config.given.has(name)) return 'environment'
  return isInFile(name, config) ? 'file' : 'default'
}

/** Whether a secret stands in a file that another setting names. */
function isInFile(name: SettingName, { given }: Config): boolean {
  return SECRETS_IN_FILES.some(([inline, inFile]) => inline === name && given.has(inFile))
}

/** The connection as a URL that can be shown, with the mode that is in force. */
function maskedDsn({ host, port, database, user, password, tls }: PostgresConnection): string {
  const credentials = `${encodeURIComponent(user)}${password === undefined ? '' : `:${MASK}`}`
  const place = isSocket(host) ? encodeURIComponent(host) : host.includes(':') ? `[${host}]` : host
  return `postgresql://${credentials}@${place}:${port}/${encodeURIComponent(database)}?sslmode=${tls.mode}`
}

function formatAddress({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Not by URL, which leaves out the default port of a scheme. */
function portOf(url: string): string {
  return url.slice(url.lastIndexOf(':') + 1)
}
