import { type Kysely, sql } from 'kysely'

/**
 * A stretch of time is cleared of all books at once, and the key begins with the book. Rows come in the order of time, so
 * that an index of ranges of pages finds them, and costs next to nothing for each row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE INDEX IF NOT EXISTS quant_metrics_series_by_time ON quant.quant_metrics_series
      USING brin (ts) WITH (pages_per_range = 16, autosummarize = on)`.execute(db)
}
