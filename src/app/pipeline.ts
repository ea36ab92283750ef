import { setImmediate as immediate } from 'node:timers/promises'
import { FINE_HISTORY_MS, type Watermarks } from '../compute/engine.js'
import { QuantError } from '../domain/errors.js'
import type { Explanation, ExplanationQuestion } from '../domain/explanation.js'
import type { FrameSet } from '../domain/frame.js'
import { historyFrom } from '../domain/history.js'
import type { FrameReader, HealthReport, SourceName, StrategySummary } from '../domain/ports.js'
import type { EpochMs } from '../domain/time.js'
import { Loop } from '../lib/loop.js'
import type { LedgerCheckpoints } from './checkpoints/ledger-checkpoints.js'
import { wallNow } from './clock.js'
import { reportHealth } from './health-report.js'
import { readHistory } from './history.js'
import { IngestDelays } from './ingest-delays.js'
import { Liveness } from './liveness.js'
import type { PipelineOptions } from './pipeline-options.js'
import { SourceWatch } from './source-watch.js'
import { Ticker } from './ticker.js'
import { withTimeLimit } from './time-limit.js'
import { watermarksOf } from './watermarks.js'

/** Why a reconciliation ends early: no failure of its own. */
const GIVING_WAY = new QuantError('refused', 'polls of the trading database fail: a reconciliation waits for them')
/** How long the first frame waits for more of the bars before it goes out without them, and for all of them. */
const FIRST_BARS_MS = { more: 30_000, all: 300_000 }

/**
 * The running exporter: hydrates, then polls the sources and ticks, each in a loop of its own, so that one source's
 * trouble delays neither the other nor a tick. What it knows can be read at any time and from memory.
 */
export class Pipeline implements FrameReader {
  readonly #options: PipelineOptions
  readonly #abort = new AbortController()
  readonly #sources: Record<SourceName, SourceWatch>
  readonly #ticker: Ticker
  readonly #liveness = new Liveness()
  readonly #delays: IngestDelays
  #loops: Loop[] = []
  #hydrating: Promise<void> | undefined
  #isStopping = false
  #ordersAsOf: EpochMs | undefined
  #feedsAsOf: EpochMs | undefined
  #slowPollDueWallAt = 0
  #isSlowPoll = true
  /** Ends the reconciliation under way, where there is one. */
  #reconciling: AbortController | undefined

