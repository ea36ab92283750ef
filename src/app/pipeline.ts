import { setImmediate as immediate } from 'node:timers/promises'
import { FINE_HISTORY_MS, type Watermarks } from '../compute/engine.js'
import { QuantError } from '../domain/errors.js'
import type { FrameSet } from '../domain/frame.js'
import { historyFrom } from '../domain/history.js'
import { TIERS } from '../domain/metric.js'
import type { FrameReader, HealthReport, SourceName, StrategySummary } from '../domain/ports.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'
import { describeError } from '../lib/logger.js'
import { Loop } from '../lib/loop.js'
import { wallNow } from './clock.js'
import { reportHealth } from './health-report.js'
import { readHistory } from './history.js'
import { IngestDelays } from './ingest-delays.js'
import type { PipelineOptions } from './pipeline-options.js'
import { SourceWatch } from './source-watch.js'
import { StageStatus } from './stage-status.js'
import { withTimeLimit } from './time-limit.js'
import { watermarksOf } from './watermarks.js'

/** Between two ticks a book's new facts are shown at once, but not more often than this. */
const EXTRA_FRAME_MS = 250
/** How long the first frame waits for bars before it goes out without them. */
const FIRST_BARS_MS = 30_000

/**
 * The running exporter: hydrates, then polls the sources and ticks, each in a loop of its own, so that one source's
 * trouble delays neither the other nor a tick. What it knows can be read at any time and from memory.
 */
export class Pipeline implements FrameReader {
  readonly #options: PipelineOptions
  readonly #abort = new AbortController()
  readonly #sources: Record<SourceName, SourceWatch>
  readonly #compute: StageStatus
  readonly #delays: IngestDelays
  #loops: Loop[] = []
  #hydrating: Promise<void> | undefined
  #state: 'warming_up' | 'ready' | 'stopping' = 'warming_up'
  #frames: FrameSet | undefined
  #ordersAsOf: EpochMs | undefined
  #feedsAsOf: EpochMs | undefined
  #lastTickAt: EpochMs = Number.NEGATIVE_INFINITY
  #lastTickWallAt: EpochMs | undefined
  #lastAliveWallAt: EpochMs
  #lastExtraWallAt = 0
  #slowPollDueWallAt = 0
  #dropped = 0

