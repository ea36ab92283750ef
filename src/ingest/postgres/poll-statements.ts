import type { EpochMs } from '../../domain/time.js'
import type { SnapshotKey } from './held-rows.js'
import type { Query } from './read-only.js'
import type { TableName } from './schema.js'
import type { Row, Table } from './table.js'
import { WATCHED } from './watched.js'

/** Rows fetched by one statement, and applied at once; a burst of more takes several. */
const FETCH_LIMIT = 1_000

/** A version of a row, and when it was written as far as the row itself says. */
export interface RowVersion {
  readonly id: string
  readonly version: string
  readonly writtenAt: EpochMs | undefined
}

/** How far a read has seen: up to an instant of T, and all that transactions below an id have written. */
export interface SeenTo {
  readonly at: EpochMs
  /** The oldest transaction that was still running, as the tables' rows name it: of 32 bits. */
  readonly transaction: string
}

export interface PollScope {
  readonly at: EpochMs
  readonly cursor: EpochMs
  readonly overlapMs: number
  readonly decisionOverlapMs: number
  readonly accounts: readonly string[]
  /** What an earlier read has seen need not be looked at again among the orders; undefined: all of the overlap is. */
  readonly seenTo: SeenTo | undefined
}

export interface TouchedRows {
  /** What the next read need not look at, once all of this one has been taken in. */
  readonly seenTo: SeenTo | undefined
  readonly versions: Map<TableName, RowVersion[]>
  /** The server's clock when it began the transaction, in milliseconds. */
  readonly beganAt: EpochMs | undefined
}

/** The name under which the server's clock comes along, and as its version the oldest transaction that is running. */
const CLOCK = 'clock'

/**
 * The versions of all rows touched since the cursor less the overlap, by watched table; one statement.
 *
 * A trading system rewrites every open order again and again. What `seenTo` says of orders keeps a poll to those written
 * since, whatever their timestamps say: whoever wrote later than the oldest transaction that ran then.
 */
export async function readVersions(
  query: Query,
  names: readonly TableName[],
  { at, cursor, overlapMs, decisionOverlapMs, accounts, seenTo }: PollScope,
): Promise<TouchedRows> {
  const values: unknown[] = []
  const bind = (value: unknown) => `$${values.push(value)}`
  const instant = (value: EpochMs) => `to_timestamp(${bind(value)}::double precision / 1000)`
  const createdSince = (from: EpochMs) => `t.created_at > ${instant(from)} AND t.created_at <= ${instant(at)}`
  const from = cursor - overlapMs
  const decisionsFrom = cursor - Math.max(overlapMs, decisionOverlapMs)
  // Ages instead of ids, since ids begin again after four billion transactions.
  const isNews = ({ at: seenAt, transaction }: SeenTo) => {
    const writtenSince = (row: string) => `age(${row}.xmin) <= age(${bind(transaction)}::text::xid)`
    // An order that was of the future then has become due, or its decision is another.
    return `(${writtenSince('t')} OR t.created_at > ${instant(seenAt)} OR t.trade_decision_id = ANY (ARRAY(
      SELECT d.id FROM trade_decisions d WHERE d.created_at > ${instant(decisionsFrom)} AND ${writtenSince('d')})))`
  }
  const filterOf: Record<TableName, () => string> = {
    strategies: () => 'true',
    executions: () =>
      `t.updated_at > ${instant(from)} AND t.created_at <= ${instant(at)}${seenTo === undefined ? '' : ` AND ${isNews(seenTo)}`}`,
    trade_decisions: () => createdSince(decisionsFrom),
    llm_decision_reviews: () => createdSince(from),
    execution_order_events: () => createdSince(from),
    broker_account_activities: () => createdSince(from),
    // By account and time, as the index upstream has it: this is the largest table.
    position_snapshots: () =>
      `t.alpaca_account_label = ANY(${bind(accounts)}::text[]) AND t.as_of > ${instant(from)} AND t.as_of <= ${instant(at)}`,
  }
  const clock = `SELECT '${CLOCK}' AS source, '' AS id, txid_snapshot_xmin(txid_current_snapshot())::text AS version, (extract(epoch FROM now()) * 1000)::float8 AS written_at`
  const rows = await query<VersionRow>(
    [clock, ...versionArms(names, (name) => filterOf[name]())].join(' UNION ALL '),
    values,
  )
  const clockRow = rows.find(({ source }) => source === CLOCK)
  return {
    versions: byTable(names, rows),
    beganAt: clockRow?.written_at ?? undefined,
    seenTo: clockRow && { at, transaction: String(BigInt.asUintN(32, BigInt(clockRow.version))) },
  }
}

