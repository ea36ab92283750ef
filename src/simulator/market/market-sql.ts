import { SHOCK_FACTOR } from './shocks.js'
import { BOUNCE_PRIME, BOUNCE_STEP, type PriceCurve, WAVE_PERIODS_MS } from './waves.js'

/**
 * The same prices as market.ts, in ClickHouse's SQL: bars and signals are computed where they are stored, ten times
 * faster than a client could send them.
 *
 * The waves are evaluated once an instant, not once a symbol and instant; a symbol only brings its factors. Nothing in
 * the text depends on a seed or a time: the factors are rows of `synthetic_symbols`, instants and shocks are parameters
 * (`Segment`, `Shock`, one array a field); only names and constants of this file are put into it.
 */

/** Waves of less than half an hour: what averages over that time do not see. */
const FAST_WAVES = WAVE_PERIODS_MS.filter((periodMs) => periodMs < 1_800_000).length

/** The table of the factors: one row a symbol, sine and cosine of each wave in turn. */
export const CREATE_SYMBOLS = `CREATE TABLE IF NOT EXISTS {database:Identifier}.synthetic_symbols (
  symbol String,
  calendar String,
  base_price Float64,
  ticks_per_usd Float64,
  half_spread Float64,
  bounce Float64,
  salt Int64,
  factors Array(Float64)
)
ENGINE = MergeTree ORDER BY symbol`

/** A row of `synthetic_symbols`. */
export function symbolRow(curve: PriceCurve): Record<string, unknown> {
  const { symbol, calendar, basePriceUsd } = curve.instrument
  return {
    ...{ symbol, calendar, base_price: basePriceUsd, ticks_per_usd: curve.ticksPerUsd },
    ...{ half_spread: curve.halfSpread, bounce: curve.bounce, salt: curve.salt },
    factors: curve.sines.flatMap((sine, wave) => [sine, curve.cosines[wave] ?? 0]),
  }
}

/** Sine and cosine of each wave in turn, at a market time. */
const WAVE_VALUES = `arrayFlatten(arrayMap(
      period -> [sin(2 * pi() * (market_ms % period) / period), cos(2 * pi() * (market_ms % period) / period)],
      [${WAVE_PERIODS_MS.join(', ')}]
    ))`

/** One row for each instant of the segments, with the waves at it. */
const INSTANTS = `(
  SELECT calendar, step_ms, at, market_ms, intDiv(market_ms, 1000) AS market_second,
    ${WAVE_VALUES} AS waves
  FROM (
    SELECT calendar, step_ms, first_at + step_ms * index AS at, first_at + step_ms * index - shift_ms AS market_ms
    FROM (
      SELECT {calendars:Array(String)} AS calendar, {firsts:Array(Int64)} AS first_at, {steps:Array(Int64)} AS step_ms,
        {counts:Array(UInt32)} AS points, {shifts:Array(Int64)} AS shift_ms
    )
    ARRAY JOIN calendar, first_at, step_ms, points, shift_ms
    ARRAY JOIN range(points) AS index
  )
)`

/** One row for each symbol and instant of its calendar: the price in ticks, and what rows are made of. */
const PRICES = `(
  SELECT
    symbol, ticks_per_usd, half_spread, at, step_ms, step, now,
    floor(base_ticks * (1 + wave + bounce * (now / ${BOUNCE_PRIME} - 0.5)) * factor + 0.5) AS ticks,
    base_ticks * fast_wave AS fast_ticks,
    base_ticks * bounce AS bounce_ticks
  FROM (
    SELECT
      symbol, ticks_per_usd, half_spread, at, step_ms, bounce, step, (step * step + salt) % ${BOUNCE_PRIME} AS now,
      base_price * ticks_per_usd AS base_ticks,
      ${SHOCK_FACTOR} AS factor,
      arrayDotProduct(factors, waves) AS wave,
      arrayDotProduct(arraySlice(factors, 1, ${2 * FAST_WAVES}), arraySlice(waves, 1, ${2 * FAST_WAVES})) AS fast_wave
    FROM (
      SELECT *, (market_second * ${BOUNCE_STEP} + salt) % ${BOUNCE_PRIME} AS step
      FROM {database:Identifier}.synthetic_symbols AS s
      INNER JOIN ${INSTANTS} AS t ON s.calendar = t.calendar
    )
  )
)`

