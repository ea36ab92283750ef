import type { ClickHouseClient } from '@clickhouse/client'
import {
  COVERAGE_MS,
  LEVEL,
  pointsOf,
  type SeriesQuery,
  type SeriesReader,
  type SeriesValues,
} from '../../domain/series.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../domain/time.js'
import { align, coverageOf, lookBackFrom, type Told } from '../series/align.js'
import { FRAME, GAP } from '../series/marks.js'
import { isMissingTable, rowsOf } from './ask.js'
import { MINUTE_DAYS, RAW_DAYS, type SeriesTable } from './ddl.js'
import { nameOf } from './series-sink.js'

export interface ClickHouseReaderOptions {
  readonly client: ClickHouseClient
  readonly table: SeriesTable
  readonly timeoutMs: number
  /** How often values are sampled. */
  readonly samplingMs: number
}

/** Rows of one series and formula version, as columns. */
interface Column {
  readonly metric: string
  readonly version: string
  /** Milliseconds after the beginning of what was read. */
  readonly ats: readonly number[]
  readonly numbers: readonly (number | null)[]
}

const NUMBER = "if(status = 'ok', ifNull(value / intExp10(decimals), nan), nan)"

/** A metric is of one window or a level, so names and windows need not be paired. */
function rowsOfRange(table: SeriesTable): string {
  return `FROM ${nameOf(table)}
  WHERE strategy_id = {strategyId:String} AND account = {account:String}
    AND metric IN {metrics:Array(String)} AND window IN {windows:Array(String)}
    AND ts >= fromUnixTimestamp64Milli({since:Int64}) AND ts <= fromUnixTimestamp64Milli({lastAt:Int64})`
}

/** Every row, in columns: many times less text than rows, and where a step has hardly more than one row the cheapest. */
function allRowsQuery(table: SeriesTable): string {
  return `SELECT metric, formula_version AS version,
    groupArray(toFloat64(toUnixTimestamp64Milli(ts) - {since:Int64})) AS ats, groupArray(${NUMBER}) AS numbers
  ${rowsOfRange(table)}
  GROUP BY metric, formula_version`
}

/** The last row of each step alone. */
function lastRowsQuery(table: SeriesTable): string {
  return `SELECT metric, version, groupArray(at) AS ats, groupArray(number) AS numbers
FROM (
  SELECT metric, formula_version AS version,
    toFloat64(toUnixTimestamp64Milli(max(ts)) - {since:Int64}) AS at, argMax(${NUMBER}, ts) AS number
  ${rowsOfRange(table)}
  GROUP BY metric, formula_version, intDiv(toUnixTimestamp64Milli(ts) + {stepMs:Int64} - 1, {stepMs:Int64})
)
GROUP BY metric, version`
}

/** Reads series from ClickHouse. What was written twice is read twice, under one instant, and does no harm. */
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
    const { table } = this.#options
    const query = `SELECT DISTINCT account FROM ${nameOf(table)} WHERE strategy_id = {strategyId:String} AND metric = '${FRAME}' ORDER BY account`
    const rows = await this.#rows<{ account: string }>(query, { strategyId })
    return rows.map(({ account }) => account)
  }

  async read({ strategyId, account, window, metrics, ...grid }: SeriesQuery): Promise<readonly SeriesValues[]> {
    const { table, samplingMs } = this.#options
    const { firstAt, lastAt, stepMs } = grid
    const since = lookBackFrom(firstAt)
    const parameters = {
      ...{ strategyId, account, since, lastAt },
      metrics: [...metrics.map(({ name }) => name), FRAME, GAP],
      windows: [window, LEVEL],
    }
    const rows =
      stepMs <= 2 * samplingMs
        ? await this.#rows<Column>(allRowsQuery(table), parameters)
        : await this.#rows<Column>(lastRowsQuery(table), { ...parameters, stepMs })
    const byName = new Map(
      [...new Set(rows.map(({ metric }) => metric))].map((name) => [name, toldOf(name, rows, since)]),
    )
    const points = pointsOf(grid)
    const coverage = coverageOf(points, stepMs, byName.get(FRAME)?.ats ?? [])
    const gapAts = byName.get(GAP)?.ats ?? []
    return metrics.map(({ name }) => {
      const told = byName.get(name)
      const values = align(points, coverage, told ?? NOTHING, gapAts)
      return { formulaVersion: told?.version, values }
    })
  }

  /** Before the first batch there is no table: that is a store that knows nothing, and no trouble. */
  async #rows<Row>(query: string, parameters: Record<string, unknown>): Promise<readonly Row[]> {
    const { client, timeoutMs } = this.#options
    try {
      return await rowsOf<Row>(client, query, parameters, { timeoutMs })
    } catch (error) {
      if (isMissingTable(error)) return []
      throw error
    }
  }
}

const NOTHING: Told = { ats: [], values: [] }

/** The rows of one metric in their order, whatever pieces they came in; rows that were written twice stay. */
function toldOf(
  name: string,
  rows: readonly Column[],
  since: EpochMs,
): Told & { readonly version: string | undefined } {
  const columns = rows.filter(({ metric }) => metric === name)
  const [only] = columns
  if (only !== undefined && columns.length === 1) {
    const ats = only.ats.map((offset) => since + Number(offset))
    if (isAscending(ats)) return { ats, values: only.numbers, version: only.version }
  }
  const told = columns.flatMap(({ version, ats, numbers }) =>
    ats.map((offset, index) => ({ at: since + Number(offset), value: numbers[index] ?? null, version })),
  )
  told.sort((a, b) => a.at - b.at)
  return { ats: told.map(({ at }) => at), values: told.map(({ value }) => value), version: told.at(-1)?.version }
}

function isAscending(ats: readonly EpochMs[]): boolean {
  return ats.every((at, index) => index === 0 || Number(ats[index - 1]) <= at)
}
