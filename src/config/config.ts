import type { ClickHouseConnection, ListenAddress, PostgresConnection } from '../domain/connections.js'
import { QuantErrors } from '../domain/errors.js'
import type { Tier } from '../domain/metric.js'
import { SECOND_MS } from '../domain/time.js'
import type { LogFormat, LogLevel } from '../lib/logger.js'
import type { PolicySettings } from '../policy/limits.js'
import { type ApiAccess, readApiAccess } from './api-access.js'
import { readClickHouse } from './clickhouse.js'
import { SETTINGS, type SettingName, type SettingValues } from './environment.js'
import { given } from './policy.js'
import { EMPTY_QUANT_CONFIG, type QuantConfigFile } from './quant-config-file.js'
import { type Environment, type EnvironmentReading, readEnvironment } from './read-environment.js'
import { readQuantConfig } from './read-quant-config.js'
import { withSecretFiles } from './secret-files.js'
import { readSeries, type SeriesSettings } from './series.js'
import type { ReadFile } from './setting-file.js'
import { readShards, type ShardSettings } from './shards.js'
import { readStore, type StoreConfig } from './store.js'
import { readTorghut } from './torghut.js'

/** Everything that the program was told, parsed and judged; inside nothing is checked again. */
export interface Config {
  /** The main switch. */
  readonly isEnabled: boolean
  /** Always there while the main switch is on. */
  readonly torghut: PostgresConnection | undefined
  /** How long connecting to it, and a statement, may take. */
  readonly torghutTimeoutMs: number
  /** Undefined: no bars. */
  readonly clickhouse: ClickHouseConnection | undefined
  /** Undefined: nothing is kept. */
  readonly store: StoreConfig | undefined
  /** Where series are kept; undefined: nowhere. */
  readonly series: SeriesSettings | undefined
  readonly periodsMs: Readonly<Record<Tier, number>>
  readonly pollIntervalMs: number
  readonly slowPollIntervalMs: number
  readonly pollOverlapMs: number
  readonly reconcileIntervalMs: number
  readonly maxStalenessMs: number
  readonly markMaxAgeMs: number
  readonly sessionRollMs: number
  readonly maxSeries: number
  readonly shards: ShardSettings
  readonly stream: {
    readonly heartbeatMs: number
    readonly maxBufferBytes: number
    readonly maxClients: number
    readonly maxClientsAnAddress: number
  }
  readonly policy: PolicySettings
  /** Else policies are judged in shadow. */
  readonly areAlertsEnabled: boolean
  /** Else the gate knows nothing. */
  readonly isGateEnabled: boolean
  readonly runbooksUrl: string
  readonly listen: ListenAddress
  /** Equal to `listen` when one address serves all. */
  readonly metricsListen: ListenAddress
  readonly isApiEnabled: boolean
  readonly access: ApiAccess
  readonly revision: string
  readonly log: { readonly level: LogLevel; readonly format: LogFormat }
  readonly file: QuantConfigFile
  /** Where it is; undefined: there is none. */
  readonly filePath: string | undefined
  /** What the environment gives, as written, for printing; of secrets only that they are given. */
  readonly given: ReadonlyMap<SettingName, string>
}

export interface ReadConfigOptions {
  readonly environment: Environment
  readonly readFile: ReadFile
  /** Whether log lines are read by a person. */
  readonly isTerminal: boolean
}

/**
 * The configuration of the program, from the environment and the files that it names.
 *
 * Throws QuantErrors `configuration_invalid` with all problems at once; none of them holds the value of a secret.
 */
