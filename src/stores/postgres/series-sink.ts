import type pg from 'pg'
import type { BookKey } from '../../domain/book.js'
import { causeCodeOf, QuantError } from '../../domain/errors.js'
import { DAY_MS, type EpochMs, toIso } from '../../domain/time.js'
import type { Batch } from '../series/batch.js'
import { refusal, type SeriesSink } from '../series/sink.js'
import { SCHEMA } from './client.js'
import { asStoreError } from './errors.js'
import { migrateStore } from './migrate.js'
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
  /** Whether a table that is missing may be made here. */
  readonly migrates: boolean
}

/** Rows in a statement: few statements, none of which takes long or is large. */
const ROWS = 10_000

/** What Postgres says of rows that it cannot read or hold: data exceptions, and what is too large for an index. */
const REFUSED = /^(22...|54000)$/

const MISSING_TABLE = '42P01'

/**
 * Writes series into our own Postgres. A row that is there already stays: a batch may be sent again, and two writers that
 * overlap for a moment write the same.
 */
export class PostgresSink implements SeriesSink {
  readonly backend = 'postgres'
  readonly #options: PostgresSinkOptions
  /** What was there when it was written to last. */
  readonly #days = new Set<number>()
  #isTableMissing = false

  constructor(options: PostgresSinkOptions) {
    this.#options = options
  }

  async write({ days, lines }: Batch, signal: AbortSignal): Promise<void> {
    await this.#asked(signal, async () => {
      await this.#writeLayout()
      for (const day of days) await this.#makeDay(day)
      for (let from = 0; from < lines.length; from += ROWS)
        await this.#options.pool.query(INSERT, [`[${lines.slice(from, from + ROWS).join(',')}]`])
    })
  }

  async ping(signal: AbortSignal): Promise<void> {
    await this.#asked(signal, () => this.#options.pool.query(`SELECT FROM ${TABLE} LIMIT 0`))
  }

  gapLine(book: BookKey, at: EpochMs): string {
    return this.#options.encoder.gapLine(book, at)
  }

  async #asked(signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
    const { pool, migrates } = this.#options
    if (signal.aborted) throw new QuantError('refused', 'store: the exporter is stopping', { retryable: true })
    try {
      if (migrates && this.#isTableMissing) await migrateStore(pool)
      this.#isTableMissing = false
      await work()
    } catch (thrown) {
      const error = asStoreError(thrown)
      const code = causeCodeOf(error)
      // Somebody may have dropped what was there: the next attempt makes it again.
      this.#days.clear()
      this.#isTableMissing = code === MISSING_TABLE
      throw REFUSED.test(code) ? refusal(`Postgres answers with SQLSTATE ${code}`) : error
    }
  }

  /** Each time: it costs nothing where it is there, and rows without theirs say nothing. */
  async #writeLayout(): Promise<void> {
    const { pool, layout } = this.#options
    await pool.query(`INSERT INTO ${SCHEMA}.quant_series_layouts VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [
      layout.formulaSet,
      layout.metrics,
      layout.formulaVersions,
    ])
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

/** Its name sorts by its day. */
function partitionOf(day: number): string {
  return `quant_metrics_series_${toIso(day * DAY_MS)
    .slice(0, 10)
    .replaceAll('-', '')}`
}
