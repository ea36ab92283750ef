import type { Shard } from '../../domain/shards.js'
import { toIso } from '../../domain/time.js'
import { SCHEMA } from './client.js'
import type { LatestRow } from './latest-changes.js'
import type { StoreQuery } from './writer-session.js'

/** Rows in a statement: few statements, none of which takes long. */
const ROWS = 2_000

const TABLE = `${SCHEMA}.quant_metrics_latest`

const UPSERT = `
  INSERT INTO ${TABLE} AS there (strategy_id, account, "window", metric_name, value, unit, status, reason, quality,
                        as_of, formula_version, frame_seq, frame_as_of, shard)
  SELECT *, $14::smallint FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::text[], $12::bigint[], $13::timestamptz[])
  ON CONFLICT (strategy_id, account, "window", metric_name) DO UPDATE SET
    value = excluded.value, unit = excluded.unit, status = excluded.status, reason = excluded.reason,
    quality = excluded.quality, as_of = excluded.as_of, formula_version = excluded.formula_version,
    frame_seq = excluded.frame_seq, frame_as_of = excluded.frame_as_of, shard = excluded.shard`

/** Writes rows in pieces; each is written whole or not at all. */
export async function writeLatest(query: StoreQuery, shard: number, rows: readonly LatestRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS) {
    const piece = rows.slice(from, from + ROWS)
    await query(UPSERT, [
      piece.map((row) => row.strategyId),
      piece.map((row) => row.account),
      piece.map((row) => row.window),
      piece.map((row) => row.metric.name),
      piece.map((row) => row.value),
      piece.map((row) => row.metric.unit),
      piece.map((row) => row.status),
      piece.map((row) => row.reason),
      piece.map((row) => row.quality),
      piece.map((row) => (row.asOf === undefined ? null : toIso(row.asOf))),
      piece.map((row) => row.metric.formulaVersion),
      piece.map((row) => row.frameSeq),
      piece.map((row) => toIso(row.frameAsOf)),
      shard,
    ])
  }
}

/** What the shard's rows may be of; everything else of its is deleted. */
export interface LatestScope {
  /** All that are live, on whichever shard: a book may have moved to another that has not told all of it yet. */
  readonly books: readonly { readonly strategyId: string; readonly account: string }[]
  readonly metrics: readonly string[]
}

/** Deletes the shard's rows, and those of shards that there are no more, save what is live and in the dictionary. */
export async function deleteOtherLatest(query: StoreQuery, { index, count }: Shard, { books, metrics }: LatestScope) {
  await query(
    `DELETE FROM ${TABLE} WHERE (shard = $1 OR shard >= $2)
       AND ((strategy_id, account) NOT IN (SELECT * FROM unnest($3::text[], $4::text[])) OR metric_name <> ALL ($5::text[]))`,
    [...[index, count], books.map(({ strategyId }) => strategyId), books.map(({ account }) => account), metrics],
  )
}
