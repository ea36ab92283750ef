import type { Engine } from '../compute/engine.js'
import { FINE_HISTORY_MS } from '../compute/engine.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import { QuantError } from '../domain/errors.js'
import type { FrameSet } from '../domain/frame.js'
import { BAR_LIFETIME_MS } from '../domain/history.js'
import { TIERS, type Tier } from '../domain/metric.js'
import type { FrameReader, HealthReport, Progress, SourceName, StrategySummary } from '../domain/ports.js'
import { type Clock, type EpochMs, MINUTE_MS } from '../domain/time.js'
import type { SelfMetrics } from '../exporter/self-metrics.js'
import type { BarSource } from '../ingest/clickhouse/bar-source.js'
import type { TorghutSource } from '../ingest/postgres/torghut-source.js'
import { describeError, type Logger } from '../lib/logger.js'
import { Loop } from '../lib/loop.js'
import { wallNow } from './clock.js'
import { reportHealth } from './health-report.js'
import { readHistory } from './history.js'
import { StageStatus } from './stage-status.js'

/** Between two ticks a book's new facts are shown at once, but not more often than this. */
const EXTRA_FRAME_MS = 250
/** How long the first frame waits for bars before it goes out without them. */
const FIRST_BARS_MS = 30_000

export interface PipelineOptions {
  readonly engine: Engine
  readonly clock: Clock
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly periodsMs: Readonly<Record<Tier, number>>
  readonly tiers: readonly Tier[]
  readonly pollIntervalMs: number
  readonly slowPollIntervalMs: number
  readonly maxStalenessMs: number
  readonly torghut: TorghutSource
  readonly bars: BarSource | undefined
  readonly selfMetrics: SelfMetrics
  readonly log: Logger
  readonly onProgress: (progress: Progress) => void
}

/**
 * The running exporter: hydrates, then polls the sources and ticks, each in a loop of its own, so that one source's
 * trouble delays neither the other nor a tick. What it knows can be read at any time and from memory.
 */
export class Pipeline implements FrameReader {
  readonly #options: PipelineOptions
  readonly #abort = new AbortController()
  readonly #sources: Record<SourceName, StageStatus>
  readonly #compute: StageStatus
  #loops: Loop[] = []
  #hydrating: Promise<void> | undefined
  #state: 'warming_up' | 'ready' | 'stopping' = 'warming_up'
  #frames: FrameSet | undefined
  #ordersAsOf: EpochMs | undefined
  #lastTickAt: EpochMs = Number.NEGATIVE_INFINITY
  #lastTickWallAt: EpochMs | undefined
  #lastAliveWallAt: EpochMs
  #lastExtraWallAt = 0
  #slowPollDueWallAt = 0
  #dropped = 0

  constructor(options: PipelineOptions) {
    this.#options = options
    const { clock, pollIntervalMs, slowPollIntervalMs, periodsMs } = options
    this.#sources = {
      postgres: new StageStatus('ingest:postgres', pollIntervalMs * clock.speed),
      clickhouse: new StageStatus('ingest:clickhouse', slowPollIntervalMs * clock.speed),
    }
    this.#compute = new StageStatus('compute:light', periodsMs.light * clock.speed)
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
    const { engine, bars, clock, calendars, maxStalenessMs } = this.#options
    return reportHealth({
      state: this.#state,
      now: this.now(),
      maxStalenessMs: maxStalenessMs * clock.speed,
      sources: [this.#sources.postgres, ...(bars === undefined ? [] : [this.#sources.clickhouse])],
      disabled: bars === undefined ? [this.#sources.clickhouse] : [],
      compute: this.#compute,
      frames: this.#frames,
      calendars,
      dropped: this.#dropped,
      facts: engine.factCounts,
    })
  }

  async #hydrate(): Promise<void> {
    const { torghut, bars, clock, calendars, onProgress } = this.#options
    const { signal } = this.#abort
    const startedMs = wallNow()
    let firstBars: Promise<void> | undefined
    const at = await readHistory({
      torghut,
      clock,
      calendars,
      signal,
      onOrders: () => {
        firstBars ??= bars === undefined ? undefined : this.#firstBars()
      },
      onProgress: (progress) => {
        this.#lastAliveWallAt = wallNow()
        onProgress(progress)
      },
      onFailure: (error) => {
        this.#lastAliveWallAt = wallNow()
        this.#sourceFailed('postgres', error)
      },
    })
    await firstBars
    if (at === undefined || signal.aborted) return
    this.#sourceSucceeded('postgres', 'hydrate', at, startedMs)
    this.#ordersAsOf = at
    try {
      this.#tick()
    } catch (error) {
      this.#tickFailed(error)
    }
    this.#startLoops()
  }

