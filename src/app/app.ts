import type { Router } from 'express'
import { ACCOUNT_DICTIONARY } from '../compute/account-dictionary.js'
import { DICTIONARY } from '../compute/dictionary.js'
import { exportRulesOf } from '../config/book-settings.js'
import type { Config } from '../config/config.js'
import type { AlertBoard } from '../domain/alerts.js'
import { createCalendars } from '../domain/calendars.js'
import { isLoopback, type ListenAddress } from '../domain/connections.js'
import { QuantError } from '../domain/errors.js'
import { TIERS } from '../domain/metric.js'
import type { FrameReader, Progress, SourceName } from '../domain/ports.js'
import { ShardOwnership } from '../domain/shards.js'
import type { Clock } from '../domain/time.js'
import { createMetricsEndpoint } from '../exporter/metrics-endpoint.js'
import { SelfMetrics } from '../exporter/self-metrics.js'
import { describeError, type Logger } from '../lib/logger.js'
import { nearNames } from '../lib/near-names.js'
import { Releasers } from '../lib/releasers.js'
import type { SliceOptions } from '../lib/slices.js'
import type { ApiOptions } from '../snapshot-api/api-options.js'
import { allowOrigins } from '../snapshot-api/cross-origin.js'
import { createHttpApp } from '../snapshot-api/http-app.js'
import { createMetricsGuard } from '../snapshot-api/metrics-guard.js'
import { createProbeRouter } from '../snapshot-api/probe-router.js'
import { API_BASE_PATH, apiRouters } from '../snapshot-api/snapshot-api.js'
import { wallNow } from './clock.js'
import { watchConfig } from './config-reload.js'
import { createPipeline } from './create-pipeline.js'
import { createDisabledReader } from './disabled-reader.js'
import { listen } from './http-server.js'
import { openSharedPool, openStore } from './materialize/open-store.js'
import { openSeries } from './materialize/series.js'
import { type Stores, storeStages } from './materialize/stores.js'
import { openRecording } from './open-recording.js'
import type { Pipeline } from './pipeline.js'
import { createPolicy } from './policy.js'
import { disabledStage } from './stage-status.js'
import { createStream, STREAM_STAGE, type Stream } from './stream.js'

/** How long another shard may take to begin an answer: an explanation waits for its turn for up to two seconds. */
const PEER_PATIENCE_MS = 5_000
const NO_ALERTS: AlertBoard = {
  isShadow: false,
  revision: 0,
  open: () => [],
  find: () => ({ alerts: [], next: undefined }),
}

export interface AppOptions {
  readonly config: Config
  readonly clock: Clock
  readonly version: string
  readonly log: Logger
  readonly onProgress?: (progress: Progress) => void
  /** From 0 to 1: the jitter of waits between attempts; tests give their own. */
  readonly random?: () => number
  /** How long a tick goes on without a pause; tests have it pause at every step. */
  readonly slices?: SliceOptions | undefined
  /** Reading begins when this resolves; the listeners answer before. The demo's history is being written meanwhile. */
  readonly readableAfter?: Promise<void>
  /** A folder into which every fact that is read is written, for replays. */
  readonly recordInto?: string | undefined
  /** Told of every statement that goes upstream; tests count them. */
  readonly onStatement?: (source: SourceName, name: string) => void
}

export interface App {
  readonly reader: FrameReader
  readonly urls: { readonly api: string; readonly metrics: string }
  /** Resolves when the first frame is out. */
  firstFrame(): Promise<void>
  /** Reads the history of bars and signals again: the demo's quotes are written while it runs. */
  rereadMarket(): void
  /** Reads QUANT_CONFIG again and takes its limits of alerts, or says in the log why not. Never rejects. */
  reloadConfig(): Promise<void>
  /** Releases everything in reverse; idempotent and bounded. */
  stop(): Promise<void>
}

/** Wires the exporter and starts it: the listeners answer at once, frames come when the history is read. */
export async function startApp(options: AppOptions): Promise<App> {
  const { log } = options
  const releasers = new Releasers((name, error) =>
    log.error('could not be released', { name, error: describeError(error) }),
  )
  try {
    return await start(options, releasers)
  } catch (error) {
    await releasers.release()
    throw error
  }
}

