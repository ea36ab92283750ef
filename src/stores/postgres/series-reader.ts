import type pg from 'pg'
import {
  COVERAGE_MS,
  pointsOf,
  type SeriesQuery,
  type SeriesReader,
  type SeriesValues,
  seriesWindowOf,
} from '../../domain/series.js'
import type { EpochMs } from '../../domain/time.js'
import { align, coverageOf, lookBackFrom, type Told } from '../series/align.js'
import { FRAME, GAP } from '../series/marks.js'
import { SCHEMA } from './client.js'
import { asStoreError } from './errors.js'
import { TABLE } from './series-layout.js'

/** Rows of one window and layout, as columns: what each metric had at each instant. */
interface Column {
  readonly window: string
  /** Of the metrics that were asked for; null where the layout has no such metric. */
  readonly versions: readonly (string | null)[]
  readonly ats: readonly EpochMs[]
  /** One list a metric. */
  readonly numbers: readonly (readonly (number | null)[])[]
}

/** Reads series from our own Postgres; every sample is there or none. */
export class PostgresSeriesReader implements SeriesReader {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  resolutionMs(): number {
    return COVERAGE_MS
  }

  async accountsOf(strategyId: string): Promise<readonly string[]> {
    const query = `SELECT DISTINCT account FROM ${TABLE} WHERE strategy_id = $1 AND "window" = '${FRAME}' ORDER BY account`
    const rows = await this.#rows<{ account: string }>(query, [strategyId])
    return rows.map(({ account }) => account)
  }

  async read({ strategyId, account, window, metrics, ...grid }: SeriesQuery): Promise<readonly SeriesValues[]> {
    const since = lookBackFrom(grid.firstAt)
    const windows = [...new Set(metrics.map((metric) => seriesWindowOf(metric, window))), FRAME, GAP]
    const names = metrics.map(({ name }) => name)
    const columns = await this.#rows<Column>(columnsQuery(names.length), [
      ...[strategyId, account, windows, new Date(since), new Date(grid.lastAt), names],
    ])
    const points = pointsOf(grid)
    const coverage = coverageOf(points, grid.stepMs, atsOf(columns, FRAME))
    const gapAts = atsOf(columns, GAP)
    return metrics.map((metric, index) => {
      const told = toldOf(columns, seriesWindowOf(metric, window), index)
      return { formulaVersion: told.version, values: align(points, coverage, told, gapAts) }
    })
  }

  async #rows<Row extends pg.QueryResultRow>(query: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return (await this.#pool.query<Row>(query, [...values])).rows
    } catch (error) {
      throw asStoreError(error)
    }
  }
}

/**
 * Columns, as JSON: rows would be many times as much text. Sorted as they are grouped, so that each group is by time. The
 * places of the metrics are worked out once a layout: left to itself the planner does so for each row and metric.
 */
function columnsQuery(count: number): string {
  const each = (text: (index: number) => string) => Array.from({ length: count }, (_, index) => text(index)).join(', ')
  return `
  WITH layouts AS MATERIALIZED (
    SELECT formula_set,
      ARRAY(SELECT array_position(metrics, name) FROM unnest($6::text[]) WITH ORDINALITY AS n (name, place) ORDER BY place) AS places,
      ARRAY(SELECT formula_versions[array_position(metrics, name)] FROM unnest($6::text[]) WITH ORDINALITY AS n (name, place) ORDER BY place) AS versions
    FROM ${SCHEMA}.quant_series_layouts
  ), told AS (
    SELECT "window", formula_set, (extract(epoch FROM ts) * 1000)::float8 AS at,
      ${each((index) => `"values"[places[${index + 1}]] AS v${index}`)}
    FROM ${TABLE} JOIN layouts USING (formula_set)
    WHERE strategy_id = $1 AND account = $2 AND "window" = ANY ($3::text[]) AND ts >= $4 AND ts <= $5
    ORDER BY "window", formula_set, ts
  ), columns AS (
    SELECT "window", formula_set, to_json(array_agg(at)) AS ats,
      CASE WHEN "window" IN ('${FRAME}', '${GAP}') THEN '[]'::json
        ELSE json_build_array(${each((index) => `array_agg(v${index})`)}) END AS numbers
    FROM told GROUP BY "window", formula_set
  )
  SELECT "window", versions, ats, numbers FROM columns JOIN layouts USING (formula_set)`
}

function atsOf(columns: readonly Column[], window: string): EpochMs[] {
  return columns
    .filter((column) => column.window === window)
    .flatMap(({ ats }) => ats)
    .sort((a, b) => a - b)
}

/** One metric of a window, whatever layouts its rows were written in. */
function toldOf(columns: readonly Column[], window: string, index: number): Told & { version: string | undefined } {
  const [only, ...others] = columns.filter((column) => column.window === window)
  if (only === undefined) return { ats: [], values: [], version: undefined }
  if (others.length === 0)
    return { ats: only.ats, values: only.numbers[index] ?? [], version: only.versions[index] ?? undefined }
  const told = [only, ...others].flatMap(({ ats, numbers, versions }) =>
    ats.map((at, place) => ({ at, value: numbers[index]?.[place] ?? null, version: versions[index] ?? undefined })),
  )
  told.sort((a, b) => a.at - b.at)
  return { ats: told.map(({ at }) => at), values: told.map(({ value }) => value), version: told.at(-1)?.version }
}
