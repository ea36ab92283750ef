import type { EpochMs } from '../../domain/time.js'
import type { Query } from './read-only.js'
import type { TableName } from './schema.js'
import type { Row, Table, Watch } from './table.js'

/** Rows fetched by one statement; a burst of more takes several. */
const FETCH_LIMIT = 5_000

/** A version of a row: xmin changes with every write, also where no column tells of it. */
export interface RowVersion {
  readonly id: string
  readonly version: string
  /** When it was written, as far as the row itself says. */
  readonly writtenAt: EpochMs | undefined
}

export interface PollScope {
  readonly at: EpochMs
  readonly cursor: EpochMs
  readonly overlapMs: number
  readonly decisionOverlapMs: number
  readonly accounts: readonly string[]
}

/** The versions of all rows touched since the cursor less the overlap, by watched table; one statement. */
export async function readVersions(
  query: Query,
  watches: readonly Watch[],
  { at, cursor, overlapMs, decisionOverlapMs, accounts }: PollScope,
): Promise<Map<TableName, RowVersion[]>> {
  const values: unknown[] = []
  const bind = (value: unknown) => `$${values.push(value)}`
  const instant = (value: EpochMs) => `to_timestamp(${bind(value)}::double precision / 1000)`
  const createdSince = (overlap: number) =>
    `t.created_at > ${instant(cursor - overlap)} AND t.created_at <= ${instant(at)}`
  const filterOf: Record<TableName, () => string> = {
    strategies: () => 'true',
    executions: () => `t.updated_at > ${instant(cursor - overlapMs)} AND t.created_at <= ${instant(at)}`,
    trade_decisions: () => createdSince(Math.max(overlapMs, decisionOverlapMs)),
    llm_decision_reviews: () => createdSince(overlapMs),
    execution_order_events: () => createdSince(overlapMs),
    broker_account_activities: () => createdSince(overlapMs),
    // By account and time, as the index upstream has it: this is the largest table.
    position_snapshots: () =>
      `t.alpaca_account_label = ANY(${bind(accounts)}::text[]) AND t.as_of > ${instant(cursor - overlapMs)} AND t.as_of <= ${instant(at)}`,
  }
  // A table that says something about rows of two is looked at once.
  const watched = new Map(watches.map((watch) => [watch.name, watch]))
  const arms = [...watched.values()].map(
    ({ name, writtenAt }) =>
      `SELECT '${name}' AS source, t.id::text AS id, t.xmin::text AS xmin, floor(extract(epoch FROM ${writtenAt}) * 1000)::float8 AS written_at FROM ${name} t WHERE ${filterOf[name]()}`,
  )
  const rows = await query<{ source: TableName; id: string; xmin: string; written_at: number | null }>(
    arms.join(' UNION ALL '),
    values,
  )
  const versions = new Map<TableName, RowVersion[]>(watches.map(({ name }) => [name, []]))
  for (const { source, id, xmin, written_at } of rows)
    versions.get(source)?.push({ id, version: `${id}@${xmin}`, writtenAt: written_at ?? undefined })
  return versions
}

/** Whole rows of all tables in one statement, as JSON objects, for the versions seen at their watches; several only for a burst. */
export async function fetchRows(
  query: Query,
  tables: readonly Table[],
  wanted: ReadonlyMap<TableName, readonly RowVersion[]>,
): Promise<Map<Table, Row[]>> {
  const rows = new Map<Table, Row[]>(tables.map((table) => [table, []]))
  const most = Math.max(0, ...[...wanted.values()].map((versions) => versions.length))
  for (let from = 0; from < most; from += FETCH_LIMIT) {
    const values: unknown[] = []
    const due = tables.flatMap((table) => {
      const ids = table.watches.flatMap((watch) => {
        const some = (wanted.get(watch.name) ?? []).slice(from, from + FETCH_LIMIT)
        return some.length === 0 ? [] : [watch.rowIds(`$${values.push(some.map(({ id }) => id))}::uuid[]`)]
      })
      return ids.length === 0 ? [] : [{ table, ids: ids.join(' UNION ') }]
    })
    const text = due.map(
      ({ table, ids }) =>
        `SELECT '${table.name}' AS source, ${table.projection} AS row FROM ${table.name} t ${table.joins} WHERE t.id = ANY(ARRAY(${ids}))`,
    )
    const fetched = await query<{ source: string; row: Row }>(text.join(' UNION ALL '), values)
    for (const { table } of due)
      rows.get(table)?.push(...fetched.filter(({ source }) => source === table.name).map(({ row }) => row))
  }
  return rows
}