/** How long after its event a row is stored. */
export const TA_DELAY_MS = 600

const ENVELOPE = `symbol, fromUnixTimestamp64Milli(at, 'UTC') AS event_ts, toUInt64(intDiv(at, 1000)) AS seq,
  fromUnixTimestamp64Milli(at + ${TA_DELAY_MS}, 'UTC') AS ingest_ts, 1 AS is_final, 'ta' AS source, 'PT1S' AS window_size,
  'PT1S' AS window_step, fromUnixTimestamp64Milli(at - 1000, 'UTC') AS window_start, event_ts AS window_end, 1 AS version`

/** A second without a trade has no bar: about one in seventeen, never one that ends a minute. */
const TRADED = 'step_ms >= 60000 OR at % 60000 = 0 OR now % 17 != 0'

/** Compiling this many expressions would take a quarter of a second; there are no repeated keys to look for. */
const SETTINGS = 'SETTINGS compile_expressions = 0, optimize_on_insert = 0'

export const INSERT_BARS = `INSERT INTO {database:Identifier}.ta_microbars
SELECT ${ENVELOPE},
  round(ticks + bounce_ticks * (step / ${BOUNCE_PRIME} - 0.5)) / ticks_per_usd AS o,
  greatest(o, c) + (now % 2) / ticks_per_usd AS h,
  least(o, c) - (step % 2) / ticks_per_usd AS l,
  ticks / ticks_per_usd AS c,
  100 + now % 900 AS v,
  (h + l + c) / 3 AS vwap,
  1 + now % 40 AS count
FROM ${PRICES}
WHERE ${TRADED}
${SETTINGS}`

/** Named, so that a table without the columns that came later takes the same rows. */
const SIGNAL_COLUMNS = `symbol, event_ts, seq, ingest_ts, is_final, source, window_size, window_step, window_start, window_end, version,
  macd, macd_signal, macd_hist, ema12, ema26, rsi14, boll_mid, boll_upper, boll_lower, vwap_session, vwap_w5m, imbalance_spread,
  imbalance_bid_px, imbalance_ask_px, imbalance_bid_sz, imbalance_ask_sz, vol_realized_w60s`

export const INSERT_SIGNALS = `INSERT INTO {database:Identifier}.ta_signals (${SIGNAL_COLUMNS})
SELECT ${ENVELOPE},
  ema12 - ema26 AS macd,
  macd * 0.8 AS macd_signal,
  macd - macd_signal AS macd_hist,
  (ticks - fast_ticks * 0.6) / ticks_per_usd AS ema12,
  (ticks - fast_ticks) / ticks_per_usd AS ema26,
  50 + 50 * fast_ticks / (abs(fast_ticks) + ticks * 0.001) AS rsi14,
  ema26 AS boll_mid,
  boll_mid * 1.002 AS boll_upper,
  boll_mid * 0.998 AS boll_lower,
  boll_mid AS vwap_session,
  ema12 AS vwap_w5m,
  imbalance_ask_px - imbalance_bid_px AS imbalance_spread,
  floor(ticks * (1 - half_spread)) / ticks_per_usd AS imbalance_bid_px,
  ceil(ticks * (1 + half_spread)) / ticks_per_usd AS imbalance_ask_px,
  toUInt64(1 + now % 37) AS imbalance_bid_sz,
  toUInt64(1 + step % 41) AS imbalance_ask_sz,
  abs(fast_ticks) / ticks AS vol_realized_w60s
FROM ${PRICES}
${SETTINGS}`
