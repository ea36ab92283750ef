import type { Router } from 'express'
import { ACCOUNT_DICTIONARY } from '../compute/account-dictionary.js'
import { DICTIONARY } from '../compute/dictionary.js'
import type { Config } from '../config/config.js'
import { openClickHouse } from '../connections/clickhouse-client.js'
import { createCalendars } from '../domain/calendars.js'
import { isLoopback, type ListenAddress } from '../domain/connections.js'
import { TIERS } from '../domain/metric.js'
import type { FactSink, FrameReader, Progress, SourceName } from '../domain/ports.js'
import type { Clock } from '../domain/time.js'
import { createMetricsEndpoint } from '../exporter/metrics-endpoint.js'
import { SelfMetrics } from '../exporter/self-metrics.js'
import { MarketSource } from '../ingest/clickhouse/market-source.js'
import { openTorghutPool } from '../ingest/postgres/pool.js'
import { RECONCILED_KINDS } from '../ingest/postgres/reconcile.js'
import { TABLE_NAMES } from '../ingest/postgres/schema.js'
import { TorghutSource } from '../ingest/postgres/torghut-source.js'
import { describeError, type Logger } from '../lib/logger.js'
import { nearNames } from '../lib/near-names.js'
import { Releasers } from '../lib/releasers.js'
import type { ApiOptions } from '../snapshot-api/api-options.js'
import { createApiRouter } from '../snapshot-api/api-router.js'
import { createHttpApp } from '../snapshot-api/http-app.js'
import { createLandingPage } from '../snapshot-api/landing/landing-page.js'
import { createMetricsGuard } from '../snapshot-api/metrics-guard.js'
import { createDocsRouter } from '../snapshot-api/openapi/routes.js'
import { createProbeRouter } from '../snapshot-api/probe-router.js'
import { API_BASE_PATH } from '../snapshot-api/snapshot-api.js'
import { wallNow } from './clock.js'
import { createEngine } from './create-engine.js'
import { createDisabledReader } from './disabled-reader.js'
import { listen } from './http-server.js'
import { openSharedPool, openStore } from './materialize/open-store.js'
import { openSeries, type Series } from './materialize/series.js'
import { type Stores, storeStages } from './materialize/stores.js'
import { createRecorder, openRecording, type Recording } from './open-recording.js'
import { Pipeline } from './pipeline.js'
import type { PipelineOptions } from './pipeline-options.js'
import { createRejectionLog } from './rejection-log.js'
import { disabledStage } from './stage-status.js'
import { createStream, STREAM_STAGE, type Stream } from './stream.js'
import { torghutOf } from './torghut-of.js'

/** A shard of one: books are not spread yet. */
const SHARD = 0
/** How long, in real time, a row of the demo's may take to be seen. */
const SLOWEST_WRITE_MS = 2_000
/** Decisions made this recently are looked at again on every slow poll, since upstream does not say when they change. */
const DECISION_OVERLAP_MS = 5 * 60_000

export interface AppOptions {
  readonly config: Config
  readonly clock: Clock
  readonly version: string
  readonly log: Logger
  readonly onProgress?: (progress: Progress) => void
  /** From 0 to 1: the jitter of waits between attempts; tests give their own. */
  readonly random?: () => number
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
  const { config, clock, version, log } = options
  const build = { version, revision: config.revision }
  const calendars = createCalendars(config.file.xnysExceptions)
  const tiers = TIERS.filter((tier) => DICTIONARY.some((definition) => definition.tier === tier))
  const selfMetrics = new SelfMetrics({ ...build, shard: String(SHARD), tiers })
  const recording =
    config.isEnabled && options.recordInto !== undefined ? await openRecording(options.recordInto, log) : undefined
  if (recording !== undefined) releasers.push('recording', () => recording.writer.close())
  let stores: Stores = { latest: undefined, series: undefined }
  let stream: Stream | undefined
  const pool = openSharedPool({ config, releasers, log })
  const series = openSeries({
    readers: pool,
    ...{ config, releasers, calendars, clock, log, random: options.random ?? Math.random },
    metrics: selfMetrics.stores,
    mayWrite: () => stores.latest?.isWriter ?? true,
  })
  const pipeline = config.isEnabled
    ? createPipeline(options, {
        ...{ calendars, tiers, selfMetrics, releasers, recording, series },
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
      ...{ config, releasers, calendars, clock, log, random: options.random ?? Math.random },
      ...{ shard: SHARD, pool },
      reader: pipeline,
      dictionary: DICTIONARY,
      metrics: selfMetrics.stores,
      maxStalenessMs: config.maxStalenessMs,
    })
  stores = { latest: store?.latest, series }
  stream =
    pipeline &&
    createStream({
      ...{ config, calendars, selfMetrics, log, speed: clock.speed, random: options.random ?? Math.random },
      reader: pipeline,
      dictionary: DICTIONARY,
    })

