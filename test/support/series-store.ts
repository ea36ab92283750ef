import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { BookKey } from '../../src/domain/book.js'
import type { SeriesValues } from '../../src/domain/series.js'
import type { EpochMs } from '../../src/domain/time.js'
import type { Window } from '../../src/domain/window.js'
import type { SeriesTable } from '../../src/stores/clickhouse/ddl.js'
import type { ClickHouseReader } from '../../src/stores/clickhouse/series-reader.js'
import { nameOf } from '../../src/stores/clickhouse/series-sink.js'
import { SMALL_DICTIONARY } from './frames.js'

export const BOOK: BookKey = { strategyId: 'momentum-1', account: 'PA-1' }

/** A client as the exporter has it, without credentials. */
export function clientOf(url: string): ClickHouseClient {
  return createClient({ url, database: 'default', log: { level: ClickHouseLogLevel.OFF } })
}

/** The values of some metrics, every `stepMs` between two instants. */
export async function valuesOf(
  reader: ClickHouseReader,
  {
    firstAt,
    lastAt,
    stepMs = 10_000,
    window = '1d',
    metrics = ['net_pnl'],
    book = BOOK,
  }: {
    readonly firstAt: EpochMs
    readonly lastAt: EpochMs
    readonly stepMs?: number
    readonly window?: Window
    readonly metrics?: readonly string[]
    readonly book?: BookKey
  },
): Promise<readonly SeriesValues[]> {
  const described = SMALL_DICTIONARY.filter(({ name }) => metrics.includes(name))
  return reader.read({ ...book, window, metrics: described, firstAt, lastAt, stepMs })
}

/** Rows of a table that a condition holds for. */
export async function countOf(client: ClickHouseClient, table: SeriesTable, where = 'true'): Promise<number> {
  const answer = await client.query({
    query: `SELECT count() AS n FROM ${nameOf(table)} WHERE ${where}`,
    format: 'JSON',
  })
  const { data } = (await answer.json()) as { data: { n: string }[] }
  return Number(data[0]?.n)
}

/** The rows of a table as they were written, in the order of their text; one that is there twice stands twice. */
export async function storedLines(client: ClickHouseClient, table: SeriesTable): Promise<string[]> {
  const query = `SELECT strategy_id, account, metric, window, decimals, toString(ts) AS ts, value, toString(status) AS status, formula_version FROM ${nameOf(table)}`
  const answer = await client.query({ query, format: 'JSONCompactEachRow' })
  const rows = await answer.json<(string | number | null)[]>()
  // The engine writes 64-bit integers in quotes.
  return rows
    .map(([strategy, account, metric, window, decimals, ts, scaled, status, version]) =>
      JSON.stringify([
        strategy,
        account,
        metric,
        window,
        decimals,
        ts,
        scaled === null ? null : Number(scaled),
        status,
        version,
      ]),
    )
    .sort()
}
