import type pg from 'pg'
import type { BookKey } from '../../domain/book.js'
import type { Shard } from '../../domain/shards.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import { SCHEMA } from './client.js'
import { asStoreError } from './errors.js'
import type { StoreQuery } from './writer-session.js'

const TABLE = `${SCHEMA}.quant_ledger_checkpoints`

/** The ledgers of a book at a session's close, as they are kept. */
export interface CheckpointRow extends BookKey {
  readonly sessionClose: EpochMs
  /** How many orders they stand for. */
  readonly orders: number
  readonly state: Uint8Array
}

/** Writes the checkpoint of one book, instead of one of the same close. */
export async function writeCheckpoint(
  query: StoreQuery,
  { shard, madeBy, writtenAt }: { readonly shard: number; readonly madeBy: string; readonly writtenAt: EpochMs },
  { strategyId, account, sessionClose, orders, state }: CheckpointRow,
): Promise<void> {
  await query(
    `INSERT INTO ${TABLE} (shard, strategy_id, account, session_close, made_by, orders, state, written_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (shard, strategy_id, account, session_close) DO UPDATE SET
       made_by = excluded.made_by, orders = excluded.orders, state = excluded.state, written_at = excluded.written_at`,
    [shard, strategyId, account, toIso(sessionClose), madeBy, orders, Buffer.from(state), toIso(writtenAt)],
  )
}

/** Forgets what nobody will read any more: whatever starts from now on can begin with checkpoints of this close. */
export async function deleteCheckpointsBefore(query: StoreQuery, shard: Shard, sessionClose: EpochMs): Promise<void> {
  const { index, count } = shard
  await query(`DELETE FROM ${TABLE} WHERE (shard = $1 OR shard >= $2) AND session_close < $3`, [
    ...[index, count],
    toIso(sessionClose),
  ])
}

/**
 * The newest checkpoint of each book at or before an instant, of those that one version and configuration made, whichever
 * shard left it: a shard holds the ledgers of all books.
 */
export async function readCheckpoints(pool: pg.Pool, madeBy: string, at: EpochMs): Promise<CheckpointRow[]> {
  try {
    const { rows } = await pool.query<{
      strategy_id: string
      account: string
      close_ms: number
      orders: number
      state: Buffer
    }>(
      `SELECT DISTINCT ON (strategy_id, account) strategy_id, account, orders, state,
              (extract(epoch FROM session_close) * 1000)::float8 AS close_ms
         FROM ${TABLE} WHERE made_by = $1 AND session_close <= $2
        ORDER BY strategy_id, account, session_close DESC, written_at DESC`,
      [madeBy, toIso(at)],
    )
    return rows.map(({ strategy_id, account, close_ms, orders, state }) => ({
      ...{ strategyId: strategy_id, account, sessionClose: close_ms, orders, state },
    }))
  } catch (error) {
    throw asStoreError(error)
  }
}
