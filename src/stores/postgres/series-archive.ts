import type pg from 'pg'
import { type EpochMs, toIso } from '../../domain/time.js'
import type { SeriesArchive, Stretch } from '../series/archive.js'
import { BACKFILL } from '../series/marks.js'
import { asStoreError } from './errors.js'
import { TABLE } from './series-layout.js'
import type { PostgresSink } from './series-sink.js'

/** Series in our own Postgres, to be written anew. */
export class PostgresArchive implements SeriesArchive {
  readonly #pool: pg.Pool
  readonly #sink: PostgresSink

  constructor(pool: pg.Pool, sink: PostgresSink) {
    this.#pool = pool
    this.#sink = sink
  }

  async clear({ from, to }: Stretch): Promise<void> {
    await this.#query(`DELETE FROM ${TABLE} WHERE ts >= $1 AND ts < $2`, [toIso(from), toIso(to)])
  }

  async write(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#sink.write({ token: '', lines }, new AbortController().signal)
  }

  /** After rows of the stretch, whose day is there then; a stretch without any has nothing to be marked. */
  async mark(at: EpochMs, formulaSet: string): Promise<void> {
    await this.#query(
      `INSERT INTO ${TABLE} (strategy_id, account, "window", ts, formula_set, "values")
       VALUES ('', '', '${BACKFILL}', $1, $2, '{}') ON CONFLICT DO NOTHING`,
      [toIso(at), formulaSet],
    )
  }

  async marked({ from, to }: Stretch, formulaSet: string): Promise<ReadonlySet<EpochMs>> {
    const rows = await this.#query(
      `SELECT (extract(epoch FROM ts) * 1000)::float8 AS at FROM ${TABLE}
       WHERE strategy_id = '' AND account = '' AND "window" = '${BACKFILL}' AND formula_set = $3 AND ts >= $1 AND ts < $2`,
      [toIso(from), toIso(to), formulaSet],
    )
    return new Set(rows.map(({ at }) => at))
  }

  async #query(text: string, values: readonly unknown[]): Promise<{ at: EpochMs }[]> {
    try {
      return (await this.#pool.query<{ at: EpochMs }>(text, [...values])).rows
    } catch (error) {
      throw asStoreError(error)
    }
  }
}
