import { setImmediate as immediate } from 'node:timers/promises'
import type pg from 'pg'
import type { StoreConfig } from '../../config/store.js'
import type { Calendar, CalendarName } from '../../domain/calendar.js'
import { QuantError } from '../../domain/errors.js'
import type { FrameSet } from '../../domain/frame.js'
import type { MetricDescription } from '../../domain/metric.js'
import type { FrameReader, StageHealth } from '../../domain/ports.js'
import type { ShardOwnership } from '../../domain/shards.js'
import type { Clock, EpochMs } from '../../domain/time.js'
import type { StoreMetrics } from '../../exporter/store-metrics.js'
import { describeError, type Logger } from '../../lib/logger.js'
import { Loop } from '../../lib/loop.js'
import { deleteOtherLatest, writeLatest } from '../../stores/postgres/latest.js'
import { LatestChanges } from '../../stores/postgres/latest-changes.js'
import { inspectStore, migrateStore } from '../../stores/postgres/migrate.js'
import { writePipelineHealth } from '../../stores/postgres/pipeline-health.js'
import { StrategyChanges, writeStrategies } from '../../stores/postgres/strategies.js'
import { WriterSession } from '../../stores/postgres/writer-session.js'
import type { LedgerCheckpoints } from '../checkpoints/ledger-checkpoints.js'
import { StageStatus } from '../stage-status.js'
import { AlertRows, type JudgedAlerts } from './alert-rows.js'

const STORE = 'latest'
/** How often a writer shows that it lives, and another process asks whether it may write. */
const BEAT_MS = 1_000
/** Books that are looked at before everybody else has a turn. */
const BOOKS_AT_ONCE = 20

export interface LatestStoreOptions {
  readonly config: StoreConfig
  readonly ownership: ShardOwnership
  readonly pool: pg.Pool
  readonly reader: Pick<FrameReader, 'frames' | 'strategies' | 'health' | 'now'>
  readonly clock: Pick<Clock, 'speed'>
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** Undefined where nothing is judged. */
  readonly alerts?: JudgedAlerts | undefined
  /** What the next start begins with; undefined where nothing is kept of ledgers. */
  readonly checkpoints?: Pick<LedgerCheckpoints, 'write'> | undefined
  readonly metrics: StoreMetrics
  readonly maxStalenessMs: number
  readonly log: Logger
  readonly random: () => number
}

/**
 * Keeps the own Postgres up to date: newest values, strategies, health of the stages. It runs beside the ticks and takes
 * what frames there are; a store that is slow or down costs them nothing, and when it is back it is written whole.
 */
export class LatestStore {
  readonly #options: LatestStoreOptions
  readonly #session: WriterSession
  readonly #stage: StageStatus
  readonly #changes: LatestChanges
  readonly #strategies = new StrategyChanges()
  readonly #alerts: AlertRows | undefined
  readonly #loops: readonly Loop[]
  #isMigrated = false
  /** The session's term in which everything has been written once; what was written in an earlier one may be gone. */
  #wholeTerm = 0
  #verifiedAt: EpochMs | undefined
  /** The end of whatever uses the session. */
  #busy: Promise<unknown> = Promise.resolve()