  constructor(options: PipelineOptions) {
    this.#options = options
    const { clock, pollIntervalMs, slowPollIntervalMs, selfMetrics, log } = options
    const watch = (source: SourceName, periodMs: number) =>
      new SourceWatch({ source, periodMs: periodMs * clock.speed, selfMetrics, log })
    this.#sources = {
      postgres: watch('postgres', pollIntervalMs),
      clickhouse: watch('clickhouse', slowPollIntervalMs),
    }
    this.#delays = new IngestDelays({
      clock,
      observe: (source, delaySeconds) => selfMetrics.rowShown(source, delaySeconds),
    })
    this.#ticker = new Ticker({
      ...options,
      watermarks: () => this.#watermarks(),
      onStep: () => this.#liveness.beat(),
      onShown: (at) => this.#delays.shown(at),
      signal: this.#abort.signal,
    })
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
    this.#isStopping = true
    this.#abort.abort(new QuantError('refused', 'the exporter is stopping'))
    await Promise.all(this.#loops.map((loop) => loop.stop()))
    await this.#hydrating
  }

  /** The history of bars and signals is read again at the next poll: somebody has written into the past. */
  rereadMarket(): void {
    this.#options.market?.forgetHistory()
  }

  /** What it leaves for the next start, where a store is configured. */
  get checkpoints(): LedgerCheckpoints | undefined {
    return this.#options.checkpoints
  }

  state(): 'warming_up' | 'ready' | 'stopping' {
    if (this.#isStopping) return 'stopping'
    return this.#ticker.lastTickWallAt === undefined ? 'warming_up' : 'ready'
  }

  frames(): FrameSet | undefined {
    return this.#ticker.frames
  }

  now(): EpochMs {
    return this.#ticker.now()
  }

  lastTickWallAt(): EpochMs | undefined {
    return this.#ticker.lastTickWallAt
  }

  alive(): boolean {
    return this.#liveness.isAlive
  }

  /** Runs work while no tick is under way: only then a number can be explained. */
  betweenTicks<Result>(work: () => Result): Promise<Result> {
    return this.#options.turn.between(work)
  }

  /** How a number of the latest frames came about; undefined where they have no such book or metric. Throws amid a tick. */
  explain(question: ExplanationQuestion): Explanation | undefined {
    const { frames } = this.#ticker
    return frames && this.#options.engine.explain(frames, question)
  }

  strategies(): readonly StrategySummary[] {
    return this.#options.engine.strategies()
  }

  health(): HealthReport {
    const { engine, market, clock, calendars, maxStalenessMs, storesHealth } = this.#options
    return reportHealth({
      state: this.state(),
      now: this.now(),
      maxStalenessMs: maxStalenessMs * clock.speed,
      sources: [
        { stage: this.#sources.postgres.stage, isRequired: true, isConfigured: true },
        { stage: this.#sources.clickhouse.stage, isRequired: false, isConfigured: market !== undefined },
      ],
      compute: this.#ticker.stages,
      stores: storesHealth(this.now()),
      frames: this.#ticker.frames,
      calendars,
      dropped: this.#ticker.dropped,
      facts: engine.factCounts,
    })
  }

  async #hydrate(): Promise<void> {
    const { torghut, market, clock, calendars, random, onProgress, checkpoints } = this.#options
    const { signal } = this.#abort
    const startedMs = wallNow()
    let firstBars: Promise<void> | undefined
    const at = await readHistory({
      torghut,
      clock,
      calendars,
      signal,
      random,
      start: await checkpoints?.startAt(clock.now()),
      onPositions: async () => {
        while (this.#options.engine.settleOne()) await immediate()
        firstBars ??= market === undefined ? undefined : this.#firstBars()
      },
      onProgress: (progress) => {
        this.#liveness.beat()
        onProgress(progress)
      },
      onFailure: (error, tookMs) => {
        this.#liveness.beat()
        this.#sources.postgres.failed(this.now(), 'hydrate', error, tookMs)
      },
    })
    await firstBars
    if (at === undefined || signal.aborted) return
    this.#sources.postgres.succeeded('hydrate', at, startedMs)
    this.#ordersAsOf = at
    this.#options.onAnswer('postgres', at)
    await this.#options.judge.ready()
    await this.#firstNews()
    if (signal.aborted) return
    try {
      await this.#ticker.judgePast(at)
      await this.#ticker.tick()
    } catch (error) {
      if (signal.aborted) return
      this.#ticker.failed(error)
    }
    this.#startLoops()
  }

  /** What was written while the history was being read: without it the first frame would be behind by as long as that took. */
  async #firstNews(): Promise<void> {
    if (this.#abort.signal.aborted) return
    const startedMs = wallNow()
    try {
      await this.#readOrders()
    } catch (error) {
      this.#sources.postgres.failed(this.now(), 'slow_poll', error, wallNow() - startedMs)
    }
  }

  /** Bars make the first frame whole; when they do not come it goes out without them. */
  async #firstBars(): Promise<void> {
    const { signal } = this.#abort
    const startedMs = wallNow()
    const tooLong = 'clickhouse: reading the history took too long'
    try {
      await withTimeLimit(
        signal,
        FIRST_BARS_MS.more,
        new QuantError('source_timeout', tooLong, { retryable: true }),
        (limited, beginAnew) =>
          this.#pollMarket(limited, () => {
            if (wallNow() - startedMs < FIRST_BARS_MS.all) beginAnew()
          }),
      )
    } catch (error) {
      if (!signal.aborted) this.#sources.clickhouse.failed(this.now(), 'poll', error, wallNow() - startedMs)
    }
  }

  #startLoops(): void {
    const { periodsMs, pollIntervalMs, slowPollIntervalMs, reconcileIntervalMs, market, selfMetrics, random } =
      this.#options
    const { postgres, clickhouse } = this.#sources
    this.#loops = [
      new Loop({
        ...{ periodMs: periodsMs.light, random },
        run: () => this.#ticker.tick(),
        onError: (error) => this.#ticker.failed(error),
        onOverrun: () => selfMetrics.tickOverran('light'),
      }),
      new Loop({
        ...{ periodMs: pollIntervalMs, random },
        run: () => this.#pollOrders(),
        onError: (error, tookMs) => {
          postgres.failed(this.now(), this.#isSlowPoll ? 'slow_poll' : 'poll', error, tookMs)
          this.#reconciling?.abort(GIVING_WAY)
        },
      }),
      new Loop({
        ...{ periodMs: reconcileIntervalMs, random },
        run: (signal) => this.#reconcile(signal),
        onError: (error, tookMs) => {
          if (error !== GIVING_WAY) postgres.erred(this.now(), 'reconcile', error, tookMs)
        },
      }),
    ]
    if (market !== undefined)
      this.#loops.push(
        new Loop({
          ...{ periodMs: slowPollIntervalMs, random },
          run: (signal) => this.#pollMarket(signal),
          onError: (error, tookMs) => clickhouse.failed(this.now(), 'poll', error, tookMs),
        }),
      )
    if (this.#abort.signal.aborted) return
    for (const loop of this.#loops) loop.start()
  }

  async #pollOrders(): Promise<void> {
    if (await this.#readOrders()) await this.#ticker.showAtOnce()
  }

  /** Answers whether an order has changed. */
  async #readOrders(): Promise<boolean> {
    const { torghut, clock, turn, slowPollIntervalMs, selfMetrics } = this.#options
    const startedMs = wallNow()
    const isSlow = startedMs >= this.#slowPollDueWallAt
    this.#isSlowPoll = isSlow
    const at = clock.now()
    const { asOf, hasOrderNews, writtenAts } = await torghut.poll(at, isSlow)
    if (isSlow) this.#slowPollDueWallAt = startedMs + slowPollIntervalMs - 50
    turn.tell(() => {
      this.#delays.seen('postgres', writtenAts)
      this.#ordersAsOf = asOf
      this.#options.onAnswer('postgres', asOf)
    })
    this.#sources.postgres.succeeded(isSlow ? 'slow_poll' : 'poll', asOf, startedMs)
    selfMetrics.clockOffset('postgres', torghut.clockOffsetMs)
    return hasOrderNews
  }

  /**
   * What it finds shows in the next tick. It gives way to polls: where they fail it is one burden less, and what it reads
   * would come to nothing. The next one starts from the beginning.
   */
  async #reconcile(loopSignal: AbortSignal): Promise<void> {
    const { torghut, clock, calendars, selfMetrics, log } = this.#options
    if (!this.#sources.postgres.stage.isUp) throw GIVING_WAY
    this.#reconciling = new AbortController()
    const signal = AbortSignal.any([loopSignal, this.#reconciling.signal])
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

  async #pollMarket(signal: AbortSignal, onPiece: () => void = () => undefined): Promise<void> {
    const { market, engine, turn, clock, selfMetrics, onProgress } = this.#options
    if (market === undefined) return
    const demand = await turn.between(() => engine.demand())
    const startedMs = wallNow()
    const at = clock.now()
    await market.poll({
      at,
      demand,
      fineFrom: at - FINE_HISTORY_MS,
      signal,
      onProgress: (progress) => {
        if (this.state() === 'warming_up') this.#liveness.beat()
        onPiece()
        onProgress(progress)
      },
      live: {
        now: () => clock.now(),
        onNews: (asOf, ingestedAts) =>
          turn.tell(() => {
            this.#feedsAsOf = asOf
            this.#sources.clickhouse.heard(asOf)
            this.#options.onAnswer('clickhouse', asOf)
            this.#delays.seen('clickhouse', ingestedAts)
          }),
      },
    })
    this.#sources.clickhouse.succeeded('poll', at, startedMs)
    selfMetrics.clockOffset('clickhouse', market.clockOffsetMs)
  }

  #watermarks(): Watermarks {
    const { torghut, market } = this.#options
    const { lacking } = torghut
    return watermarksOf({ ordersAsOf: this.#ordersAsOf, feedsAsOf: this.#feedsAsOf, lacking, market })
  }
}