/** The versions of rows by their ids; those that are not there are left out. */
export async function readVersionsOf(
  query: Query,
  ids: ReadonlyMap<TableName, readonly string[]>,
): Promise<Map<TableName, RowVersion[]>> {
  const values: unknown[] = []
  const names = [...ids.keys()]
  const arms = versionArms(names, (name) => `t.id = ANY($${values.push(ids.get(name))}::uuid[])`)
  return byTable(names, await query<VersionRow>(arms.join(' UNION ALL '), values))
}

interface VersionRow {
  readonly source: TableName | typeof CLOCK
  readonly id: string
  readonly version: string
  readonly written_at: number | null
}

function versionArms(names: readonly TableName[], filterOf: (name: TableName) => string): string[] {
  return names.map((name) => {
    const { version, writtenAt } = WATCHED[name]
    return `SELECT '${name}' AS source, t.id::text AS id, ${version} AS version, floor(extract(epoch FROM ${writtenAt}) * 1000)::float8 AS written_at FROM ${name} t WHERE ${filterOf(name)}`
  })
}

function byTable(names: readonly TableName[], rows: readonly VersionRow[]): Map<TableName, RowVersion[]> {
  const versions = new Map<TableName, RowVersion[]>(names.map((name) => [name, []]))
  for (const { source, id, version, written_at } of rows)
    if (source !== CLOCK) versions.get(source)?.push({ id, version, writtenAt: written_at ?? undefined })
  return versions
}

/**
 * Whole rows of all tables, as JSON objects, for rows seen at their watches, by id: one statement for all tables, and
 * one more for each further FETCH_LIMIT of a burst.
 */
export async function* fetchRows(
  query: Query,
  tables: readonly Table[],
  wanted: ReadonlyMap<TableName, readonly string[]>,
): AsyncGenerator<Map<Table, Row[]>> {
  const most = Math.max(0, ...[...wanted.values()].map((ids) => ids.length))
  for (let from = 0; from < most; from += FETCH_LIMIT) {
    const values: unknown[] = []
    const due = tables.flatMap((table) => {
      const ids = table.watches.flatMap((watch) => {
        const some = (wanted.get(watch.name) ?? []).slice(from, from + FETCH_LIMIT)
        return some.length === 0 ? [] : [watch.rowIds(`$${values.push(some)}::uuid[]`)]
      })
      return ids.length === 0 ? [] : [{ table, ids: ids.join(' UNION ') }]
    })
    const text = due.map(
      ({ table, ids }) =>
        `SELECT '${table.name}' AS source, ${table.projection} AS row FROM ${table.name} t ${table.joins} WHERE t.id = ANY(ARRAY(${ids}))`,
    )
    const fetched = await query<{ source: string; row: Row }>(text.join(' UNION ALL '), values)
    yield new Map(
      due.map(({ table }) => [table, fetched.filter(({ source }) => source === table.name).map(({ row }) => row)]),
    )
  }
}

/** The rows of snapshots by account and instant, along the index on both. */
export async function fetchSnapshots(
  query: Query,
  table: Table,
  keys: readonly SnapshotKey[],
): Promise<readonly Row[]> {
  const instant = (plusMs: number) => `to_timestamp((k.at + ${plusMs}) / 1000)`
  const rows = await query<{ row: Row }>(
    `SELECT ${table.projection} AS row FROM unnest($1::text[], $2::double precision[]) AS k(account, at)
     JOIN position_snapshots t ON t.alpaca_account_label = k.account AND t.as_of >= ${instant(0)} AND t.as_of < ${instant(1)}`,
    [keys.map(({ account }) => account), keys.map(({ at }) => at)],
  )
  return rows.map(({ row }) => row)
}
