import type { Feed } from '../../domain/ports.js'
import { MINUTE_MS } from '../../domain/time.js'

/**
 * The statements on the two feeds. Nothing is put into their text but names and constants of this file: symbols and
 * instants are parameters. All of them are bounded by time, which is the partition, and by symbols.
 *
 * Replacement of rows is asynchronous upstream and up to four rows share a key, so the row ingested last wins here
 * (argMax over a tuple: of a bare column it would skip rows whose value is null), never FINAL.
 */

interface FeedSql {
  readonly table: string
  /** Signals of other sources are minute bars whose quote looks ahead. */
  readonly filter: string
  /** Two numbers of a row, as a tuple: a bar's close, or a signal's bid and ask. */
  readonly values: string
}

const NONE = `CAST(NULL, 'Nullable(Float64)')`
const number = (column: string) => `CAST(${column}, 'Nullable(Float64)')`

function feedSql(feed: Feed, hasQuotes: boolean): FeedSql {
  if (feed === 'bars') return { table: 'ta_microbars', filter: '', values: `(${number('c')}, ${NONE})` }
  const quote = hasQuotes ? `(${number('imbalance_bid_px')}, ${number('imbalance_ask_px')})` : `(${NONE}, ${NONE})`
  return { table: 'ta_signals', filter: ` AND source = 'ta'`, values: quote }
}

const instant = (parameter: string) => `fromUnixTimestamp64Milli({${parameter}:Int64})`
const EVENT_MS = 'toUnixTimestamp64Milli(event_ts)'
const scope = (from: string) =>
  `symbol IN {symbols:Array(String)} AND event_ts > ${instant(from)} AND event_ts <= ${instant('to')}`
const POINTS = `arraySort(groupArray((at, numbers.1, numbers.2, ingested))) AS points`

/** A row that is not of a feed: the server's clock, in the place of an event's time. */
export const CLOCK_ROW = 'clock'
const CLOCK = `SELECT '${CLOCK_ROW}' AS feed, '' AS symbol, [(toUnixTimestamp64Milli(now64(3)), ${NONE}, ${NONE}, toInt64(0))] AS points`

/** Every row of the feeds: parameters symbols, from, to; and the clock. */
export function rowsQuery(feeds: readonly Feed[], hasQuotes: boolean): string {
  const rows = feeds.map((feed) => {
    const { table, filter, values } = feedSql(feed, hasQuotes)
    return `SELECT '${feed}' AS feed, symbol, ${POINTS} FROM (
    SELECT symbol, ${EVENT_MS} AS at, argMax(${values}, (ingest_ts, seq)) AS numbers, toUnixTimestamp64Milli(max(ingest_ts)) AS ingested
    FROM ${table} WHERE ${scope('from')}${filter} GROUP BY symbol, event_ts
  ) GROUP BY symbol`
  })
  return union([...rows, CLOCK])
}

/**
 * The last row of each cell (a, b] of the UTC grid, a cell that holds a pin ending there as well: parameters symbols, to,
 * cellMs, barsFrom, signalsFrom, and pins, which begins with an instant before all others.
 */
export function cellsQuery(feeds: readonly Feed[], hasQuotes: boolean): string {
  const cells = feeds.map((feed) => {
    const { table, filter, values } = feedSql(feed, hasQuotes)
    return `SELECT '${feed}' AS feed, symbol, ${POINTS} FROM (
    SELECT symbol, max(${EVENT_MS}) AS at, argMax(${values}, (event_ts, ingest_ts, seq)) AS numbers,
      toUnixTimestamp64Milli(argMax(ingest_ts, (event_ts, ingest_ts, seq))) AS ingested
    FROM ${table} WHERE ${scope(`${feed}From`)}${filter}
    GROUP BY symbol, intDiv(${EVENT_MS} + {cellMs:Int64} - 1, {cellMs:Int64}), roundDown(${EVENT_MS} - 1, {pins:Array(Int64)})
  ) GROUP BY symbol`
  })
  return union(cells)
}

/** The minutes (m − 1 min, m] with a row, as runs of their ends in milliseconds: parameters symbols, from, to. */
export function minutesQuery(feeds: readonly Feed[]): string {
  const minutes = feeds.map((feed) => {
    const { table, filter } = feedSql(feed, false)
    return `SELECT '${feed}' AS feed, symbol,
      arrayMap(run -> (run[1] * ${MINUTE_MS}, run[-1] * ${MINUTE_MS}), arraySplit((minute, step) -> step > 1, minutes, arrayDifference(minutes))) AS runs
    FROM (
      SELECT symbol, arraySort(groupUniqArray(intDiv(${EVENT_MS} + ${MINUTE_MS - 1}, ${MINUTE_MS}))) AS minutes
      FROM ${table} WHERE ${scope('from')}${filter} GROUP BY symbol
    )`
  })
  return union(minutes)
}

function union(selects: readonly string[]): string {
  return `SELECT * FROM (${selects.join(' UNION ALL ')}) ORDER BY feed, symbol`
}
