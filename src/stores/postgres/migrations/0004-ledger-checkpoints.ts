import { type Kysely, sql } from 'kysely'

/**
 * Ledgers at closes that no window reaches any more, a row a book. What is in a row is the exporter's own business: it is
 * compressed, and of use only to the version and configuration that it names.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS quant.quant_ledger_checkpoints (
      shard smallint NOT NULL,
      strategy_id text NOT NULL,
      account text NOT NULL,
      session_close timestamptz NOT NULL,
      made_by text NOT NULL,
      orders integer NOT NULL,
      state bytea NOT NULL,
      written_at timestamptz NOT NULL,
      PRIMARY KEY (shard, strategy_id, account, session_close)
    )`.execute(db)
}
