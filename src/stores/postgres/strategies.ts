import type pg from 'pg'
import type { CalendarName } from '../../domain/calendar.js'
import type { StrategySummary } from '../../domain/ports.js'
import type { Shard } from '../../domain/shards.js'
import { type EpochMs, MINUTE_MS, toIso } from '../../domain/time.js'
import { SCHEMA } from './client.js'
import { asStoreError } from './errors.js'
import type { StoreQuery } from './writer-session.js'

const TABLE = `${SCHEMA}.quant_strategies`

/**
 * Which strategies have to be written: where something has changed. The newest fact of a strategy at work is another all
 * the time, and is written once a minute.
 */
export class StrategyChanges {
  readonly #written = new Map<string, { readonly text: string; readonly at: EpochMs }>()

  forget(): void {
    this.#written.clear()
  }

  /** They count as written from now on: who cannot write them has to forget. */
  of(strategies: readonly StrategySummary[], at: EpochMs): readonly StrategySummary[] {
    return strategies.filter((strategy) => {
      const { strategyId } = strategy
      const text = JSON.stringify({ ...strategy, lastFactAt: null })
      const before = this.#written.get(strategyId)
      if (before?.text === text && at - before.at < MINUTE_MS) return false
      this.#written.set(strategyId, { text, at })
      return true
    })
  }
}

/** Writes strategies that have changed; those of the shard that the store has and `all` has not are deleted, and those of shards that there are no more. */
export async function writeStrategies(
  query: StoreQuery,
  { index, count }: Shard,
  changed: readonly StrategySummary[],
  all: readonly StrategySummary[],
): Promise<void> {
  if (changed.length > 0)
    await query(
      `INSERT INTO ${TABLE} AS there (strategy_id, name, enabled, calendar, accounts, first_fact_at, last_fact_at, shard)
       SELECT strategy_id, name, enabled, calendar, accounts, first_fact_at, last_fact_at, $2::smallint
         FROM jsonb_populate_recordset(NULL::${TABLE}, $1::jsonb)
       ON CONFLICT (strategy_id, shard) DO UPDATE SET
         name = excluded.name, enabled = excluded.enabled, calendar = excluded.calendar, accounts = excluded.accounts,
         first_fact_at = excluded.first_fact_at, last_fact_at = excluded.last_fact_at
       WHERE (there.name, there.enabled, there.calendar, there.accounts, there.first_fact_at, there.last_fact_at)
         IS DISTINCT FROM (excluded.name, excluded.enabled, excluded.calendar, excluded.accounts, excluded.first_fact_at, excluded.last_fact_at)`,
      [
        JSON.stringify(
          changed.map(({ strategyId, name, enabled, calendar, accounts, firstFactAt, lastFactAt }) => ({
            ...{ strategy_id: strategyId, name, enabled, calendar, accounts },
            first_fact_at: firstFactAt === null ? null : toIso(firstFactAt),
            last_fact_at: lastFactAt === null ? null : toIso(lastFactAt),
          })),
        ),
        index,
      ],
    )
  await query(`DELETE FROM ${TABLE} WHERE (shard = $1 AND strategy_id <> ALL ($2::text[])) OR shard >= $3`, [
    index,
    all.map(({ strategyId }) => strategyId),
    count,
  ])
}

/** Every strategy of every shard, by id; one that two shards tell of, while their number changes, is told once. */
export async function readStrategies(pool: pg.Pool): Promise<readonly StrategySummary[]> {
  try {
    const { rows } = await pool.query<{
      strategy_id: string
      name: string
      enabled: boolean
      calendar: CalendarName
      accounts: string[]
      first_ms: number | null
      last_ms: number | null
    }>(
      `SELECT strategy_id, (array_agg(name ORDER BY shard))[1] AS name, bool_or(enabled) AS enabled,
              (array_agg(calendar ORDER BY shard))[1] AS calendar,
              (SELECT array_agg(DISTINCT label COLLATE "C") FROM ${TABLE} one, unnest(one.accounts) label
                WHERE one.strategy_id = there.strategy_id) AS accounts,
              (extract(epoch FROM min(first_fact_at)) * 1000)::float8 AS first_ms,
              (extract(epoch FROM max(last_fact_at)) * 1000)::float8 AS last_ms
         FROM ${TABLE} there GROUP BY strategy_id ORDER BY strategy_id COLLATE "C"`,
    )
    return rows.map((row) => ({
      strategyId: row.strategy_id,
      name: row.name,
      enabled: row.enabled,
      calendar: row.calendar,
      accounts: row.accounts ?? [],
      firstFactAt: row.first_ms,
      lastFactAt: row.last_ms,
    }))
  } catch (error) {
    throw asStoreError(error)
  }
}
