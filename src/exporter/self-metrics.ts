import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { EndedOrder } from '../domain/ended-order.js'
import { TIERS, type Tier } from '../domain/metric.js'
import type { SourceName } from '../domain/ports.js'
import type { Shard } from '../domain/shards.js'
import { SOURCE_ERROR_KINDS, type SourceErrorKind } from '../domain/source-errors.js'
import type { EpochMs } from '../domain/time.js'
import { OrderHistograms } from './order-histograms.js'
import { StoreMetrics } from './store-metrics.js'
import { StreamMetrics } from './stream-metrics.js'

/** Default process metrics whose names break the rules of the field (`_total` on a gauge): left out. */
const ILL_NAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

const QUERY_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const INGEST_BUCKETS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60]
const TICK_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

/** The reads of each source: label `query` of their duration. */
const QUERIES: Readonly<Record<SourceName, readonly string[]>> = {
  postgres: ['hydrate', 'poll', 'slow_poll', 'reconcile'],
  clickhouse: ['poll'],
}

const RELOAD_RESULTS = ['applied', 'refused'] as const
/** What became of a QUANT_CONFIG that was read again. */
export type ReloadResult = (typeof RELOAD_RESULTS)[number]

export interface SelfMetricsOptions {
  readonly version: string
  readonly revision: string
  readonly shard: Shard
  readonly tiers: readonly Tier[]
}

/**
 * What the exporter says of itself. prom-client keeps it: few series, long lived. Everything that is known to exist is
 * initialised, so that a rate has something to start from.
 */
