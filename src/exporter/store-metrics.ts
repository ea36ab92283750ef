import { Counter, Gauge, type Registry } from 'prom-client'
import { DROP_REASONS, type DropReason } from '../domain/series.js'

/** Where the exporter keeps what it has computed: the newest values, and their history. */
export type StoreName = 'latest' | 'series'

/** What the exporter says of its stores; nothing of a store that is not configured. */
export class StoreMetrics {
  readonly #registry: Registry
  readonly #up: Gauge
  readonly #writer: Gauge
  readonly #queueRows: Gauge
  readonly #written: Counter
  readonly #dropped: Counter
  readonly #spilledBytes: Gauge
  readonly #unreadable: Counter

  constructor(registry: Registry) {
    const registers = [registry]
    const labelNames = ['store']
    this.#up = new Gauge({
      name: 'quant_store_up',
      help: 'Whether the last write to a store succeeded; 0 until the first one has.',
      ...{ labelNames, registers },
    })
    // Without labels it would say 0 from the start, also where there is no store.
    this.#writer = new Gauge({
      name: 'quant_writer',
      help: 'Whether this process is the one that writes its shard to the stores; absent without a store.',
      registers: [],
    })
    this.#registry = registry
    this.#queueRows = new Gauge({
      name: 'quant_store_queue_rows',
      help: 'Rows that wait to be written to a store.',
      ...{ labelNames, registers },
    })
    this.#written = new Counter({
      name: 'quant_store_rows_written_total',
      help: 'Rows written to a store.',
      ...{ labelNames, registers },
    })
    this.#dropped = new Counter({
      name: 'quant_store_rows_dropped_total',
      help: 'Rows that were never written to a store.',
      labelNames: ['store', 'reason'],
      registers,
    })
    this.#spilledBytes = new Gauge({
      name: 'quant_store_spilled_bytes',
      help: 'What waits on disk to be written to a store.',
      ...{ labelNames, registers },
    })
    this.#unreadable = new Counter({
      name: 'quant_store_spill_files_unreadable_total',
      help: 'Files of waiting rows that were not whole: a process was killed while it wrote them, or somebody changed them.',
      ...{ labelNames, registers },
    })
  }

  /** Declares a configured store, so that it shows as down until its first write. */
  expect(store: StoreName): void {
    this.#up.set({ store }, 0)
    this.#written.inc({ store }, 0)
  }

  /** Declares that rows wait for a store in a queue, and what is too much for it is dropped. */
  expectQueue(store: StoreName): void {
    this.#queueRows.set({ store }, 0)
    this.#spilledBytes.set({ store }, 0)
    this.#unreadable.inc({ store }, 0)
    for (const reason of DROP_REASONS) this.#dropped.inc({ store, reason }, 0)
  }

  up(store: StoreName, isUp: boolean): void {
    this.#up.set({ store }, isUp ? 1 : 0)
  }

  writer(isWriter: boolean): void {
    if (this.#registry.getSingleMetric('quant_writer') === undefined) this.#registry.registerMetric(this.#writer)
    this.#writer.set(isWriter ? 1 : 0)
  }

  /** What waits, in memory and on disk. */
  queued(store: StoreName, rows: number, spilledBytes: number): void {
    this.#queueRows.set({ store }, rows)
    this.#spilledBytes.set({ store }, spilledBytes)
  }

  unreadable(store: StoreName, files: number): void {
    this.#unreadable.inc({ store }, files)
  }

  written(store: StoreName, rows: number): void {
    this.#written.inc({ store }, rows)
  }

  dropped(store: StoreName, reason: DropReason, rows: number): void {
    this.#dropped.inc({ store, reason }, rows)
  }
}