  const metrics = createMetricsEndpoint({
    reader,
    dictionary: DICTIONARY,
    accountDictionary: ACCOUNT_DICTIONARY,
    calendars,
    selfMetrics,
    maxSeries: config.maxSeries,
    wallNow,
    lastTickAt: () => pipeline?.lastTickWallAt(),
    onError: (error) => log.error('a part of /metrics failed', { error: describeError(error) }),
  })
  const api: ApiOptions = {
    reader,
    explain: (question) => pipeline?.explain(question),
    stored: store?.reader,
    stream: stream?.hub,
    series: series?.reader,
    seriesVariables: 'QUANT_SERIES_CLICKHOUSE_URL or QUANT_STORE_DSN',
    dictionary: DICTIONARY,
    calendars,
    build,
    nearNames,
    basePath: API_BASE_PATH,
    isLoopback: isLoopback(config.listen.host) && config.access.tokens.length === 0,
    tokens: config.access.tokens,
    origins: config.access.origins,
    apiEnabled: config.isApiEnabled,
    apiEnabledVariable: 'QUANT_API_ENABLED',
    enabledVariable: 'JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED',
  }
  const probes = createProbeRouter(api)
  const metricsGuard = createMetricsGuard(config.access.metricsToken)
  const { tokens, requestsPerSecond, trustedProxies } = config.access
  const limits = { requestsPerSecond, tokens, onRefused: () => selfMetrics.requestLimited() }
  const serve = async (name: string, routers: readonly Router[], address: ListenAddress, setting: string) => {
    const server = await listen(createHttpApp({ routers, log, limits, trustedProxies }), address, setting)
    releasers.push(name, () => server.stop())
    return server.url
  }
  const isOneListener =
    config.listen.host === config.metricsListen.host && config.listen.port === config.metricsListen.port
  const metricsUrl = isOneListener
    ? undefined
    : await serve('metrics listener', [metricsGuard, metrics, probes], config.metricsListen, 'QUANT_METRICS_LISTEN')
  const page = createLandingPage(metricsUrl === undefined ? api : { ...api, metricsUrl: `${metricsUrl}/metrics` })
  const pages = [
    createApiRouter(api),
    probes,
    page,
    createDocsRouter(api),
    ...(isOneListener ? [metricsGuard, metrics] : []),
  ]
  const apiUrl = await serve('api listener', pages, config.listen, 'QUANT_LISTEN')
  releasers.push('stream', () => stream?.hub.close())

  const reading = Promise.resolve(options.readableAfter).then(() => {
    pipeline?.start()
    store?.latest.start()
    series?.start()
  })
  return {
    reader,
    urls: { api: apiUrl, metrics: metricsUrl ?? apiUrl },
    firstFrame: () => reading.then(() => pipeline?.firstFrame()),
    rereadMarket: () => pipeline?.rereadMarket(),
    stop: () => releasers.release(),
  }
}

