import { BOUNCE_PRIME, BOUNCE_STEP, type PriceCurve, WAVE_PERIODS_MS } from './waves.js'

/**
 * The same prices as market.ts, in ClickHouse's SQL: bars and signals are computed where they are stored, ten times
 * faster than a client could send them.
 *
 * The waves are evaluated once an instant, not once a symbol and instant; a symbol only brings its factors. Nothing in
 * the text depends on a seed or a time: the factors are rows of `synthetic_symbols`, the instants are parameters
 * (`Segment`, one array a field); only names and constants of this file are put into it.
 */
const WAVES = WAVE_PERIODS_MS.map((periodMs, wave) => ({ periodMs, sine: `sine_${wave}`, cosine: `cosine_${wave}` }))

/** Waves of less than half an hour: what averages over that time do not see. */
const FAST_WAVES = WAVES.filter(({ periodMs }) => periodMs < 1_800_000)

/** The table of the factors: one row a symbol. */
export const CREATE_SYMBOLS = `CREATE TABLE IF NOT EXISTS {database:Identifier}.synthetic_symbols (
  symbol String,
  calendar String,
  base_price Float64,
  ticks_per_usd Float64,
  half_spread Float64,
  bounce Float64,
  salt Int64,
${WAVES.map(({ sine, cosine }) => `  ${sine} Float64,\n  ${cosine} Float64`).join(',\n')}
)
ENGINE = MergeTree ORDER BY symbol`

/** A row of `synthetic_symbols`. */
export function symbolRow(curve: PriceCurve): Record<string, string | number> {
  const { symbol, calendar, basePriceUsd } = curve.instrument
  const waves = WAVES.flatMap(({ sine, cosine }, wave): [string, number][] => [
    [sine, curve.sines[wave] ?? 0],
    [cosine, curve.cosines[wave] ?? 0],
  ])
  return {
    ...{ symbol, calendar, base_price: basePriceUsd, ticks_per_usd: curve.ticksPerUsd },
    ...{ half_spread: curve.halfSpread, bounce: curve.bounce, salt: curve.salt },
    ...Object.fromEntries(waves),
  }
}

const WAVE_VALUES = WAVES.map(({ periodMs, sine, cosine }) => {
  const angle = `2 * pi() * (market_ms % ${periodMs}) / ${periodMs}`
  return `sin(${angle}) AS ${sine}, cos(${angle}) AS ${cosine}`
}).join(',\n      ')

function sumOf(waves: typeof WAVES): string {
  return waves.map(({ sine, cosine }) => `(s.${sine} * t.${sine} + s.${cosine} * t.${cosine})`).join(' + ')
}

/** One row for each symbol and instant of its calendar's segments: the price in ticks, and what rows are made of. */
const PRICES = `(
  SELECT
    s.symbol AS symbol, s.ticks_per_usd AS ticks_per_usd, s.half_spread AS half_spread, t.at AS at, t.step_ms AS step_ms,
    (t.market_second * ${BOUNCE_STEP} + s.salt) % ${BOUNCE_PRIME} AS step,
    (step * step + s.salt) % ${BOUNCE_PRIME} AS now,
    floor(s.base_price * (1 + ${sumOf(WAVES)} + s.bounce * (now / ${BOUNCE_PRIME} - 0.5)) * s.ticks_per_usd + 0.5) AS ticks,
    s.base_price * s.ticks_per_usd * (${sumOf(FAST_WAVES)}) AS fast_ticks,
    s.base_price * s.ticks_per_usd * s.bounce AS bounce_ticks
  FROM {database:Identifier}.synthetic_symbols AS s
  INNER JOIN (
    SELECT calendar, at, step_ms, intDiv(market_ms, 1000) AS market_second,
      ${WAVE_VALUES}
    FROM (
      SELECT calendar, step_ms, first_at + step_ms * index AS at, at - shift_ms AS market_ms
      FROM (
        SELECT {calendars:Array(String)} AS calendar, {firsts:Array(Int64)} AS first_at, {steps:Array(Int64)} AS step_ms,
          {counts:Array(UInt32)} AS points, {shifts:Array(Int64)} AS shift_ms
      )
      ARRAY JOIN calendar, first_at, step_ms, points, shift_ms
      ARRAY JOIN range(points) AS index
    )
  ) AS t ON s.calendar = t.calendar
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

export const INSERT_SIGNALS = `INSERT INTO {database:Identifier}.ta_signals
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
  abs(fast_ticks) / ticks AS vol_realized_w60s,
  CAST(NULL, 'Nullable(String)') AS microstructure_signal_v1
FROM ${PRICES}
${SETTINGS}`