async function start(options: AppOptions, releasers: Releasers): Promise<App> {
  const { config, clock, version, log, random = Math.random } = options
  const build = { version, revision: config.revision }
  if (options.recordInto !== undefined && config.shards.shard.count > 1)
    throw new QuantError(
      'usage',
      'a shard does not read for all books, and a recording is of all of them: record with quant-exporter record, or with QUANT_SHARD=0/1',
    )
  const ownership = new ShardOwnership(config.shards.shard)
  const calendars = createCalendars(config.file.xnysExceptions)
  const tiers = TIERS.filter((tier) => DICTIONARY.some((definition) => definition.tier === tier))
  const selfMetrics = new SelfMetrics({ ...build, shard: config.shards.shard, tiers })
  const recording =
    config.isEnabled && options.recordInto !== undefined ? await openRecording(options.recordInto, log) : undefined
  if (recording !== undefined) releasers.push('recording', () => recording.writer.close())
  let stores: Stores = { latest: undefined, series: undefined }
  let stream: Stream | undefined
  const pool = openSharedPool({ config, releasers, log })
  const series = openSeries({
    readers: pool,
    ...{ config, releasers, calendars, clock, log, random },
    metrics: selfMetrics.stores,
    mayWrite: () => stores.latest?.isWriter ?? true,
  })
  const policy = config.isEnabled
    ? createPolicy({
        ...{ config, calendars, releasers, log, random, ownership, pool },
        strategies: () => pipeline?.strategies() ?? [],
        now: () => reader.now(),
        lastTickWallAt: () => pipeline?.lastTickWallAt(),
        onNews: (episode) => stream?.publishAlert(episode),
      })
    : undefined
  const reloadConfig = watchConfig({
    ...{ config, releasers, log, random, policy: policy?.evaluator },
    onResult: (result) => selfMetrics.configReloaded(result),
  })
  const alerts = policy?.evaluator.board ?? NO_ALERTS
  const pipeline: Pipeline | undefined = policy
    ? createPipeline({
        ...{ config, clock, log, calendars, tiers, selfMetrics, releasers, recording, series, random },
        slices: options.slices,
        judge: policy.judge,
        store: { pool, version },
        ...{ onProgress: options.onProgress, onStatement: options.onStatement },
        storesHealth: (now) => ({
          stages: [...storeStages(stores, now), stream?.health(now) ?? disabledStage(STREAM_STAGE)],
          isWriter: stores.latest?.isWriter,
        }),
        onFrame: (frames) => stream?.publish(frames),
      })
    : undefined
  const reader: FrameReader = pipeline ?? createDisabledReader(clock)
  const store =
    pipeline &&
    openStore({
      ...{ config, releasers, calendars, clock, log, random },
      ...{ ownership, pool, alerts: policy?.alerts },
      reader: pipeline,
      checkpoints: pipeline.checkpoints,
      dictionary: DICTIONARY,
      metrics: selfMetrics.stores,
      maxStalenessMs: config.maxStalenessMs,
    })
  stores = { latest: store?.latest, series }
  stream =
    pipeline &&
    createStream({
      ...{ config, calendars, alerts, selfMetrics, log, speed: clock.speed, random },
      reader: pipeline,
      dictionary: DICTIONARY,
    })

  const metrics = createMetricsEndpoint({
    reader,
    dictionary: DICTIONARY,
    accountDictionary: ACCOUNT_DICTIONARY,
    calendars,
    selfMetrics,
    policies: policy?.evaluator,
    maxSeries: config.maxSeries,
    exportRules: exportRulesOf(config.file),
    wallNow,
    lastTickAt: () => pipeline?.lastTickWallAt(),
    onError: (error) => log.error('a part of /metrics failed', { error: describeError(error) }),
  })
  const api: ApiOptions = {
    reader,
    betweenTicks: async (work) => (pipeline === undefined ? work() : pipeline.betweenTicks(work)),
    explain: (question) => pipeline?.explain(question),
    stored: store?.reader,
    alerts,
    policies: policy?.evaluator,
    gate: {
      isEnabled: config.isGateEnabled,
      enabledVariable: 'QUANT_GATE_ENABLED',
      alertsVariable: 'JANGAR_TORGHUT_QUANT_ALERTS_ENABLED',
      maxAgeMs: config.maxStalenessMs * clock.speed,
    },
    stream: stream?.hub,
    shards:
      ownership.shard.count === 1 ? undefined : { ownership, peers: config.shards.peers, patienceMs: PEER_PATIENCE_MS },
    onForwarded: (result) => selfMetrics.forwarded(result),
    series: series?.reader,
    seriesVariables: 'QUANT_SERIES_CLICKHOUSE_URL or QUANT_STORE_DSN',
    dictionary: DICTIONARY,
    calendars,
    build,
    nearNames,
    basePath: API_BASE_PATH,
    isLoopback: isLoopback(config.listen.host) && config.access.tokens.length === 0,
    tokens: config.access.tokens,
    apiEnabled: config.isApiEnabled,
    apiEnabledVariable: 'QUANT_API_ENABLED',
    enabledVariable: 'JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED',
  }
  const metricsGuard = createMetricsGuard(config.access.metricsToken)
  const { tokens, requestsPerSecond, trustedProxies } = config.access
  const crossOrigin = allowOrigins(API_BASE_PATH, config.access.origins)
  const limits = { requestsPerSecond, tokens, onRefused: () => selfMetrics.requestLimited() }
  const serve = async (name: string, routers: readonly Router[], address: ListenAddress, setting: string) => {
    const server = await listen(createHttpApp({ routers, log, limits, crossOrigin, trustedProxies }), address, setting)
    releasers.push(name, () => server.stop())
    return server.url
  }
  const isOneListener =
    config.listen.host === config.metricsListen.host && config.listen.port === config.metricsListen.port
  const metricsUrl = isOneListener
    ? undefined
    : await serve(
        'metrics listener',
        [metricsGuard, metrics, createProbeRouter(api)],
        config.metricsListen,
        'QUANT_METRICS_LISTEN',
      )
  const pages = [
    ...apiRouters(metricsUrl === undefined ? api : { ...api, metricsUrl: `${metricsUrl}/metrics` }),
    ...(isOneListener ? [metricsGuard, metrics] : []),
  ]
  const apiUrl = await serve('api listener', pages, config.listen, 'QUANT_LISTEN')
  releasers.push('stream', () => stream?.hub.close())

  const reading = Promise.resolve(options.readableAfter).then(() => {
    policy?.start()
    pipeline?.start()
    store?.latest.start()
    series?.start()
  })
  return {
    reader,
    urls: { api: apiUrl, metrics: metricsUrl ?? apiUrl },
    firstFrame: () => reading.then(() => pipeline?.firstFrame()),
    rereadMarket: () => pipeline?.rereadMarket(),
    reloadConfig,
    stop: () => releasers.release(),
  }
}