export function readConfig({ environment, readFile, isTerminal }: ReadConfigOptions): Config {
  const written = readEnvironment(environment)
  const problems = [...written.problems, ...contradictions(written)]
  const reading = withSecretFiles(written, readFile, problems)
  const { values } = reading
  const torghut = readTorghut(reading, readFile, problems)
  const clickhouse = readClickHouse(reading, readFile, problems)
  const store = readStore(reading, readFile, problems)
  const series = readSeries(reading, store, readFile, problems)
  const shards = readShards(reading, problems)
  const access = readApiAccess(reading, readFile, problems)
  const file =
    values.configFile === undefined ? EMPTY_QUANT_CONFIG : readQuantConfig(values.configFile, readFile, problems)
  if (problems.length > 0) {
    throw new QuantErrors('configuration_invalid', 'The configuration is not valid', problems)
  }
  return {
    isEnabled: values.controlPlaneEnabled,
    torghut,
    torghutTimeoutMs: values.torghutTimeoutMs,
    clickhouse,
    store,
    series,
    periodsMs: { light: values.lightIntervalMs, medium: values.mediumIntervalMs, heavy: values.heavyIntervalMs },
    pollIntervalMs: values.pollIntervalMs,
    slowPollIntervalMs: values.slowPollIntervalMs,
    pollOverlapMs: values.pollOverlapSeconds * SECOND_MS,
    reconcileIntervalMs: values.reconcileIntervalSeconds * SECOND_MS,
    maxStalenessMs: values.maxStalenessSeconds * SECOND_MS,
    markMaxAgeMs: values.markMaxAgeSeconds * SECOND_MS,
    sessionRollMs: values.sessionRollSeconds * SECOND_MS,
    maxSeries: values.maxSeries,
    shards,
    stream: {
      heartbeatMs: values.streamHeartbeatMs,
      maxBufferBytes: values.streamMaxBufferBytes,
      maxClients: values.streamMaxClients,
      maxClientsAnAddress: values.streamMaxClientsAnAddress,
    },
    policy: { ...file.policy, environment: environmentLimits(values) },
    areAlertsEnabled: values.alertsEnabled,
    isGateEnabled: values.gateEnabled,
    runbooksUrl: values.runbooksUrl.replace(/\/+$/, ''),
    listen: values.listen,
    metricsListen: values.metricsListen ?? values.listen,
    isApiEnabled: values.apiEnabled,
    access,
    revision: values.revision,
    log: { level: values.logLevel, format: values.logFormat ?? (isTerminal ? 'pretty' : 'json') },
    file,
    filePath: values.configFile,
    given: new Map([...reading.given].map(([name, text]) => [name, SETTINGS[name].isSecret ? '***' : text])),
  }
}

function environmentLimits(values: SettingValues): PolicySettings['environment'] {
  return given({
    max_drawdown_1d: values.policyMaxDrawdown1d,
    min_sharpe_5d: values.policyMinSharpe5d,
    max_slippage_bps_15m: values.policyMaxSlippageBps15m,
    max_reject_rate_15m: values.policyMaxRejectRate15m,
    max_pipeline_lag_seconds: values.policyMaxPipelineLagSeconds,
    max_ta_freshness_seconds: values.policyMaxTaFreshnessSeconds,
  })
}

/** Settings that are well-formed and do not fit together; malformed ones are not judged twice. */
function contradictions({ values, malformed }: EnvironmentReading): string[] {
  const problems: string[] = []
  const areRead = (...names: readonly SettingName[]) => names.every((name) => !malformed.has(name))
  const keyAndValue = (name: SettingName & keyof SettingValues) => `${SETTINGS[name].key}=${String(values[name])}`

  for (const [shorter, longer] of [
    ['lightIntervalMs', 'mediumIntervalMs'],
    ['mediumIntervalMs', 'heavyIntervalMs'],
  ] as const) {
    if (areRead(shorter, longer) && values[longer] % values[shorter] !== 0) {
      problems.push(`${keyAndValue(longer)} is no whole multiple of ${keyAndValue(shorter)}; ticks must fall together`)
    }
  }
  if (areRead('pollIntervalMs', 'slowPollIntervalMs') && values.slowPollIntervalMs < values.pollIntervalMs) {
    problems.push(`${keyAndValue('slowPollIntervalMs')} is shorter than ${keyAndValue('pollIntervalMs')}; raise it`)
  }
  return problems
}
