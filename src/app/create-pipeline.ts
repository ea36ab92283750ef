import type pg from 'pg'
import type { Config } from '../config/config.js'
import { openClickHouse } from '../connections/clickhouse-client.js'
import type { createCalendars } from '../domain/calendars.js'
import type { Tier } from '../domain/metric.js'
import type { FactSink, Progress, SourceName } from '../domain/ports.js'
import type { Clock } from '../domain/time.js'
import type { SelfMetrics } from '../exporter/self-metrics.js'
import { MarketSource } from '../ingest/clickhouse/market-source.js'
import { openTorghutPool } from '../ingest/postgres/pool.js'
import { RECONCILED_KINDS } from '../ingest/postgres/reconcile.js'
import { TABLE_NAMES } from '../ingest/postgres/schema.js'
import { TorghutSource } from '../ingest/postgres/torghut-source.js'
import { describeError, type Logger } from '../lib/logger.js'
import type { Releasers } from '../lib/releasers.js'
import type { SliceOptions } from '../lib/slices.js'
import { LedgerCheckpoints } from './checkpoints/ledger-checkpoints.js'
import { madeByOf } from './checkpoints/made-by.js'
import { wallNow } from './clock.js'
import { createEngine } from './create-engine.js'
import type { Series } from './materialize/series.js'
import { createRecorder, type Recording } from './open-recording.js'
import { Pipeline } from './pipeline.js'
import type { Judge, PipelineOptions } from './pipeline-options.js'
import { createRejectionLog } from './repeated-log.js'
import { TickTurn } from './tick-turn.js'
import { torghutOf } from './torghut-of.js'

/** How long, in real time, a row of the demo's may take to be seen. */
const SLOWEST_WRITE_MS = 2_000
/** Decisions made this recently are looked at again on every slow poll, since upstream does not say when they change. */
const DECISION_OVERLAP_MS = 5 * 60_000

export interface PipelineParts {
  readonly config: Config
  readonly clock: Clock
  readonly log: Logger
  readonly calendars: ReturnType<typeof createCalendars>
  readonly tiers: readonly Tier[]
  readonly selfMetrics: SelfMetrics
  readonly releasers: Releasers
  readonly recording: Recording | undefined
  readonly storesHealth: PipelineOptions['storesHealth']
  readonly series: Series | undefined
  readonly judge: Judge
  /** The own store, where one is configured, and the program's version. */
  readonly store: { readonly pool: pg.Pool | undefined; readonly version: string }
  readonly onFrame: PipelineOptions['onFrame']
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly onStatement?: ((source: SourceName, name: string) => void) | undefined
  readonly random: () => number
  readonly slices?: SliceOptions | undefined
}

/** After so long a tick lets others have their turn: scrapes, clients, sources. Where they take longer, it does too. */
const TICK_SLICES: SliceOptions = { sliceMs: 20, mostMs: 250 }

/** The sources that are configured, the engine that they tell, and the pipeline that runs both. Nothing is started. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { config, clock, log, onProgress, onStatement, random } = parts
  const { calendars, tiers, selfMetrics, releasers, recording, storesHealth, series, judge, onFrame } = parts
  const { slices = TICK_SLICES } = parts
  const { shard } = config.shards
  const feedsConfigured = config.clickhouse !== undefined
  const startAt = clock.now()
  const engine = createEngine(config, { calendars, startAt, clockSpeed: clock.speed, feedsConfigured, shard, log })
  const recorder = recording && createRecorder(recording, { config, clock, startAt, engine, selfMetrics, log })
  const tellRejection = createRejectionLog(log, wallNow)
  // Polls come in real time: at a higher speed more of T passes between two of them, and between a row and its commit.
  const overlapMs = Math.max(config.pollOverlapMs, SLOWEST_WRITE_MS * clock.speed)
  const turn = new TickTurn()
  const tell = (work: (sink: Omit<FactSink, 'reject'>) => void) =>
    turn.tell(() => {
      work(engine)
      if (recorder !== undefined) work(recorder)
    })
  const sinkOf = (source: SourceName): FactSink => ({
    apply: (facts) => tell((sink) => sink.apply(facts)),
    applyPrices: (columns) => tell((sink) => sink.applyPrices(columns)),
    applySignals: (columns) => tell((sink) => sink.applySignals(columns)),
    applyMinutes: (feed, minutes) => tell((sink) => sink.applyMinutes(feed, minutes)),
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
    whenTaken: (work) => turn.between(work),
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
  const { pool: storePool, version } = parts.store
  // What is recorded has to be told: a replay knows of no checkpoints.
  const checkpoints =
    storePool === undefined || recording !== undefined
      ? undefined
      : new LedgerCheckpoints({
          ...{ engine, turn, torghut, pool: storePool, shard, calendars, log },
          madeBy: madeByOf(config, version, engine.formulaSet),
        })
  const pipeline = new Pipeline({
    engine,
    turn,
    slices,
    checkpoints,
    clock,
    startAt,
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
    judge,
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