export class SelfMetrics {
  /** A label of everything that a process says of itself. */
  readonly shard: string
  readonly #registry = new Registry()
  readonly #orders = new OrderHistograms()
  readonly stores = new StoreMetrics(this.#registry)
  readonly #configValid: Gauge
  readonly #configReloads: Counter
  readonly #ticks: Counter
  readonly #overruns: Counter
  readonly #tickDuration: Histogram
  readonly #tickCompleted: Gauge
  readonly #framesDropped: Counter
  readonly #sourceUp: Gauge
  readonly #sourceSuccess: Gauge
  readonly #sourceErrors: Counter
  readonly #queryDuration: Histogram
  readonly #clockOffset: Gauge
  readonly #ingestDelay: Histogram
  readonly #factsRejected: Counter
  readonly #requestsLimited: Counter
  /** Undefined where one process has all books. */
  readonly #requestsForwarded: Counter | undefined
  readonly #rebases: Counter
  readonly #reconcileCompleted: Gauge
  readonly #rowsReconciled: Counter
  #recordDropped: Counter | undefined
  readonly #enabled: Gauge
  readonly #ready: Gauge

  constructor({ version, revision, shard, tiers }: SelfMetricsOptions) {
    const registers = [this.#registry]
    this.shard = String(shard.index)
    this.#registry.setDefaultLabels({ shard: this.shard })
    const gauge = (name: string, help: string, labelNames: string[] = []) =>
      new Gauge({ name, help, labelNames, registers })
    const counter = (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name, help, labelNames, registers })

    gauge('quant_exporter_build_info', 'Version and revision of the running program.', ['version', 'revision']).set(
      { version, revision },
      1,
    )
    this.#configValid = gauge(
      'quant_config_valid',
      'Whether QUANT_CONFIG was accepted when it was last read; 0: the limits of before stay in force.',
    )
    this.#configReloads = counter(
      'quant_config_reloads_total',
      'Readings of QUANT_CONFIG while the process runs, by whether it was accepted.',
      ['result'],
    )
    this.#configValid.set(1)
    for (const result of RELOAD_RESULTS) this.#configReloads.inc({ result }, 0)
    gauge('quant_shards', 'Number of shards that the books are spread over.').set(shard.count)
    gauge('quant_shard_info', 'The shard of this process.', []).set(1)
    this.#enabled = gauge('quant_exporter_enabled', 'Whether the main switch is on.')
    this.#ready = gauge('quant_exporter_ready', 'Whether the history is read and the first frame is out.')
    this.#ticks = counter('quant_ticks_total', 'Completed ticks.', ['tier'])
    this.#overruns = counter('quant_tick_overruns_total', 'Ticks that took longer than their period.', ['tier'])
    this.#tickDuration = new Histogram({
      name: 'quant_tick_duration_seconds',
      help: 'Time a tick takes.',
      labelNames: ['tier'],
      buckets: TICK_BUCKETS,
      registers,
    })
    this.#tickCompleted = gauge(
      'quant_tick_last_completed_timestamp_seconds',
      'Wall-clock time of the last completed tick.',
      ['tier'],
    )
    this.#framesDropped = counter('quant_frames_dropped_total', 'Frames that were not made.', ['reason'])
    this.#sourceUp = gauge(
      'quant_source_up',
      'Whether the last poll of a source succeeded; 0 until the first one has.',
      ['source'],
    )
    this.#sourceSuccess = gauge(
      'quant_source_last_success_timestamp_seconds',
      'T of the last successful poll of a source; absent before the first.',
      ['source'],
    )
    this.#sourceErrors = counter('quant_source_errors_total', 'Failed reads of a source.', ['source', 'kind'])
    this.#queryDuration = new Histogram({
      name: 'quant_source_query_duration_seconds',
      help: 'Time a read of a source takes until it is through or has failed.',
      labelNames: ['source', 'query'],
      buckets: QUERY_BUCKETS,
      registers,
    })
    this.#clockOffset = gauge(
      'quant_source_clock_offset_seconds',
      "How far a source's clock is ahead of the machine's; absent before it has been measured.",
      ['source'],
    )
    this.#ingestDelay = new Histogram({
      name: 'quant_ingest_delay_seconds',
      help: 'Real time from the writing of a row to the frame that shows it; rows read at the start are not counted.',
      labelNames: ['source'],
      buckets: INGEST_BUCKETS,
      registers,
    })
    this.#rebases = counter(
      'quant_inventory_rebases_total',
      'Positions that snapshots corrected: rebase, split, fee_in_kind.',
      ['account', 'kind'],
    )
    this.#requestsLimited = counter(
      'quant_api_requests_limited_total',
      'Requests that were refused because their client asked too often.',
    )
    if (shard.count > 1)
      this.#requestsForwarded = counter(
        'quant_api_requests_forwarded_total',
        'Requests that were passed on to the shard that has their book, by whether it answered.',
        ['result'],
      )
    for (const result of ['answered', 'away']) this.#requestsForwarded?.inc({ result }, 0)
    this.#factsRejected = counter('quant_facts_rejected_total', 'Facts that could not be used.', ['source', 'reason'])
    this.#reconcileCompleted = gauge(
      'quant_reconcile_last_completed_timestamp_seconds',
      'Wall-clock time at which all that is held of a source was last found to be as the source has it, or made so.',
      ['source'],
    )
    this.#rowsReconciled = counter(
      'quant_reconciled_rows_total',
      'Rows that polls had missed, found by a reconciliation: late ones, changed ones, and ones that had vanished.',
      ['table', 'kind'],
    )

    for (const tier of TIERS.filter((name) => tiers.includes(name))) {
      this.#ticks.inc({ tier }, 0)
      this.#overruns.inc({ tier }, 0)
      this.#tickDuration.zero({ tier })
    }
    this.#framesDropped.inc({ reason: 'tick_failed' }, 0)
    this.#framesDropped.inc({ reason: 'tick_skipped' }, 0)
    collectDefaultMetrics({ register: this.#registry })
    for (const name of ILL_NAMED) this.#registry.removeSingleMetric(name)
  }

  /** The text of it, histograms of orders aside. The event loop's delays are not a number before they have been measured: then they are left out. */
  async render(): Promise<string> {
    return (await this.#registry.metrics()).replace(/^[^#\n].* nan$\n?/gim, '')
  }

  /** The text of the histograms of orders, which grow with the books. */
  renderOrders(): Promise<string> {
    return this.#orders.render()
  }

  setState(state: { enabled: boolean; ready: boolean }): void {
    this.#enabled.set(state.enabled ? 1 : 0)
    this.#ready.set(state.ready ? 1 : 0)
  }

  configReloaded(result: ReloadResult): void {
    this.#configValid.set(result === 'applied' ? 1 : 0)
    this.#configReloads.inc({ result })
  }

  /** Declares a configured source, so that it shows as down until it first answers. */
  expectSource(source: SourceName): void {
    this.#sourceUp.set({ source }, 0)
    for (const kind of SOURCE_ERROR_KINDS) this.#sourceErrors.inc({ source, kind }, 0)
    for (const query of QUERIES[source]) this.#queryDuration.zero({ source, query })
    this.#ingestDelay.zero({ source })
  }

  sourceSucceeded(source: SourceName, query: string, at: EpochMs, durationMs: number): void {
    this.#sourceUp.set({ source }, 1)
    this.sourceHeard(source, at)
    this.#queryDuration.observe({ source, query }, durationMs / 1000)
  }

  /** Everything of a source is known up to an instant. */
  sourceHeard(source: SourceName, at: EpochMs): void {
    this.#sourceSuccess.set({ source }, at / 1000)
  }

  sourceFailed(source: SourceName, query: string, kind: SourceErrorKind, durationMs: number): void {
    this.#sourceErrors.inc({ source, kind })
    this.#queryDuration.observe({ source, query }, durationMs / 1000)
  }

  sourceDown(source: SourceName): void {
    this.#sourceUp.set({ source }, 0)
  }

  /** Nothing where it has not been measured. */
  clockOffset(source: SourceName, offsetMs: number | undefined): void {
    if (offsetMs !== undefined) this.#clockOffset.set({ source }, offsetMs / 1000)
  }

  tickCompleted(tier: Tier, wallAt: EpochMs, durationMs: number): void {
    this.#ticks.inc({ tier })
    this.#tickDuration.observe({ tier }, durationMs / 1000)
    this.#tickCompleted.set({ tier }, wallAt / 1000)
  }

  tickOverran(tier: Tier): void {
    this.#overruns.inc({ tier })
  }

  frameDropped(reason: 'tick_failed' | 'tick_skipped', count = 1): void {
    this.#framesDropped.inc({ reason }, count)
  }

  /** A reconciliation of a source is through. */
  reconciled(source: SourceName, wallAt: EpochMs, durationMs: number): void {
    this.#reconcileCompleted.set({ source }, wallAt / 1000)
    this.#queryDuration.observe({ source, query: 'reconcile' }, durationMs / 1000)
  }

  rowsReconciled(table: string, kind: string, count: number): void {
    this.#rowsReconciled.inc({ table, kind }, count)
  }

  rowShown(source: SourceName, delaySeconds: number): void {
    this.#ingestDelay.observe({ source }, delaySeconds)
  }

  orderEnded(order: EndedOrder): void {
    this.#orders.observe(order)
  }

  rebased(account: string, kind: string): void {
    this.#rebases.inc({ account, kind })
  }

  /** Declares that there is a stream, and counts it. */
  expectStream(): StreamMetrics {
    return new StreamMetrics(this.#registry)
  }

  /** Declares that facts are recorded. */
  expectRecording(): void {
    this.#recordDropped = new Counter({
      name: 'quant_record_dropped_total',
      help: 'Facts that were not recorded because the disk did not keep up.',
      registers: [this.#registry],
    })
  }

  recordDropped(): void {
    this.#recordDropped?.inc()
  }

  requestLimited(): void {
    this.#requestsLimited.inc()
  }

  /** A request was passed on to the shard that has its book. */
  forwarded(result: 'answered' | 'away'): void {
    this.#requestsForwarded?.inc({ result })
  }

  factRejected(source: SourceName, reason: string): void {
    this.#factsRejected.inc({ source, reason })
  }
}
