import { LOG_FORMATS, LOG_LEVELS } from '../lib/logger.js'
import { limitVariable } from './limit-variable.js'
import {
  clusterName,
  divisorOfMinute,
  flag,
  host,
  listenAddress,
  oneOf,
  optionalSetting,
  originList,
  type Setting,
  SSL_MODE,
  setting,
  shard,
  text,
  token,
  tokenList,
  wholeNumber,
} from './setting.js'

/**
 * Every environment variable that the code reads, and no other: what stands here is parsed, documented and printed by
 * `quant-exporter config`; a variable of ours that does not stand here is refused.
 */
export const SETTINGS = {
  controlPlaneEnabled: setting({
    key: 'JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED',
    section: 'Process',
    description:
      'The main switch. While it is off nothing is read or computed: probes say ready, the API says disabled, and the metrics are those of the process alone. `demo` turns it on.',
    fallback: 'false',
    format: flag,
  }),
  configFile: optionalSetting({
    key: 'QUANT_CONFIG',
    section: 'Process',
    description: 'Path of the YAML file for what does not fit into a variable; its keys stand below.',
    format: text('the path of a readable YAML file', '/etc/quant-exporter/quant-config.yaml'),
  }),
  revision: setting({
    key: 'QUANT_REVISION',
    section: 'Process',
    description:
      'Revision of the source that the program was built from, shown in quant_exporter_build_info; an image sets it.',
    fallback: 'unknown',
    format: text('the name of a revision', 'f00dfeed'),
  }),
  shard: setting({
    key: 'QUANT_SHARD',
    section: 'Process',
    description:
      'Which of how many processes this is, i/n with i from 0: each works out and publishes its own books alone. All of them read everything, with one configuration and one store.',
    fallback: '0/1',
    format: shard,
  }),
  shardPeers: optionalSetting({
    key: 'QUANT_SHARD_PEERS',
    section: 'Process',
    description:
      'Where the APIs of all n shards are, so that each of them answers for any book: n base URLs in the order of the shards with commas between them, or one with `{shard}` where the index stands. Without it a question for a book of another shard is answered with 421 and the name of that shard.',
    fallbackNote: 'none',
    format: text(
      'base URLs of all shards with commas between them, or one with {shard} in it',
      'http://quant-exporter-{shard}.quant-exporter-shards:9464',
    ),
  }),
  logLevel: setting({
    key: 'QUANT_LOG_LEVEL',
    section: 'Process',
    description: 'The least important lines that are written.',
    fallback: 'info',
    format: oneOf(LOG_LEVELS, 'debug'),
  }),
  logFormat: optionalSetting({
    key: 'QUANT_LOG_FORMAT',
    section: 'Process',
    description: 'JSON lines for machines, or lines for people.',
    fallbackNote: '`json`; `pretty` on a terminal',
    format: oneOf(LOG_FORMATS, 'json'),
  }),

  torghutDsn: optionalSetting({
    key: 'TORGHUT_DB_DSN',
    section: 'Trading database',
    description: 'Where the trading database is. Needed while the main switch is on; only read from.',
    isSecret: true,
    format: text('postgresql://USER:PASSWORD@HOST:PORT/DATABASE', 'postgresql://reader:…@db.example.internal/torghut'),
  }),
  torghutDsnFile: optionalSetting({
    key: 'TORGHUT_DB_DSN_FILE',
    section: 'Trading database',
    description: 'A file that holds the DSN and nothing else, instead of TORGHUT_DB_DSN; read at the start.',
    format: text('the path of a readable file', '/run/secrets/torghut-db/uri'),
  }),
  torghutSslMode: optionalSetting({
    key: 'TORGHUT_DB_SSLMODE',
    section: 'Trading database',
    description: 'How the connection is protected, unless the DSN says so itself.',
    fallbackNote: '`verify-full`; `disable` on loopback',
    format: SSL_MODE,
  }),
  pgSslMode: optionalSetting({
    key: 'PGSSLMODE',
    section: 'Trading database',
    description: 'The same, where neither the DSN nor TORGHUT_DB_SSLMODE says it; read only then.',
    // Shared with other programs: what it holds is judged only where it decides.
    format: text(SSL_MODE.allowed, 'verify-full'),
  }),
  torghutCaCert: optionalSetting({
    key: 'TORGHUT_DB_CA_CERT',
    section: 'Trading database',
    description:
      'The CA of the server: a path, read anew at every connection, so that a rotated file counts at once; or the PEM text itself; or `system` for the public authorities. `sslrootcert` in the DSN goes before it.',
    format: text('the path of a PEM file, PEM text, or system', '/etc/torghut-db-ca/ca.crt'),
  }),
  torghutTimeoutMs: setting({
    key: 'TORGHUT_DB_TIMEOUT_MS',
    section: 'Trading database',
    description:
      'How long connecting, and a statement, may take: the server ends it then. One that does not answer at all is given up after twice as long.',
    unit: 'ms',
    fallback: '5000',
    format: wholeNumber(100, 300_000, 5000),
  }),

  clickhouseHost: optionalSetting({
    key: 'CH_HOST',
    section: 'ClickHouse',
    description:
      'Where the bars are. Without it there are no market prices and positions are marked by what else is known.',
    format: host,
  }),
  clickhousePort: optionalSetting({
    key: 'CH_PORT',
    section: 'ClickHouse',
    description: 'The port of the HTTP interface.',
    fallbackNote: '`8123`; `8443` with CH_SECURE',
    format: wholeNumber(1, 65_535, 8123),
  }),
  clickhouseDatabase: setting({
    key: 'CH_DATABASE',
    section: 'ClickHouse',
    description: 'The database that holds the bars.',
    fallback: 'torghut',
    format: text('the name of a database', 'torghut'),
  }),
  clickhouseUser: setting({
    key: 'CH_USER',
    section: 'ClickHouse',
    description: 'Who reads; a user with readonly=1 suffices.',
    fallback: 'default',
    format: text('the name of a user', 'reader'),
  }),
  clickhousePassword: optionalSetting({
    key: 'CH_PASSWORD',
    section: 'ClickHouse',
    description: "The user's password.",
    isSecret: true,
    format: text('a password', '…'),
  }),
  clickhousePasswordFile: optionalSetting({
    key: 'CH_PASSWORD_FILE',
    section: 'ClickHouse',
    description: 'A file that holds the password, instead of CH_PASSWORD.',
    format: text('the path of a readable file', '/run/secrets/clickhouse-password'),
  }),
  clickhouseSecure: setting({
    key: 'CH_SECURE',
    section: 'ClickHouse',
    description: 'Whether to speak HTTPS. The certificate and its host name are then always verified.',
    fallback: 'false',
    format: flag,
  }),
  clickhouseCaCert: optionalSetting({
    key: 'CH_CA_CERT',
    section: 'ClickHouse',
    description:
      'The CA of the server, with CH_SECURE: a path, read anew at every connection, so that a rotated file counts at once; or the PEM text itself; or `system` for the public authorities.',
    fallbackNote: '`system`',
    format: text('the path of a PEM file, PEM text, or system', '/etc/clickhouse-ca/ca.crt'),
  }),
  clickhouseTimeoutMs: setting({
    key: 'CH_TIMEOUT_MS',
    section: 'ClickHouse',
    description: 'How long a statement may take.',
    unit: 'ms',
    fallback: '10000',
    format: wholeNumber(100, 300_000, 10_000),
  }),

  storeDsn: optionalSetting({
    key: 'QUANT_STORE_DSN',
    section: 'Stores',
    description:
      'A Postgres database for what the exporter keeps, in a schema `quant` of its own; never Torghut’s tables. Unset: nothing is kept. `demo`: its embedded database.',
    isSecret: true,
    format: text('postgresql://USER:PASSWORD@HOST:PORT/DATABASE', 'postgresql://quant:…@db.example.internal/quant'),
  }),
  storeDsnFile: optionalSetting({
    key: 'QUANT_STORE_DSN_FILE',
    section: 'Stores',
    description: 'A file that holds the DSN and nothing else, instead of QUANT_STORE_DSN; read at the start.',
    format: text('the path of a readable file', '/run/secrets/quant-store/uri'),
  }),
  storeCaCert: optionalSetting({
    key: 'QUANT_STORE_CA_CERT',
    section: 'Stores',
    description:
      'The CA of the store’s server: a path, read anew at every connection; or the PEM text itself; or `system`. `sslrootcert` in the DSN goes before it.',
    format: text('the path of a PEM file, PEM text, or system', '/etc/quant-store-ca/ca.crt'),
  }),
  storeTimeoutMs: setting({
    key: 'QUANT_STORE_TIMEOUT_MS',
    section: 'Stores',
    description: 'How long connecting to the store, and a statement there, may take.',
    unit: 'ms',
    fallback: '5000',
    format: wholeNumber(100, 300_000, 5000),
  }),
  storeMigrate: setting({
    key: 'QUANT_STORE_MIGRATE',
    section: 'Stores',
    description:
      'Whether a start brings the schema of the store up to date by itself; else `quant-exporter migrate` does, as a role that may.',
    fallback: 'true',
    format: flag,
  }),
  latestSamplingMs: setting({
    key: 'JANGAR_TORGHUT_QUANT_LATEST_SAMPLING_MS',
    section: 'Stores',
    description: 'How often what has changed of the newest values is written to the store.',
    unit: 'ms',
    fallback: '10000',
    format: wholeNumber(1000, 600_000, 10_000),
  }),
  seriesClickhouseUrl: optionalSetting({
    key: 'QUANT_SERIES_CLICKHOUSE_URL',
    section: 'Stores',
    description:
      'Where series are kept: the HTTP interface of a ClickHouse and a database of our own, which is made where the user may do that. Never the database of the bars. User and password are percent-encoded. Unset: in QUANT_STORE_DSN, for some days.',
    isSecret: true,
    format: text(
      'http(s)://USER:PASSWORD@HOST:PORT/DATABASE',
      'https://quant:…@clickhouse.example.internal:8443/quant',
    ),
  }),
  seriesClickhouseUrlFile: optionalSetting({
    key: 'QUANT_SERIES_CLICKHOUSE_URL_FILE',
    section: 'Stores',
    description:
      'A file that holds the URL and nothing else, instead of QUANT_SERIES_CLICKHOUSE_URL; read at the start.',
    format: text('the path of a readable file', '/run/secrets/quant-series/url'),
  }),
  seriesClickhouseCaCert: optionalSetting({
    key: 'QUANT_SERIES_CLICKHOUSE_CA_CERT',
    section: 'Stores',
    description:
      'The CA of that server, with https: a path, read anew at every connection; or the PEM text itself; or `system`. Certificate and host name are always verified.',
    fallbackNote: '`system`',
    format: text('the path of a PEM file, PEM text, or system', '/etc/clickhouse-ca/ca.crt'),
  }),
  seriesClickhouseCluster: optionalSetting({
    key: 'QUANT_SERIES_CLICKHOUSE_CLUSTER',
    section: 'Stores',
    description:
      'The cluster over which the table of series is replicated and spread by book; unset: one server. See docs/series.md.',
    format: clusterName,
  }),
  seriesSamplingMs: setting({
    key: 'QUANT_SERIES_SAMPLING_MS',
    section: 'Stores',
    description: 'How often values are looked at for series, at whole multiples in Unix time; it divides a minute.',
    unit: 'ms',
    fallback: '10000',
    format: divisorOfMinute,
  }),
  seriesPostgresDays: setting({
    key: 'QUANT_SERIES_POSTGRES_DAYS',
    section: 'Stores',
    description:
      'How many days of series are kept in QUANT_STORE_DSN, where there is no QUANT_SERIES_CLICKHOUSE_URL; older ones are dropped.',
    unit: 'days',
    fallback: '7',
    format: wholeNumber(1, 60, 7),
  }),
  seriesQueueMaxRows: setting({
    key: 'QUANT_SERIES_QUEUE_MAX_ROWS',
    section: 'Stores',
    description:
      'Rows that wait in memory for a store that does not take them; beyond it the oldest are dropped, and counted.',
    unit: 'rows',
    fallback: '500000',
    format: wholeNumber(1000, 50_000_000, 500_000),
  }),
  seriesQueueMaxBytes: setting({
    key: 'QUANT_SERIES_QUEUE_MAX_BYTES',
    section: 'Stores',
    description: 'The same in bytes of text.',
    unit: 'bytes',
    fallback: '67108864',
    format: wholeNumber(1_048_576, 4_294_967_296, 67_108_864),
  }),
  seriesSpillFolder: optionalSetting({
    key: 'QUANT_SERIES_SPILL_DIR',
    section: 'Stores',
    description:
      'A folder of this process alone for what the store of series does not take: it waits there instead of in memory, and survives the process.',
    format: text('the path of a folder that can be written to', '/var/lib/quant/spill'),
  }),
  seriesSpillMaxBytes: setting({
    key: 'QUANT_SERIES_SPILL_MAX_BYTES',
    section: 'Stores',
    description: 'What may lie there; beyond it the oldest is dropped, and counted.',
    unit: 'bytes',
    fallback: '1073741824',
    format: wholeNumber(1_048_576, 1_099_511_627_776, 1_073_741_824),
  }),

  lightIntervalMs: setting({
    key: 'JANGAR_TORGHUT_QUANT_COMPUTE_INTERVAL_MS',
    section: 'Ticks and reads',
    description: 'Period of the light tier. Ticks fall on its whole multiples in Unix time.',
    unit: 'ms',
    fallback: '1000',
    format: wholeNumber(100, 60_000, 1000),
  }),
  mediumIntervalMs: setting({
    key: 'JANGAR_TORGHUT_QUANT_MEDIUM_COMPUTE_INTERVAL_MS',
    section: 'Ticks and reads',
    description: "Period of the medium tier, a whole multiple of the light one's.",
    unit: 'ms',
    fallback: '5000',
    format: wholeNumber(100, 600_000, 5000),
  }),
  heavyIntervalMs: setting({
    key: 'JANGAR_TORGHUT_QUANT_HEAVY_COMPUTE_INTERVAL_MS',
    section: 'Ticks and reads',
    description: "Period of the heavy tier, a whole multiple of the medium one's.",
    unit: 'ms',
    fallback: '30000',
    format: wholeNumber(100, 3_600_000, 30_000),
  }),
  maxStalenessSeconds: setting({
    key: 'JANGAR_TORGHUT_QUANT_MAX_STALENESS_SECONDS',
    section: 'Ticks and reads',
    description: 'How old the last complete read of the database may be before what rests on it is stale.',
    unit: 's',
    fallback: '15',
    format: wholeNumber(1, 3600, 15),
  }),
  pollIntervalMs: setting({
    key: 'QUANT_POLL_INTERVAL_MS',
    section: 'Ticks and reads',
    description: 'How often orders are looked at.',
    unit: 'ms',
    fallback: '500',
    format: wholeNumber(100, 60_000, 500),
  }),
  slowPollIntervalMs: setting({
    key: 'QUANT_SLOW_POLL_INTERVAL_MS',
    section: 'Ticks and reads',
    description: 'How often everything else is looked at; at least QUANT_POLL_INTERVAL_MS.',
    unit: 'ms',
    fallback: '1000',
    format: wholeNumber(100, 300_000, 1000),
  }),
  pollOverlapSeconds: setting({
    key: 'QUANT_POLL_OVERLAP_SECONDS',
    section: 'Ticks and reads',
    description:
      'How far behind the last read each read starts, since a row can commit later than one with a later timestamp.',
    unit: 's',
    fallback: '30',
    format: wholeNumber(1, 3600, 30),
  }),
  reconcileIntervalSeconds: setting({
    key: 'QUANT_RECONCILE_INTERVAL_SECONDS',
    section: 'Ticks and reads',
    description:
      'How often all that was read of the trading database is compared with what its tables hold: rows that committed later than the overlap, changes that nothing dates, and rows that were deleted are made good then.',
    unit: 's',
    fallback: '300',
    format: wholeNumber(1, 86_400, 300),
  }),
  markMaxAgeSeconds: setting({
    key: 'QUANT_MARK_MAX_AGE_SECONDS',
    section: 'Ticks and reads',
    description: 'How old a bar may be, in session time, and still be the mark before all other prices.',
    unit: 's',
    fallback: '120',
    format: wholeNumber(1, 86_400, 120),
  }),
  sessionRollSeconds: setting({
    key: 'QUANT_SESSION_ROLL_SECONDS',
    section: 'Ticks and reads',
    description:
      'How long after its close a session still takes events (closing auctions, late stamps). Prices of the past are kept on a grid of five minutes, so it is a whole multiple of them.',
    unit: 's',
    fallback: '300',
    format: wholeNumber(0, 3600, 300, 300),
  }),

  alertsEnabled: setting({
    key: 'JANGAR_TORGHUT_QUANT_ALERTS_ENABLED',
    section: 'Alerts',
    description:
      'Whether policies may alert. Off, they are judged in shadow: the API lists what would have opened, and no gauge lets a rule fire.',
    fallback: 'false',
    format: flag,
  }),
  gateEnabled: setting({
    key: 'QUANT_GATE_ENABLED',
    section: 'Alerts',
    description: 'Whether /gate decides; off, its answer is always unknown.',
    fallback: 'false',
    format: flag,
  }),
  runbooksUrl: setting({
    key: 'QUANT_RUNBOOKS_URL',
    section: 'Alerts',
    description: 'Where the runbooks of alerts are published: that of an alert is `<this>/<its name>.md`.',
    fallback: 'docs/runbooks',
    format: text('the beginning of a URL', 'https://git.example.internal/quant-exporter/docs/runbooks'),
  }),
  policyMaxDrawdown1d: limitVariable('max_drawdown_1d'),
  policyMinSharpe5d: limitVariable('min_sharpe_5d'),
  policyMaxSlippageBps15m: limitVariable('max_slippage_bps_15m'),
  policyMaxRejectRate15m: limitVariable('max_reject_rate_15m'),
  policyMaxPipelineLagSeconds: limitVariable('max_pipeline_lag_seconds'),
  policyMaxTaFreshnessSeconds: limitVariable('max_ta_freshness_seconds'),

  listen: setting({
    key: 'QUANT_LISTEN',
    section: 'Addresses',
    description:
      'Where the API, the landing page and, unless QUANT_METRICS_LISTEN names another address, the metrics and probes are served.',
    fallback: '127.0.0.1:9464',
    format: listenAddress,
  }),
  metricsListen: optionalSetting({
    key: 'QUANT_METRICS_LISTEN',
    section: 'Addresses',
    description: 'Where the metrics and probes are served.',
    fallbackNote: 'as QUANT_LISTEN',
    format: listenAddress,
  }),
  apiEnabled: setting({
    key: 'QUANT_API_ENABLED',
    section: 'Addresses',
    description: 'Whether the JSON API answers; off: gauges only.',
    fallback: 'true',
    format: flag,
  }),
  apiAnonymous: setting({
    key: 'QUANT_API_ANONYMOUS',
    section: 'Addresses',
    description: 'Allows the API to be bound beyond loopback although anybody who reaches it may read it.',
    fallback: 'false',
    format: flag,
  }),
  apiTokens: optionalSetting({
    key: 'QUANT_API_TOKENS',
    section: 'Addresses',
    description:
      'Bearer tokens, any of which opens the API: requests then need `Authorization: Bearer …`. Probes, the description of the API and, unless QUANT_METRICS_TOKEN is set, the metrics stay open.',
    isSecret: true,
    format: tokenList,
  }),
  apiTokensFile: optionalSetting({
    key: 'QUANT_API_TOKENS_FILE',
    section: 'Addresses',
    description:
      'A file with the tokens, one a line, instead of QUANT_API_TOKENS; lines that begin with # say nothing.',
    format: text('the path of a readable file', '/run/secrets/quant-api-tokens'),
  }),
  metricsToken: optionalSetting({
    key: 'QUANT_METRICS_TOKEN',
    section: 'Addresses',
    description: 'The bearer token that /metrics asks for; it opens nothing else.',
    isSecret: true,
    format: token,
  }),
  metricsTokenFile: optionalSetting({
    key: 'QUANT_METRICS_TOKEN_FILE',
    section: 'Addresses',
    description: 'A file with that token, instead of QUANT_METRICS_TOKEN.',
    format: text('the path of a readable file', '/run/secrets/quant-metrics-token'),
  }),
  apiOrigins: optionalSetting({
    key: 'QUANT_API_ORIGINS',
    section: 'Addresses',
    description:
      'Origins whose pages may read the API from a browser (CORS), comma-separated and exactly as browsers send them.',
    fallbackNote: 'none',
    format: originList,
  }),
  trustedProxies: setting({
    key: 'QUANT_TRUST_PROXY',
    section: 'Addresses',
    description:
      'How many proxies stand before the API, each of which adds to X-Forwarded-For; with none that header is not believed. Limits are those of the address that they tell.',
    unit: 'proxies',
    fallback: '0',
    format: wholeNumber(0, 10, 1),
  }),

  streamHeartbeatMs: setting({
    key: 'JANGAR_TORGHUT_QUANT_STREAM_HEARTBEAT_MS',
    section: 'Limits',
    description: 'How often a client of the stream hears something although nothing has changed.',
    unit: 'ms',
    fallback: '15000',
    format: wholeNumber(10_000, 15_000, 15_000),
  }),
  streamMaxBufferBytes: setting({
    key: 'QUANT_STREAM_MAX_BUFFER_BYTES',
    section: 'Limits',
    description:
      'The most that waits for a client of the stream which does not read, before it is disconnected; it gets snapshots instead of deltas long before.',
    unit: 'bytes',
    fallback: '1048576',
    format: wholeNumber(524_288, 1_073_741_824, 1_048_576),
  }),
  streamMaxClients: setting({
    key: 'QUANT_STREAM_MAX_CLIENTS',
    section: 'Limits',
    description: 'The most clients of the stream at once; others are told to come again.',
    fallback: '2000',
    format: wholeNumber(1, 100_000, 2000),
  }),
  streamMaxClientsAnAddress: setting({
    key: 'QUANT_STREAM_MAX_CLIENTS_PER_ADDRESS',
    section: 'Limits',
    description: 'The most of them from one address.',
    fallback: '200',
    format: wholeNumber(1, 100_000, 200),
  }),

  apiRequestsPerSecond: setting({
    key: 'QUANT_API_REQUESTS_PER_SECOND',
    section: 'Limits',
    description:
      'The most requests a second of each token, or each address where there is none, probes and /metrics aside; twice as many may come at once.',
    unit: 'requests/s',
    fallback: '50',
    format: wholeNumber(1, 10_000, 50),
  }),
  maxSeries: setting({
    key: 'QUANT_MAX_SERIES',
    section: 'Limits',
    description:
      'The most series of books and accounts that a scrape answers. Beyond it are left out, in this order and only as far as needed: histograms of orders, the split by adapter, the windows 1m, 5m and 15m of trades and execution, whole books by id; `quant_series_left_out` says which.',
    unit: 'series',
    fallback: '150000',
    format: wholeNumber(1000, 5_000_000, 150_000),
  }),
} as const

export type SettingName = keyof typeof SETTINGS
export type SettingValues = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never
}

/** All settings with their names, in the order of the documentation. */
export function settingEntries(): readonly (readonly [SettingName, Setting<unknown>])[] {
  return Object.entries<Setting<unknown>>(SETTINGS) as [SettingName, Setting<unknown>][]
}
