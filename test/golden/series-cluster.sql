CREATE DATABASE IF NOT EXISTS `quant` ON CLUSTER `main`;

CREATE TABLE IF NOT EXISTS `quant`.`quant_metrics_series_local` ON CLUSTER `main`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/quant/quant_metrics_series_local', '{replica}')
PARTITION BY toYYYYMM(ts)
ORDER BY (strategy_id, account, metric, window, decimals, toStartOfHour(ts), toStartOfMinute(ts), ts)
TTL
    toStartOfMinute(ts) + INTERVAL 3 DAY
        GROUP BY strategy_id, account, metric, window, decimals, toStartOfHour(ts), toStartOfMinute(ts) SET
        value = if(argMax(status, ts) = 'ok', argMax(value, ts), NULL),
        low = ifNull(least(min(low), min(value)), min(value)),
        high = ifNull(greatest(max(high), max(value)), max(value)),
        status = argMax(status, ts),
        formula_version = argMax(formula_version, ts),
        ts = max(ts),
    toStartOfHour(ts) + INTERVAL 60 DAY
        GROUP BY strategy_id, account, metric, window, decimals, toStartOfHour(ts) SET
        value = if(argMax(status, ts) = 'ok', argMax(value, ts), NULL),
        low = ifNull(least(min(low), min(value)), min(value)),
        high = ifNull(greatest(max(high), max(value)), max(value)),
        status = argMax(status, ts),
        formula_version = argMax(formula_version, ts),
        ts = max(ts),
    toStartOfHour(ts) + INTERVAL 730 DAY
SETTINGS min_compress_block_size = 1048576, max_compress_block_size = 4194304;

CREATE TABLE IF NOT EXISTS `quant`.`quant_metrics_series` ON CLUSTER `main` AS `quant`.`quant_metrics_series_local`
ENGINE = Distributed(`main`, `quant`, `quant_metrics_series_local`, cityHash64(strategy_id, account));
