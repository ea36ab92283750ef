import type { StageHealth } from '../../domain/ports.js'
import type { Shard } from '../../domain/shards.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import { SCHEMA } from './client.js'
import type { StoreQuery } from './writer-session.js'

const TABLE = `${SCHEMA}.quant_pipeline_health`

/** Writes how the shard's stages are doing, and forgets stages and shards that there are no more: the latest state, no history. */
export async function writePipelineHealth(
  query: StoreQuery,
  { index, count }: Shard,
  stages: readonly StageHealth[],
  reportedAt: EpochMs,
): Promise<void> {
  const instants = (of: (stage: StageHealth) => EpochMs | null | undefined) =>
    stages.map((stage) => {
      const at = of(stage)
      return at === null || at === undefined ? null : toIso(at)
    })
  await query(
    `INSERT INTO ${TABLE} AS there (stage, status, lag_seconds, last_success_at, last_error_at, last_error_code,
                                    errors_total, last_frame_seq, verified_at, reported_at, shard)
     SELECT *, $10::timestamptz, $11::smallint FROM unnest(
       $1::text[], $2::text[], $3::float8[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::bigint[],
       $8::bigint[], $9::timestamptz[])
     ON CONFLICT (shard, stage) DO UPDATE SET
       status = excluded.status, lag_seconds = excluded.lag_seconds, last_success_at = excluded.last_success_at,
       last_error_at = excluded.last_error_at, last_error_code = excluded.last_error_code,
       errors_total = excluded.errors_total, last_frame_seq = excluded.last_frame_seq,
       verified_at = excluded.verified_at, reported_at = excluded.reported_at`,
    [
      stages.map(({ stage }) => stage),
      stages.map(({ status }) => status),
      stages.map(({ lagSeconds }) => lagSeconds),
      instants(({ lastSuccessAt }) => lastSuccessAt),
      instants(({ lastErrorAt }) => lastErrorAt),
      stages.map(({ lastErrorCode }) => lastErrorCode),
      stages.map(({ errorsTotal }) => errorsTotal),
      stages.map(({ lastFrameSeq }) => lastFrameSeq),
      instants(({ verifiedAt }) => verifiedAt),
      toIso(reportedAt),
      index,
    ],
  )
  await query(`DELETE FROM ${TABLE} WHERE (shard = $1 AND stage <> ALL ($2::text[])) OR shard >= $3`, [
    index,
    stages.map(({ stage }) => stage),
    count,
  ])
}