  /** Bars make the first frame whole; when they do not come it goes out without them. */
  async #firstBars(): Promise<void> {
    const limit = new AbortController()
    const signal = AbortSignal.any([this.#abort.signal, limit.signal])
    const timer = setTimeout(
      () =>
        limit.abort(
          new QuantError('source_timeout', 'clickhouse: reading the history took too long', { retryable: true }),
        ),
      FIRST_BARS_MS,
    )
    try {
      await this.#pollBars(signal)
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#sourceFailed('clickhouse', error)
    } finally {
      clearTimeout(timer)
    }
  }

  #startLoops(): void {
    const { periodsMs, pollIntervalMs, slowPollIntervalMs, bars, selfMetrics } = this.#options
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
        onError: (error) => this.#sourceFailed('postgres', error),
      }),
    ]
    if (bars !== undefined)
      this.#loops.push(
        new Loop({
          periodMs: slowPollIntervalMs,
          run: (signal) => this.#pollBars(signal),
          onError: (error) => this.#sourceFailed('clickhouse', error),
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
    const { asOf, hasOrderNews } = await torghut.poll(at, isSlow)
    if (isSlow) this.#slowPollDueWallAt = startedMs + slowPollIntervalMs - 50
    this.#ordersAsOf = asOf
    this.#sourceSucceeded('postgres', isSlow ? 'slow_poll' : 'poll', asOf, startedMs)
    if (hasOrderNews) this.#showAtOnce()
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
    } catch (error) {
      this.#tickFailed(error)
    }
  }

  async #pollBars(signal: AbortSignal): Promise<void> {
    const { bars, engine, clock, onProgress } = this.#options
    if (bars === undefined) return
    const startedMs = wallNow()
    const at = clock.now()
    await bars.poll(
      at,
      engine.demand(),
      { fineFrom: at - FINE_HISTORY_MS, from: at - BAR_LIFETIME_MS },
      signal,
      (progress) => {
        this.#lastAliveWallAt = this.#state === 'warming_up' ? wallNow() : this.#lastAliveWallAt
        onProgress(progress)
      },
    )
    this.#sourceSucceeded('clickhouse', 'poll', at, startedMs)
  }

  #watermarks(): { ordersAsOf: EpochMs | undefined; barsAnswered: boolean } {
    return { ordersAsOf: this.#ordersAsOf, barsAnswered: this.#sources.clickhouse.hasSucceeded }
  }

  #sourceSucceeded(source: SourceName, query: string, at: EpochMs, startedMs: number): void {
    const { selfMetrics, log } = this.#options
    selfMetrics.sourceSucceeded(source, query, at, wallNow() - startedMs)
    if (this.#sources[source].succeeded(at)) log.info('source up', { source })
  }

  #sourceFailed(source: SourceName, error: unknown): void {
    const { selfMetrics, log } = this.#options
    const code = error instanceof QuantError ? error.code : 'internal_error'
    selfMetrics.sourceFailed(source, code)
    if (this.#sources[source].failed(this.now(), code))
      log.error('source down', { source, code, error: describeError(error) })
  }
}
