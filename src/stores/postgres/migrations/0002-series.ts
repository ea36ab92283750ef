import { type Kysely, sql } from 'kysely'

/**
 * Series where there is no ClickHouse: a row is a book and a window, with all of its metrics in one array. A row a metric
 * would cost twenty times the WAL, since what a row weighs here is not its value.
 *
 * Which place of the array is whose stands in a layout, under the hash that the row carries. Partitions are days, so that
 * what is old is dropped as a file, and not deleted row by row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS quant.quant_series_layouts (
      formula_set text PRIMARY KEY,
      metrics text[] NOT NULL,
      formula_versions text[] NOT NULL
    )`.execute(db)
  await sql`
    CREATE TABLE IF NOT EXISTS quant.quant_metrics_series (
      strategy_id text NOT NULL,
      account text NOT NULL,
      "window" text NOT NULL,
      ts timestamptz NOT NULL,
      formula_set text NOT NULL,
      "values" real[],
      PRIMARY KEY (strategy_id, account, "window", ts)
    ) PARTITION BY RANGE (ts)`.execute(db)
}
