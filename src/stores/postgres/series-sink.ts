import type pg from 'pg'
import type { BookKey } from '../../domain/book.js'
import { QuantError } from '../../domain/errors.js'
import { DAY_MS, type EpochMs, toIso } from '../../domain/time.js'
import type { Batch } from '../series/batch.js'
import type { SeriesSink } from '../series/series-writer.js'
import { SCHEMA } from './client.js'
import { asStoreError } from './errors.js'
import type { SeriesEncoder } from './series-encoder.js'
import { type SeriesLayout, TABLE } from './series-layout.js'

const INSERT = `
  INSERT INTO ${TABLE} (strategy_id, account, "window", ts, formula_set, "values")
  SELECT row->>0, row->>1, row->>2, to_timestamp((row->>3)::float8 / 1000), row->>4, (row->>5)::real[]
    FROM jsonb_array_elements($1::jsonb) AS row
  ON CONFLICT DO NOTHING`

export interface PostgresSinkOptions {
  readonly pool: pg.Pool
  readonly layout: SeriesLayout
  readonly encoder: SeriesEncoder
  /** Days of T that are kept whole; older ones are dropped. */
  readonly keptDays: number
}

/**
 * Writes series into our own Postgres. A row that is there already stays: a batch may be sent again, and two writers that
 * overlap for a moment write the same.
 */
export class PostgresSink implements SeriesSink {
  readonly #options: PostgresSinkOptions
  readonly #days = new Set<number>()
  #hasLayout = false

  constructor(options: PostgresSinkOptions) {
    this.#options = options
  }

  async write({ lines }: Batch, signal: AbortSignal): Promise<void> {
    const { pool } = this.#options
    await this.#asked(signal, async () => {
      await this.#writeLayout()
      const ats = lines.map((line) => Number((JSON.parse(line) as unknown[])[3]))
      for (const day of new Set(ats.map(dayOf))) await this.#makeDay(day)
      await pool.query(INSERT, [`[${lines.join(',')}]`])
    })
  }

  async ping(signal: AbortSignal): Promise<void> {
    await this.#asked(signal, () => this.#options.pool.query(`SELECT FROM ${TABLE} LIMIT 0`))
  }

  gapLine(book: BookKey, at: EpochMs): string {
    return this.#options.encoder.gapLine(book, at)
  }

  async #asked(signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
    if (signal.aborted) throw new QuantError('refused', 'store: the exporter is stopping', { retryable: true })
    try {
      await work()
    } catch (error) {
      throw asStoreError(error)
    }
  }

  async #writeLayout(): Promise<void> {
    if (this.#hasLayout) return
    const { pool, layout } = this.#options
    await pool.query(`INSERT INTO ${SCHEMA}.quant_series_layouts VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [
      layout.formulaSet,
      layout.metrics,
      layout.formulaVersions,
    ])
    this.#hasLayout = true
  }

  /** Once a day: its partition, and the end of those that are too old by then. */
  async #makeDay(day: number): Promise<void> {
    if (this.#days.has(day)) return
    const { pool, keptDays } = this.#options
    const [from, to] = [day, day + 1].map((one) => toIso(one * DAY_MS))
    await pool.query(
      `CREATE TABLE IF NOT EXISTS ${SCHEMA}.${partitionOf(day)} PARTITION OF ${TABLE} FOR VALUES FROM ('${from}') TO ('${to}')`,
    )
    const { rows } = await pool.query<{ name: string }>(
      'SELECT relname AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = $1::regclass',
      [TABLE],
    )
    const oldest = partitionOf(day - keptDays)
    for (const { name } of rows) if (name < oldest) await pool.query(`DROP TABLE IF EXISTS ${SCHEMA}.${name}`)
    this.#days.add(day)
  }
}

function dayOf(at: EpochMs): number {
  return Math.floor(at / DAY_MS)
}

/** Its name sorts by its day. */
function partitionOf(day: number): string {
  return `quant_metrics_series_${toIso(day * DAY_MS)
    .slice(0, 10)
    .replaceAll('-', '')}`
}
