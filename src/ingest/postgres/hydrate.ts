import type { Progress } from '../../domain/ports.js'
import type { EpochMs } from '../../domain/time.js'
import type { Query } from './read-only.js'
import type { Row, Table } from './table.js'
import type { Tables } from './tables.js'

/** Rows a page: small enough that an embedded engine is not blocked for long. */
const PAGE_ROWS = 2_000
/** Snapshots are larger: a document of all positions each. */
const SNAPSHOT_PAGE_ROWS = 1_000

export interface HydrateOptions {
  readonly at: EpochMs
  /** Decisions and snapshots are needed from here on; orders and the broker's activities from the first row, since ledgers are. */
  readonly historyFrom: EpochMs
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  /** All orders and snapshots are applied: which prices are needed, and at which instants, is known from here on. */
  readonly onPositions?: () => void
  readonly transaction: <Result>(work: (query: Query) => Promise<Result>) => Promise<Result>
  readonly apply: (table: Table, rows: readonly Row[]) => void
  readonly tables: Tables
}

const AT = (parameter: string) => `to_timestamp(${parameter}::double precision / 1000)`

/**
 * Reads the history in pages, each a short transaction of its own: nothing upstream is held for long, and a page is
 * applied before the next is asked for, so memory stays bounded. Rows that change meanwhile are seen by the first poll.
 */
export async function hydrate(options: HydrateOptions): Promise<void> {
  const { tables, at, historyFrom } = options
  await readAll(options, tables.strategies)
  await readPages(options, tables.executions, Number.MIN_SAFE_INTEGER, at)
  if (tables.activities !== undefined) await readPages(options, tables.activities, Number.MIN_SAFE_INTEGER, at)
  if (tables.snapshots !== undefined) await readSnapshots(options, tables.snapshots)
  options.onPositions?.()
  await readPages(options, tables.decisions, historyFrom, at)
}

async function readAll({ transaction, apply }: HydrateOptions, table: Table): Promise<void> {
  apply(
    table,
    await transaction((query) =>
      rowsOf(query, `SELECT ${table.projection} AS row FROM ${table.name} t ${table.joins}`, []),
    ),
  )
}

/** Keyset pages by (created_at, id): constant work a page, whatever the offset. */
async function readPages(
  { transaction, apply, signal, onProgress }: HydrateOptions,
  table: Table,
  from: EpochMs,
  at: EpochMs,
): Promise<void> {
  const scope = from === Number.MIN_SAFE_INTEGER ? 'true' : `t.created_at > ${AT('$2')}`
  const parameters = from === Number.MIN_SAFE_INTEGER ? [at] : [at, from]
  const total = await transaction(async (query) => {
    const [counted] = await query<{ count: string }>(
      `SELECT count(*)::text AS count FROM ${table.name} t WHERE t.created_at <= ${AT('$1')} AND ${scope}`,
      parameters,
    )
    return Number(counted?.count ?? 0)
  })
  let done = 0
  let after: { createdAt: string; id: string } | undefined
  do {
    signal.throwIfAborted()
    const keyset =
      after === undefined
        ? 'true'
        : `(t.created_at, t.id) > ($${parameters.length + 1}::timestamptz, $${parameters.length + 2}::uuid)`
    const page: readonly PageRow[] = await transaction((query) =>
      query<PageRow>(
        `SELECT ${table.projection} AS row, t.created_at::text AS created_at, t.id::text AS id FROM ${table.name} t ${table.joins}
         WHERE t.created_at <= ${AT('$1')} AND ${scope} AND ${keyset} ORDER BY t.created_at, t.id LIMIT ${PAGE_ROWS}`,
        after === undefined ? parameters : [...parameters, after.createdAt, after.id],
      ),
    )
    apply(
      table,
      page.map(({ row }) => row),
    )
    done += page.length
    onProgress({ stage: table.name, done, total: Math.max(total, done) })
    const last = page.at(-1)
    after = last === undefined || page.length < PAGE_ROWS ? undefined : { createdAt: last.created_at, id: last.id }
  } while (after !== undefined)
}

interface PageRow {
  readonly row: Row
  readonly created_at: string
  readonly id: string
}

/**
 * The first snapshot ever of each account, since ledgers may begin with it, and every one of the time that windows reach
 * into: pages along the index on (account, as_of).
 */
async function readSnapshots(
  { transaction, apply, at, historyFrom, signal, onProgress }: HydrateOptions,
  snapshots: Table,
): Promise<void> {
  const accounts = await transaction((query) =>
    query<SnapshotAccount>(
      `SELECT alpaca_account_label AS account, CASE WHEN min(as_of) <= ${AT('$2')} THEN min(as_of)::text END AS first, count(*) FILTER (WHERE as_of > ${AT('$2')})::int AS count
       FROM position_snapshots WHERE as_of <= ${AT('$1')} GROUP BY 1 ORDER BY 1`,
      [at, historyFrom],
    ),
  )
  const total = accounts.reduce((sum, { count }) => sum + count, 0)
  const first = `SELECT ${snapshots.projection} AS row FROM position_snapshots t WHERE t.alpaca_account_label = $1 AND t.as_of = $2::timestamptz`
  const page = `SELECT ${snapshots.projection} AS row, t.as_of::text AS as_of, t.id::text AS id FROM position_snapshots t
    WHERE t.alpaca_account_label = $1 AND t.as_of <= ${AT('$2')} AND (t.as_of, t.id) > ($3::timestamptz, $4::uuid)
    ORDER BY t.as_of, t.id LIMIT ${SNAPSHOT_PAGE_ROWS}`
  let done = 0
  for (const { account, first: firstAt } of accounts) {
    if (firstAt !== null) apply(snapshots, await transaction((query) => rowsOf(query, first, [account, firstAt])))
    let after: readonly [asOf: string, id: string] | undefined = [new Date(historyFrom).toISOString(), LARGEST_ID]
    while (after !== undefined) {
      signal.throwIfAborted()
      const [asOf, id] = after
      const rows: readonly SnapshotPageRow[] = await transaction((query) =>
        query<SnapshotPageRow>(page, [account, at, asOf, id]),
      )
      apply(
        snapshots,
        rows.map(({ row }) => row),
      )
      done += rows.length
      onProgress({ stage: snapshots.name, done, total: Math.max(total, done) })
      const last = rows.at(-1)
      after = last === undefined || rows.length < SNAPSHOT_PAGE_ROWS ? undefined : [last.as_of, last.id]
    }
  }
}

/** Sorts after every other: a page begins after an instant, not with it. */
const LARGEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

interface SnapshotAccount {
  readonly account: string
  /** Null where it is one of the pages. */
  readonly first: string | null
  readonly count: number
}

interface SnapshotPageRow {
  readonly row: Row
  readonly as_of: string
  readonly id: string
}

async function rowsOf(query: Query, text: string, values: readonly unknown[]): Promise<Row[]> {
  return (await query<{ row: Row }>(text, values)).map(({ row }) => row)
}