interface PipelineParts {
  readonly calendars: ReturnType<typeof createCalendars>
  readonly tiers: readonly (typeof TIERS)[number][]
  readonly selfMetrics: SelfMetrics
  readonly releasers: Releasers
  readonly recording: Recording | undefined
  readonly storesHealth: PipelineOptions['storesHealth']
  readonly series: Series | undefined
  readonly onFrame: PipelineOptions['onFrame']
}

function createPipeline(
  { config, clock, log, onProgress, onStatement, random = Math.random }: AppOptions,
  { calendars, tiers, selfMetrics, releasers, recording, storesHealth, series, onFrame }: PipelineParts,
): Pipeline {
  const feedsConfigured = config.clickhouse !== undefined
  const startAt = clock.now()
  const engine = createEngine(config, { calendars, startAt, clockSpeed: clock.speed, feedsConfigured, log })
  const recorder = recording && createRecorder(recording, { config, clock, startAt, engine, selfMetrics, log })
  const tellRejection = createRejectionLog(log, wallNow)
  // Polls come in real time: at a higher speed more of T passes between two of them, and between a row and its commit.
  const overlapMs = Math.max(config.pollOverlapMs, SLOWEST_WRITE_MS * clock.speed)
  const sinkOf = (source: SourceName): FactSink => ({
    apply(facts) {
      engine.apply(facts)
      recorder?.apply(facts)
    },
    applyPrices(columns) {
      engine.applyPrices(columns)
      recorder?.applyPrices(columns)
    },
    applySignals(columns) {
      engine.applySignals(columns)
      recorder?.applySignals(columns)
    },
    applyMinutes(feed, minutes) {
      engine.applyMinutes(feed, minutes)
      recorder?.applyMinutes(feed, minutes)
    },
    reject(rejections) {
      engine.reject(rejections)
      for (const rejection of rejections) {
        selfMetrics.factRejected(source, rejection.reason)
        tellRejection(source, rejection)
      }
    },
  })

  const pool = openTorghutPool(
    torghutOf(config),
    (error) => log.warn('an idle connection was lost', { source: 'postgres', error: describeError(error) }),
    config.torghutTimeoutMs,
  )
  releasers.push('postgres pool', () => pool.end())
  selfMetrics.expectSource('postgres')
  for (const table of TABLE_NAMES) for (const kind of RECONCILED_KINDS) selfMetrics.rowsReconciled(table, kind, 0)
  const torghut = new TorghutSource({
    pool,
    sink: sinkOf('postgres'),
    overlapMs,
    decisionOverlapMs: DECISION_OVERLAP_MS,
    wallNow,
    onStatement: (name) => onStatement?.('postgres', name),
  })
  let market: MarketSource | undefined
  if (config.clickhouse !== undefined) {
    const client = openClickHouse(config.clickhouse)
    releasers.push('clickhouse client', () => client.close())
    selfMetrics.expectSource('clickhouse')
    market = new MarketSource({
      client,
      timeoutMs: config.clickhouse.timeoutMs,
      sink: sinkOf('clickhouse'),
      overlapMs,
      wallNow,
      onStatement: (name) => onStatement?.('clickhouse', name),
    })
  }
  const pipeline = new Pipeline({
    engine,
    clock,
    calendars,
    periodsMs: config.periodsMs,
    tiers,
    pollIntervalMs: config.pollIntervalMs,
    slowPollIntervalMs: config.slowPollIntervalMs,
    reconcileIntervalMs: config.reconcileIntervalMs,
    maxStalenessMs: config.maxStalenessMs,
    torghut,
    market,
    selfMetrics,
    log,
    random,
    storesHealth,
    onProgress: onProgress ?? (() => undefined),
    onTick: (frames) => series?.offer(frames),
    onFrame(frames) {
      recorder?.frameShown(frames.stamp.at)
      onFrame(frames)
    },
    onAnswer: (source, completeTo) => recorder?.answered(source, completeTo),
  })
  releasers.push('pipeline', () => pipeline.stop())
  return pipeline
}
