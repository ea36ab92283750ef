import { type Kysely, sql } from 'kysely'

/**
 * What the process says of now, and the alerts' episodes.
 *
 * The newest values and the health of stages are unlogged: they cost no WAL, a crash empties them, and the next
 * connection of the writer writes them again. A fill factor leaves room in each page, so that an update that touches no
 * index stays in its page (HOT) and the page is cleaned as it is read.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE UNLOGGED TABLE IF NOT EXISTS quant.quant_metrics_latest (
      strategy_id text NOT NULL,
      account text NOT NULL,
      "window" text NOT NULL,
      metric_name text NOT NULL,
      value double precision,
      unit text NOT NULL,
      status text NOT NULL,
      reason text,
      quality text NOT NULL,
      as_of timestamptz,
      formula_version text NOT NULL,
      frame_seq bigint NOT NULL,
      frame_as_of timestamptz NOT NULL,
      shard smallint NOT NULL,
      PRIMARY KEY (strategy_id, account, "window", metric_name)
    ) WITH (fillfactor = 70)`.execute(db)
  await sql`
    CREATE UNLOGGED TABLE IF NOT EXISTS quant.quant_pipeline_health (
      shard smallint NOT NULL,
      stage text NOT NULL,
      status text NOT NULL,
      lag_seconds double precision,
      last_success_at timestamptz,
      last_error_at timestamptz,
      last_error_code text,
      errors_total bigint NOT NULL,
      last_frame_seq bigint,
      verified_at timestamptz,
      reported_at timestamptz NOT NULL,
      PRIMARY KEY (shard, stage)
    ) WITH (fillfactor = 50)`.execute(db)
  await sql`
    CREATE TABLE IF NOT EXISTS quant.quant_strategies (
      strategy_id text NOT NULL,
      shard smallint NOT NULL,
      name text NOT NULL,
      enabled boolean NOT NULL,
      calendar text NOT NULL,
      accounts text[] NOT NULL,
      first_fact_at timestamptz,
      last_fact_at timestamptz,
      PRIMARY KEY (strategy_id, shard)
    ) WITH (fillfactor = 70)`.execute(db)
  await sql`
    CREATE TABLE IF NOT EXISTS quant.quant_alerts (
      alert_id uuid PRIMARY KEY,
      policy text NOT NULL,
      strategy_id text NOT NULL,
      account text NOT NULL,
      severity text NOT NULL,
      category text NOT NULL,
      metric_name text NOT NULL,
      "window" text NOT NULL,
      threshold double precision NOT NULL,
      observed double precision,
      unit text NOT NULL,
      consecutive_frames integer NOT NULL,
      opened_at timestamptz NOT NULL,
      resolved_at timestamptz,
      resolved_reason text,
      summary text NOT NULL,
      runbook_url text NOT NULL,
      frame_seq bigint NOT NULL,
      meta jsonb,
      shard smallint NOT NULL,
      CHECK ((resolved_at IS NULL) = (resolved_reason IS NULL)),
      CHECK (resolved_at >= opened_at)
    )`.execute(db)
  await sql`CREATE INDEX IF NOT EXISTS quant_alerts_newest ON quant.quant_alerts (opened_at DESC, alert_id DESC)`.execute(
    db,
  )
  await sql`CREATE INDEX IF NOT EXISTS quant_alerts_open ON quant.quant_alerts (shard) WHERE resolved_at IS NULL`.execute(
    db,
  )
}