  constructor(options: PipelineOptions) {
    this.#options = options
    const { clock, pollIntervalMs, slowPollIntervalMs, periodsMs, selfMetrics, log } = options
    const watch = (source: SourceName, periodMs: number) =>
      new SourceWatch({ source, periodMs: periodMs * clock.speed, selfMetrics, log })
    this.#sources = {
      postgres: watch('postgres', pollIntervalMs),
      clickhouse: watch('clickhouse', slowPollIntervalMs),
    }
    this.#compute = new StageStatus('compute:light', periodsMs.light * clock.speed)
    this.#delays = new IngestDelays({
      clock,
      observe: (source, delaySeconds) => selfMetrics.rowShown(source, delaySeconds),
    })
    this.#lastAliveWallAt = wallNow()
  }

  /** Begins to hydrate and returns; frames come when they are there. */
  start(): void {
    this.#hydrating ??= this.#hydrate()
  }

  /** Resolves when the first frame is out, or the pipeline has been stopped. */
  async firstFrame(): Promise<void> {
    await this.#hydrating
  }

  /** Ends all loops; resolves when nothing of the pipeline runs any more. Idempotent. */
  async stop(): Promise<void> {
    this.#state = 'stopping'
    this.#abort.abort(new QuantError('refused', 'the exporter is stopping'))
    await Promise.all(this.#loops.map((loop) => loop.stop()))
    await this.#hydrating
  }

  /** The history of bars and signals is read again at the next poll: somebody has written into the past. */
  rereadMarket(): void {
    this.#options.market?.forgetHistory()
  }

  state(): 'warming_up' | 'ready' | 'stopping' {
    return this.#state
  }

  frames(): FrameSet | undefined {
    return this.#frames
  }

  now(): EpochMs {
    return Math.max(this.#options.clock.now(), this.#frames?.stamp.at ?? Number.NEGATIVE_INFINITY)
  }

  lastTickWallAt(): EpochMs | undefined {
    return this.#lastTickWallAt
  }

  alive(): boolean {
    return wallNow() - this.#lastAliveWallAt < MINUTE_MS
  }

  strategies(): readonly StrategySummary[] {
    return this.#options.engine.strategies()
  }

  health(): HealthReport {
    const { engine, market, clock, calendars, maxStalenessMs } = this.#options
    return reportHealth({
      state: this.#state,
      now: this.now(),
      maxStalenessMs: maxStalenessMs * clock.speed,
      sources: [this.#sources.postgres.stage, ...(market === undefined ? [] : [this.#sources.clickhouse.stage])],
      disabled: market === undefined ? [this.#sources.clickhouse.stage] : [],
      compute: this.#compute,
      frames: this.#frames,
      calendars,
      dropped: this.#dropped,
      facts: engine.factCounts,
    })
  }

  async #hydrate(): Promise<void> {
    const { torghut, market, clock, calendars, onProgress } = this.#options
    const { signal } = this.#abort
    const startedMs = wallNow()
    let firstBars: Promise<void> | undefined
    const at = await readHistory({
      torghut,
      clock,
      calendars,
      signal,
      onPositions: async () => {
        while (this.#options.engine.settleOne()) await immediate()
        firstBars ??= market === undefined ? undefined : this.#firstBars()
      },
      onProgress: (progress) => {
        this.#lastAliveWallAt = wallNow()
        onProgress(progress)
      },
      onFailure: (error) => {
        this.#lastAliveWallAt = wallNow()
        this.#sources.postgres.failed(this.now(), error)
      },
    })
    await firstBars
    if (at === undefined || signal.aborted) return
    this.#sources.postgres.succeeded('hydrate', at, startedMs)
    this.#ordersAsOf = at
    this.#options.onAnswer('postgres', at)
    try {
      this.#tick()
    } catch (error) {
      this.#tickFailed(error)
    }
    this.#startLoops()
  }

  /** Bars make the first frame whole; when they do not come it goes out without them. */
  async #firstBars(): Promise<void> {
    const { signal } = this.#abort
    const tooLong = 'clickhouse: reading the history took too long'
    try {
      await withTimeLimit(
        signal,
        FIRST_BARS_MS,
        new QuantError('source_timeout', tooLong, { retryable: true }),
        (limited) => this.#pollMarket(limited),
      )
    } catch (error) {
      if (!signal.aborted) this.#sources.clickhouse.failed(this.now(), error)
    }
  }

  #startLoops(): void {
    const { periodsMs, pollIntervalMs, slowPollIntervalMs, reconcileIntervalMs, market, selfMetrics } = this.#options
    this.#loops = [
      new Loop({
        periodMs: periodsMs.light,
        run: async () => this.#tick(),
        onError: (error) => this.#tickFailed(error),
        onOverrun: () => selfMetrics.tickOverran('light'),
      }),
      new Loop({
        periodMs: pollIntervalMs,
        run: () => this.#pollOrders(),
        onError: (error) => this.#sources.postgres.failed(this.now(), error),
      }),
      new Loop({
        periodMs: reconcileIntervalMs,
        run: (signal) => this.#reconcile(signal),
        onError: (error) => this.#sources.postgres.failed(this.now(), error),
      }),
    ]
    if (market !== undefined)
      this.#loops.push(
        new Loop({
          periodMs: slowPollIntervalMs,
          run: (signal) => this.#pollMarket(signal),
          onError: (error) => this.#sources.clickhouse.failed(this.now(), error),
        }),
      )
    if (this.#abort.signal.aborted) return
    for (const loop of this.#loops) loop.start()
  }

  #tick(): void {
    const { engine, clock, periodsMs, tiers, selfMetrics } = this.#options
    const period = periodsMs.light
    const at = Math.floor(clock.now() / period) * period
    if (at <= this.#lastTickAt) return
    const skipped = clock.speed === 1 && Number.isFinite(this.#lastTickAt) ? (at - this.#lastTickAt) / period - 1 : 0
    if (skipped > 0) this.#drop('tick_skipped', skipped)
    const startedMs = performance.now()
    this.#frames = engine.tick(at, this.#watermarks())
    this.#options.onFrame(at)
    this.#delays.shown(at)
    for (const { account, kind } of engine.takeNewRebases()) selfMetrics.rebased(account, kind)
    const durationMs = performance.now() - startedMs
    this.#lastTickWallAt = wallNow()
    this.#lastAliveWallAt = this.#lastTickWallAt
    for (const tier of TIERS) {
      const isDue = Math.floor(at / periodsMs[tier]) > Math.floor(this.#lastTickAt / periodsMs[tier])
      if (tiers.includes(tier) && isDue) selfMetrics.tickCompleted(tier, this.#lastTickWallAt, durationMs)
    }
    this.#lastTickAt = at
    this.#compute.succeeded(at)
    if (this.#state === 'warming_up') {
      this.#state = 'ready'
      this.#options.log.info('ready', { books: this.#frames.books.size })
    }
  }

  #tickFailed(error: unknown): void {
    const { log } = this.#options
    this.#drop('tick_failed', 1)
    if (this.#compute.failed(this.now(), 'internal_error')) log.error('tick failed', { error: describeError(error) })
  }

  #drop(reason: 'tick_failed' | 'tick_skipped', count: number): void {
    this.#dropped += count
    this.#options.selfMetrics.frameDropped(reason, count)
  }

  async #pollOrders(): Promise<void> {
    const { torghut, clock, slowPollIntervalMs } = this.#options
    const startedMs = wallNow()
    const isSlow = startedMs >= this.#slowPollDueWallAt
    const at = clock.now()
    const { asOf, hasOrderNews, writtenAts } = await torghut.poll(at, isSlow)
    this.#delays.seen('postgres', writtenAts)
    if (isSlow) this.#slowPollDueWallAt = startedMs + slowPollIntervalMs - 50
    this.#ordersAsOf = asOf
    this.#options.onAnswer('postgres', asOf)
    this.#sources.postgres.succeeded(isSlow ? 'slow_poll' : 'poll', asOf, startedMs)
    if (hasOrderNews) this.#showAtOnce()
  }

  /** What it finds shows in the next tick. */
  async #reconcile(signal: AbortSignal): Promise<void> {
    const { torghut, clock, calendars, selfMetrics, log } = this.#options
    const startedMs = wallNow()
    const at = clock.now()
    const found: Record<string, number> = {}
    await torghut.reconcile(at, {
      historyFrom: historyFrom(calendars, at),
      signal,
      onReconciled: (table, kind, count) => {
        selfMetrics.rowsReconciled(table, kind, count)
        const name = `${table} ${kind}`
        found[name] = (found[name] ?? 0) + count
      },
    })
    selfMetrics.reconciled('postgres', wallNow(), wallNow() - startedMs)
    if (Object.keys(found).length > 0) log.info('rows were made good that polls had missed', found)
  }

  /**
   * An extra frame for order news. A tick that is due comes first and is not waited for: a clock of another moment does
   * not cross its seconds when the loops wake, and until the next wake a second could pass.
   */
  #showAtOnce(): void {
    const { engine, clock, periodsMs } = this.#options
    if (wallNow() - this.#lastExtraWallAt < EXTRA_FRAME_MS) return
    const at = clock.now()
    const period = periodsMs.light
    try {
      if (Math.floor(at / period) * period > this.#lastTickAt) this.#tick()
      if (at <= this.#lastTickAt) return
      this.#lastExtraWallAt = wallNow()
      this.#frames = engine.tick(at, this.#watermarks(), false)
      this.#options.onFrame(at)
      this.#delays.shown(at)
    } catch (error) {
      this.#tickFailed(error)
    }
  }

  async #pollMarket(signal: AbortSignal): Promise<void> {
    const { market, engine, clock, onProgress } = this.#options
    if (market === undefined) return
    const startedMs = wallNow()
    const at = clock.now()
    const ingestedAts = await market.poll({
      at,
      demand: engine.demand(),
      fineFrom: at - FINE_HISTORY_MS,
      signal,
      onProgress: (progress) => {
        this.#lastAliveWallAt = this.#state === 'warming_up' ? wallNow() : this.#lastAliveWallAt
        onProgress(progress)
      },
    })
    this.#feedsAsOf = at
    this.#options.onAnswer('clickhouse', at)
    this.#delays.seen('clickhouse', ingestedAts)
    this.#sources.clickhouse.succeeded('poll', at, startedMs)
  }

  #watermarks(): Watermarks {
    const { torghut, market } = this.#options
    const { lacking } = torghut
    return watermarksOf({ ordersAsOf: this.#ordersAsOf, feedsAsOf: this.#feedsAsOf, lacking, market })
  }
}