  constructor(options: LatestStoreOptions) {
    this.#options = options
    const { config, ownership, clock, dictionary, calendars, metrics, log, random } = options
    const { connection, timeoutMs, latestPeriodMs } = config
    this.#stage = new StageStatus(`materialize:${STORE}`, latestPeriodMs * clock.speed)
    this.#changes = new LatestChanges(dictionary, calendars)
    this.#alerts = options.alerts && new AlertRows(options.alerts, ownership)
    metrics.expect(STORE)
    metrics.writer(false)
    this.#session = new WriterSession({
      ...{ connection, timeoutMs, shard: ownership.shard.index },
      onChange(isWriter) {
        metrics.writer(isWriter)
        log.info(isWriter ? 'this process writes to the store' : 'this process writes to the store no more', {
          shard: ownership.shard.index,
        })
      },
    })
    const onError = (error: unknown) => this.#failed(error)
    this.#loops = [
      new Loop({ periodMs: BEAT_MS, random, onError, run: () => this.#alone(() => this.#beat()) }),
      new Loop({ periodMs: latestPeriodMs, random, onError, run: () => this.#alone(() => this.#write()) }),
    ]
  }

  start(): void {
    for (const loop of this.#loops) loop.start()
  }

  /** Ends the writing and gives the lock back. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()))
    await this.#session.close()
  }

  get isWriter(): boolean {
    return this.#session.isWriter
  }

  health(now: EpochMs): StageHealth {
    const { maxStalenessMs, clock } = this.#options
    return {
      ...this.#stage.health(now, maxStalenessMs * clock.speed, null),
      verifiedAt: this.#verifiedAt ?? null,
    }
  }

  /** The session runs one thing at a time: the next waits for the end of the one before. */
  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#busy.then(work)
    this.#busy = turn.catch(() => undefined)
    return turn
  }

  async #beat(): Promise<void> {
    if (!this.#isMigrated) await this.#migrate()
    // Who has nothing to write, another writes or there is no frame yet, is well while the store answers.
    if (!(await this.#session.beat()) || this.#options.reader.frames() === undefined) this.#succeeded()
    else if (this.#wholeTerm === this.#session.term && this.#alerts?.isUrgent === true) await this.#writeAlerts(false)
  }

  async #migrate(): Promise<void> {
    const { pool, config, log } = this.#options
    if (config.migrates) {
      const applied = await migrateStore(pool)
      if (applied.length > 0)
        log.info('the schema of the store was brought up to date', { applied: applied.join(', ') })
    } else {
      const { pending } = await inspectStore(pool)
      if (pending.length > 0)
        throw new QuantError('schema_unsupported', `the store lacks ${pending.join(', ')}: run quant-exporter migrate`)
    }
    this.#isMigrated = true
  }

  /** One round: what has changed since the last, or everything where this is the first of the session's term. */
  async #write(): Promise<void> {
    const { reader, ownership, dictionary } = this.#options
    const { shard } = ownership
    const set = reader.frames()
    const now = reader.now()
    if (!this.#session.isWriter || set === undefined) return
    const { term } = this.#session
    const isWhole = this.#wholeTerm === term
    if (!isWhole) this.#forget()
    try {
      const gone = this.#changes.gone(set).length > 0
      await this.#writeBooks(set)
      const all = reader.strategies().filter(({ strategyId }) => ownership.ownsStrategy(strategyId))
      await this.#session.write(async (query) => {
        if (!isWhole || gone)
          await deleteOtherLatest(query, shard, {
            books: [...set.books.values(), ...(set.elsewhere?.values() ?? [])].map(({ book }) => book),
            metrics: dictionary.map(({ name }) => name),
          })
        await writeStrategies(query, shard, this.#strategies.of(all, set.stamp.at), all)
      })
      await this.#writeAlerts(!isWhole)
      this.#wholeTerm = term
      this.#verifiedAt = set.stamp.at
      this.#succeeded()
      await this.#session.write((query) => writePipelineHealth(query, shard, reader.health().stages, now))
      await this.#options.checkpoints?.write(now, (work) => this.#session.write(work))
    } catch (error) {
      this.#forget()
      throw error
    }
  }

  /** An episode that opens or ends is written with the next beat, a value of it with the next round. */
  async #writeAlerts(isNewTerm: boolean): Promise<void> {
    const rows = this.#alerts
    if (rows !== undefined)
      await this.#session.write((query) => rows.write(query, isNewTerm, this.#options.reader.now()))
  }

  async #writeBooks({ books }: FrameSet): Promise<void> {
    const { ownership, metrics } = this.#options
    const all = [...books]
    for (let from = 0; from < all.length; from += BOOKS_AT_ONCE) {
      const rows = all.slice(from, from + BOOKS_AT_ONCE).flatMap(([id, frame]) => this.#changes.of(id, frame))
      if (rows.length > 0) await this.#session.write((query) => writeLatest(query, ownership.shard.index, rows))
      else await immediate()
      metrics.written(STORE, rows.length)
    }
  }

  /** Nothing is known of what the store holds: the next round writes all of it. */
  #forget(): void {
    this.#changes.forget()
    this.#strategies.forget()
    this.#alerts?.forget()
    this.#wholeTerm = 0
  }

  #succeeded(): void {
    const { reader, metrics, log } = this.#options
    metrics.up(STORE, true)
    if (this.#stage.succeeded(reader.now())) log.info('store up', { store: STORE })
  }

  #failed(error: unknown): void {
    const { reader, metrics, log } = this.#options
    metrics.up(STORE, false)
    const code = error instanceof QuantError ? error.code : 'internal_error'
    // A table that was there may have been dropped: it is looked for, and made, before the next round.
    if (code === 'schema_unsupported') this.#isMigrated = false
    if (this.#stage.failed(reader.now(), code))
      log.error('store down', { store: STORE, code, error: describeError(error) })
  }
}
