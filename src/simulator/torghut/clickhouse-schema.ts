/**
 * Torghut's ClickHouse tables as they are today, in the form that a single node and an embedded engine accept: plain
 * ReplacingMergeTree in place of the replicated one, and no TTL, which would eat a history set in the past.
 *
 * `synthetic_symbols` is not Torghut's: it holds the constants of the simulated prices and, being there, says that the
 * rows beside it are made up.
 */
const ENVELOPE = `
  symbol LowCardinality(String),
  event_ts DateTime64(3, 'UTC'),
  seq UInt64,
  ingest_ts DateTime64(3, 'UTC'),
  is_final UInt8,
  source LowCardinality(String),
  window_size LowCardinality(String),
  window_step Nullable(String),
  window_start Nullable(DateTime64(3, 'UTC')),
  window_end Nullable(DateTime64(3, 'UTC')),
  version UInt32`

const ENGINE = `
ENGINE = ReplacingMergeTree(ingest_ts)
PARTITION BY toDate(event_ts)
ORDER BY (symbol, event_ts, seq)`

/** Columns of ta_signals that came after the first design. */
const LATER_SIGNAL_COLUMNS = `,
  microstructure_signal_v1 Nullable(String)`

/** The statements that make the tables: as they are today, or without what came after the first design. */
export function clickHouseSchema({ isEarly = false } = {}): readonly string[] {
  return [
    'CREATE DATABASE IF NOT EXISTS {database:Identifier}',
    `CREATE TABLE IF NOT EXISTS {database:Identifier}.ta_microbars (${ENVELOPE},
  o Float64,
  h Float64,
  l Float64,
  c Float64,
  v Float64,
  vwap Nullable(Float64),
  count UInt64
)${ENGINE}`,
    `CREATE TABLE IF NOT EXISTS {database:Identifier}.ta_signals (${ENVELOPE},
  macd Nullable(Float64),
  macd_signal Nullable(Float64),
  macd_hist Nullable(Float64),
  ema12 Nullable(Float64),
  ema26 Nullable(Float64),
  rsi14 Nullable(Float64),
  boll_mid Nullable(Float64),
  boll_upper Nullable(Float64),
  boll_lower Nullable(Float64),
  vwap_session Nullable(Float64),
  vwap_w5m Nullable(Float64),
  imbalance_spread Nullable(Float64),
  imbalance_bid_px Nullable(Float64),
  imbalance_ask_px Nullable(Float64),
  imbalance_bid_sz Nullable(UInt64),
  imbalance_ask_sz Nullable(UInt64),
  vol_realized_w60s Nullable(Float64)${isEarly ? '' : LATER_SIGNAL_COLUMNS}
)${ENGINE}`,
  ]
}

/** The tables of the schema that hold market data. */
export const CLICKHOUSE_TABLES = ['ta_microbars', 'ta_signals'] as const

/** The table whose presence says that a database was filled by this simulator. */
export const SYNTHETIC_MARKER_TABLE = 'synthetic_symbols'
