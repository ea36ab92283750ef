import { Counter, Gauge, type Registry } from 'prom-client'

/** What the exporter says of the stores that it writes. */
export class StoreMetrics {
  readonly #up: Gauge
  readonly #written: Counter
  readonly #dropped: Counter
  readonly #unreadable: Counter
  readonly #waiting = new Map<string, { queueRows(): number; spilledBytes(): number }>()

  constructor(registry: Registry) {
    const registers = [registry]
    const labelNames = ['store']
    const waiting = this.#waiting
    this.#up = new Gauge({
      name: 'quant_store_up',
      help: 'Whether the last write to a store succeeded; 0 until the first one has.',
      ...{ labelNames, registers },
    })
    this.#written = new Counter({
      name: 'quant_store_rows_written_total',
      help: 'Rows that a store has taken.',
      ...{ labelNames, registers },
    })
    this.#dropped = new Counter({
      name: 'quant_store_rows_dropped_total',
      help: 'Rows that a store will never have: it did not take them while there was room for them to wait.',
      labelNames: ['store', 'reason'],
      registers,
    })
    this.#unreadable = new Counter({
      name: 'quant_store_spill_files_unreadable_total',
      help: 'Files of waiting rows that were not whole: a process was killed while it wrote them, or somebody changed them.',
      ...{ labelNames, registers },
    })
    new Gauge({
      name: 'quant_store_queue_rows',
      help: 'Rows that wait in memory to be written to a store.',
      ...{ labelNames, registers },
      collect() {
        for (const [store, { queueRows }] of waiting) this.set({ store }, queueRows())
      },
    })
    new Gauge({
      name: 'quant_store_spilled_bytes',
      help: 'What waits on disk to be written to a store.',
      ...{ labelNames, registers },
      collect() {
        for (const [store, { spilledBytes }] of waiting) this.set({ store }, spilledBytes())
      },
    })
  }

  /** Declares a configured store, so that it shows as down until it first answers. */
  expect(
    store: string,
    { reasons, ...waiting }: { reasons: readonly string[]; queueRows(): number; spilledBytes(): number },
  ): void {
    this.#waiting.set(store, waiting)
    this.#up.set({ store }, 0)
    this.#written.inc({ store }, 0)
    this.#unreadable.inc({ store }, 0)
    for (const reason of reasons) this.#dropped.inc({ store, reason }, 0)
  }

  up(store: string, isUp: boolean): void {
    this.#up.set({ store }, isUp ? 1 : 0)
  }

  written(store: string, rowCount: number): void {
    this.#written.inc({ store }, rowCount)
  }

  dropped(store: string, reason: string, rowCount: number): void {
    this.#dropped.inc({ store, reason }, rowCount)
  }

  unreadable(store: string, fileCount: number): void {
    this.#unreadable.inc({ store }, fileCount)
  }
}
