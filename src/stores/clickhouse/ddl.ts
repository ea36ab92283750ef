/** The table of series, and what it keeps for how long. */

export const TABLE = 'quant_metrics_series'

export interface SeriesTable {
  readonly database: string
  /** The cluster that holds it; undefined: one server. */
  readonly cluster: string | undefined
  /** False: nothing is thinned and nothing deleted. Where T is not the time of day, ages by the server's clock say nothing. */
  readonly isThinned: boolean
}

/**
 * Values of one series lie together, and their instants are those of its neighbours: in blocks that hold many series both
 * take a fifth less. Measured with an afternoon of ten books: 2.1 bytes a sample with DoubleDelta, ZSTD(1) and blocks as
 * the server has them, 1.57 like this; rows come by the hundred a second, so a higher level costs nothing that counts.
 */
const BLOCKS = 'min_compress_block_size = 1048576, max_compress_block_size = 4194304'

/** Every sample, then the last one of a minute, then of an hour; then nothing. */
export const RAW_DAYS = 3
export const MINUTE_DAYS = 60
export const HOUR_DAYS = 730

/**
 * The statements that make the table, in order; each may be run again. What an administrator runs is the same as what
 * the exporter runs where it is allowed to.
 *
 * A sample is an integer with its decimals, so that it costs little and says itself how it is read: value / 10^decimals.
 * The order keeps the values of one series together; its hours and minutes stand in it because a roll-up has to be one of
 * the key's beginnings. Rolled-up rows keep the last value (of a status that is not ok: none) under its own instant, and
 * in low and high the extremes of what they replace; raw rows have neither. Aggregates there take plain columns only, so
 * nothing is computed inside of them.
 */
export function seriesDdl({ database, cluster, isThinned }: SeriesTable): string[] {
  const name = (table: string) => `${quoted(database)}.${quoted(table)}`
  const on = cluster === undefined ? '' : ` ON CLUSTER ${quoted(cluster)}`
  const local = cluster === undefined ? TABLE : `${TABLE}_local`
  const engine =
    cluster === undefined
      ? 'MergeTree'
      : `ReplicatedMergeTree('/clickhouse/tables/{shard}/${database}/${local}', '{replica}')`
  const deduplication = cluster === undefined ? ', non_replicated_deduplication_window = 1000' : ''
  const settings = `\nSETTINGS ${BLOCKS}${deduplication}`
  const table = `CREATE TABLE IF NOT EXISTS ${name(local)}${on}
(
    strategy_id LowCardinality(String) CODEC(ZSTD(1)),
    account LowCardinality(String) CODEC(ZSTD(1)),
    metric LowCardinality(String) CODEC(ZSTD(1)),
    window LowCardinality(String) CODEC(ZSTD(1)),
    decimals UInt8 CODEC(ZSTD(1)),
    ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(9)),
    value Nullable(Int64) CODEC(T64, ZSTD(9)),
    low Nullable(Int64) CODEC(T64, ZSTD(9)),
    high Nullable(Int64) CODEC(T64, ZSTD(9)),
    status Enum8('ok' = 0, 'insufficient_data' = 1, 'error' = 2) CODEC(ZSTD(1)),
    formula_version LowCardinality(String) CODEC(ZSTD(1))
)
ENGINE = ${engine}
PARTITION BY toYYYYMM(ts)
ORDER BY (strategy_id, account, metric, window, decimals, toStartOfHour(ts), toStartOfMinute(ts), ts)${isThinned ? THINNING : ''}${settings}`
  const database_ = `CREATE DATABASE IF NOT EXISTS ${quoted(database)}${on}`
  if (cluster === undefined) return [database_, table]
  const distributed = `CREATE TABLE IF NOT EXISTS ${name(TABLE)}${on} AS ${name(local)}
ENGINE = Distributed(${quoted(cluster)}, ${quoted(database)}, ${quoted(local)}, cityHash64(strategy_id, account))`
  return [database_, table, distributed]
}

const ROLLED_UP = `SET
        value = if(argMax(status, ts) = 'ok', argMax(value, ts), NULL),
        low = ifNull(least(min(low), min(value)), min(value)),
        high = ifNull(greatest(max(high), max(value)), max(value)),
        status = argMax(status, ts),
        formula_version = argMax(formula_version, ts),
        ts = max(ts)`

const THINNING = `
TTL
    toStartOfMinute(ts) + INTERVAL ${RAW_DAYS} DAY
        GROUP BY strategy_id, account, metric, window, decimals, toStartOfHour(ts), toStartOfMinute(ts) ${ROLLED_UP},
    toStartOfHour(ts) + INTERVAL ${MINUTE_DAYS} DAY
        GROUP BY strategy_id, account, metric, window, decimals, toStartOfHour(ts) ${ROLLED_UP},
    toStartOfHour(ts) + INTERVAL ${HOUR_DAYS} DAY`

/** A name as ClickHouse reads it, whatever is in it. */
export function quoted(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``
}
