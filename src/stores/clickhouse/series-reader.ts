import type { ClickHouseClient } from '@clickhouse/client'
import {
  COVERAGE_MS,
  LEVEL,
  type SeriesQuery,
  type SeriesReader,
  type SeriesValues,
  seriesWindowOf,
} from '../../domain/series.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../domain/time.js'
import { align, coverageOf, lookBackFrom, pointsOf, type Told } from '../series/align.js'
import { rowsOf } from './ask.js'
import { MINUTE_DAYS, RAW_DAYS, type SeriesTable } from './ddl.js'
import { FRAME, GAP, nameOf } from './series-sink.js'

export interface ClickHouseReaderOptions {
  readonly client: ClickHouseClient
  readonly table: SeriesTable
  readonly timeoutMs: number
}

/** One series of the answer, as columns: the last row of each step. */
interface Column {
  readonly metric: string
  readonly version: string
  /** Milliseconds after the beginning of what was read. */
  readonly ats: readonly number[]
  readonly numbers: readonly (number | null)[]
}

/**
 * The last row of each step, by series, in columns: many times less text than rows. Rows that were written twice are one
 * here, and so are raw rows beside rolled-up ones.
 */
function columnsQuery(table: SeriesTable): string {
  return `SELECT metric, argMax(version, at) AS version, groupArray(at) AS ats, groupArray(number) AS numbers
FROM (
  SELECT metric,
    toFloat64(toUnixTimestamp64Milli(max(ts)) - {since:Int64}) AS at,
    argMax(if(status = 'ok', ifNull(value / intExp10(decimals), nan), nan), ts) AS number,
    argMax(formula_version, ts) AS version
  FROM ${nameOf(table)}
  WHERE strategy_id = {strategyId:String} AND account = {account:String}
    AND (metric, window) IN (SELECT arrayJoin(arrayZip({metrics:Array(String)}, {windows:Array(String)})))
    AND ts >= fromUnixTimestamp64Milli({since:Int64}) AND ts <= fromUnixTimestamp64Milli({lastAt:Int64})
  GROUP BY metric, intDiv(toUnixTimestamp64Milli(ts) + {stepMs:Int64} - 1, {stepMs:Int64})
  ORDER BY metric, at
)
GROUP BY metric`
}

/** Reads series from ClickHouse. */
export class ClickHouseReader implements SeriesReader {
  readonly #options: ClickHouseReaderOptions

  constructor(options: ClickHouseReaderOptions) {
    this.#options = options
  }

  resolutionMs(from: EpochMs, now: EpochMs): number {
    if (!this.#options.table.isThinned || from >= now - RAW_DAYS * DAY_MS) return COVERAGE_MS
    return from >= now - MINUTE_DAYS * DAY_MS ? MINUTE_MS : HOUR_MS
  }

  async accountsOf(strategyId: string): Promise<readonly string[]> {
    const { client, table, timeoutMs } = this.#options
    const query = `SELECT DISTINCT account FROM ${nameOf(table)} WHERE strategy_id = {strategyId:String} AND metric = '${FRAME}' ORDER BY account`
    const rows = await rowsOf<{ account: string }>(client, query, { strategyId }, { timeoutMs })
    return rows.map(({ account }) => account)
  }

  async read({ strategyId, account, window, metrics, ...grid }: SeriesQuery): Promise<readonly SeriesValues[]> {
    const { client, table, timeoutMs } = this.#options
    const { firstAt, lastAt, stepMs } = grid
    const since = lookBackFrom(firstAt)
    const parameters = {
      ...{ strategyId, account, since, lastAt, stepMs },
      metrics: [...metrics.map(({ name }) => name), FRAME, GAP],
      windows: [...metrics.map((metric) => seriesWindowOf(metric, window)), LEVEL, LEVEL],
    }
    const rows = await rowsOf<Column>(client, columnsQuery(table), parameters, { timeoutMs })
    const byName = new Map(rows.map((row) => [row.metric, toldBy(row, since)]))
    const points = pointsOf(grid)
    const coverage = coverageOf(points, stepMs, byName.get(FRAME)?.ats ?? [])
    const gapAts = byName.get(GAP)?.ats ?? []
    return metrics.map(({ name }) => {
      const told = byName.get(name)
      const values = align(points, coverage, told ?? NOTHING, gapAts)
      return { formulaVersion: told?.version, values }
    })
  }
}

const NOTHING: Told = { ats: [], values: [] }

function toldBy({ ats, numbers, version }: Column, since: EpochMs): Told & { readonly version: string } {
  const at = ats.map((offset) => since + Number(offset))
  // The engine may gather an ordered subquery in pieces.
  if (at.every((one, index) => index === 0 || Number(at[index - 1]) <= one))
    return { ats: at, values: numbers, version }
  const order = at.map((_, index) => index).sort((a, b) => Number(at[a]) - Number(at[b]))
  return { ats: order.map((index) => Number(at[index])), values: order.map((index) => numbers[index] ?? null), version }
}
