import type { ClickHouseConnection } from '../domain/connections.js'
import { readAuthority } from './certificate-authority.js'
import { SETTINGS } from './environment.js'
import type { EnvironmentReading } from './read-environment.js'
import type { ReadFile } from './setting-file.js'
import type { StoreConfig } from './store.js'

const KEY = 'QUANT_SERIES_CLICKHOUSE_URL'
const CA_KEY = 'QUANT_SERIES_CLICKHOUSE_CA_CERT'
const FORM =
  'write http(s)://USER:PASSWORD@HOST:PORT/DATABASE, where @ : / ? and % in user and password are percent-encoded'

/** Where series are kept: a ClickHouse, or the own Postgres. */
export type SeriesPlace =
  | {
      readonly kind: 'clickhouse'
      readonly connection: ClickHouseConnection
      /** Undefined: one server. */
      readonly cluster: string | undefined
    }
  | { readonly kind: 'postgres'; readonly store: StoreConfig; readonly keptDays: number }

/** Where series are kept, and how. */
export interface SeriesSettings {
  readonly place: SeriesPlace
  /** False: all samples stay, for as long as the database does. */
  readonly isThinned: boolean
  readonly samplingMs: number
  readonly queue: { readonly maxRows: number; readonly maxBytes: number }
  readonly spill: { readonly folder: string; readonly maxBytes: number } | undefined
}

/** Settings that say nothing without a ClickHouse of series. */
const NEED_CLICKHOUSE = ['seriesClickhouseCaCert', 'seriesClickhouseCluster'] as const

/** How long an insert or a read may take. */
const TIMEOUT_MS = 30_000

/** Undefined: there is no store at all, or something is wrong with it and stands in the problems. */
export function readSeries(
  reading: EnvironmentReading,
  store: StoreConfig | undefined,
  readFile: ReadFile,
  problems: string[],
): SeriesSettings | undefined {
  const { values } = reading
  problems.push(...idleSettings(reading))
  const place = readPlace(values, store, readFile, problems)
  if (place === undefined) return undefined
  const { seriesSpillFolder: folder, seriesSpillMaxBytes } = values
  return {
    place,
    isThinned: true,
    samplingMs: values.seriesSamplingMs,
    queue: { maxRows: values.seriesQueueMaxRows, maxBytes: values.seriesQueueMaxBytes },
    spill: folder === undefined ? undefined : { folder, maxBytes: seriesSpillMaxBytes },
  }
}

/** Whoever sets what needs something else believes that it counts. */
function idleSettings({ values, given, malformed }: EnvironmentReading): string[] {
  if (values.seriesClickhouseUrl !== undefined || malformed.has('seriesClickhouseUrl')) return []
  const idle = NEED_CLICKHOUSE.filter((name) => given.has(name)).map(
    (name) =>
      `${SETTINGS[name].key} is set but ${KEY} is not: set ${KEY} to the ClickHouse that holds series, or remove ${SETTINGS[name].key}`,
  )
  const needsStore = given.has('seriesSpillFolder') && values.storeDsn === undefined && !malformed.has('storeDsn')
  const spill = SETTINGS.seriesSpillFolder.key
  return needsStore
    ? [...idle, `${spill} is set but nothing is kept: set ${KEY} or QUANT_STORE_DSN, or remove ${spill}`]
    : idle
}

function readPlace(
  values: EnvironmentReading['values'],
  store: StoreConfig | undefined,
  readFile: ReadFile,
  problems: string[],
): SeriesPlace | undefined {
  const { seriesClickhouseUrl: written, seriesClickhouseCluster: cluster } = values
  if (written === undefined) return store && { kind: 'postgres', store, keptDays: values.seriesPostgresDays }
  const connection = readClickHouseOfSeries(written, values.seriesClickhouseCaCert, readFile, problems)
  return connection && { kind: 'clickhouse', connection, cluster }
}

function readClickHouseOfSeries(
  written: string,
  ca: string | undefined,
  readFile: ReadFile,
  problems: string[],
): ClickHouseConnection | undefined {
  const place = parseUrl(written)
  if (typeof place === 'string') {
    problems.push(`${KEY} is malformed (its value is not shown): ${place}; ${FORM}`)
    return undefined
  }
  const { isSecure, ...connection } = place
  if (!isSecure && ca !== undefined)
    problems.push(`${CA_KEY} is set but ${KEY} begins with http:, which is not protected; write https:`)
  return {
    ...connection,
    ca: isSecure ? readAuthority(CA_KEY, ca ?? 'system', readFile, problems) : undefined,
    timeoutMs: TIMEOUT_MS,
  }
}

/** The parts of the URL, or what is wrong with it, in words that hold nothing of it. */
function parseUrl(
  text: string,
): (Pick<ClickHouseConnection, 'url' | 'database' | 'user' | 'password'> & { isSecure: boolean }) | string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url === undefined) return 'it is no URL'
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'it must begin with http:// or https://'
  if (url.search !== '' || url.hash !== '') return 'it has parameters; there are none'
  const isSecure = url.protocol === 'https:'
  const port = url.port === '' ? (isSecure ? 8443 : 8123) : Number(url.port)
  try {
    const database = decodeURIComponent(url.pathname.slice(1))
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(database))
      return 'the database behind the last slash must be a name of letters, digits and _'
    const password = decodeURIComponent(url.password)
    return {
      url: `${url.protocol}//${url.hostname}:${port}`,
      database,
      user: decodeURIComponent(url.username) || 'default',
      password: password === '' ? undefined : password,
      isSecure,
    }
  } catch (error) {
    if (error instanceof URIError) return 'it holds a % that begins no percent-encoding; write % as %25'
    throw error
  }
}
