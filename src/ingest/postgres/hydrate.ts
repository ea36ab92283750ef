import type { Progress } from '../../domain/ports.js'
import { DAY_MS, type EpochMs, MINUTE_MS } from '../../domain/time.js'
import type { Query } from './read-only.js'
import type { Row, Table } from './table.js'

/** Rows a page: small enough that an embedded engine is not blocked for long. */
const PAGE_ROWS = 2_000
/** Older snapshots are read one a minute and account. */
/** The minute (a, b] of a snapshot; times count in whole milliseconds, as in the core. */
const SNAPSHOT_CELL = `ceil(floor(extract(epoch FROM as_of) * 1000) / ${MINUTE_MS})`

export interface HydrateOptions {
  readonly at: EpochMs
  /** Decisions and snapshots are needed from here on; orders from the first row, since ledgers are. */
  readonly historyFrom: EpochMs
  /** From here on every snapshot is read. */
  readonly fineFrom: EpochMs
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  /** All orders are applied: which prices are needed is known from here on. */
  readonly onOrders?: () => void
  readonly transaction: <Result>(work: (query: Query) => Promise<Result>) => Promise<Result>
  readonly apply: (table: Table, rows: readonly Row[]) => void
  readonly tables: Readonly<Record<'strategies' | 'executions' | 'decisions' | 'snapshots', Table>>
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
  options.onOrders?.()
  await readFirstSnapshots(options)
  await readSnapshots(options)
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

/** The first snapshot ever of each account: ledgers may begin with it. */
async function readFirstSnapshots({ transaction, apply, tables: { snapshots }, at }: HydrateOptions): Promise<void> {
  const text = `SELECT ${snapshots.projection} AS row FROM position_snapshots t
    JOIN (SELECT alpaca_account_label AS account, min(as_of) AS as_of FROM position_snapshots WHERE as_of <= ${AT('$1')} GROUP BY 1) f
      ON f.account = t.alpaca_account_label AND f.as_of = t.as_of`
  apply(snapshots, await transaction((query) => rowsOf(query, text, [at])))
}

/** The last snapshot of each minute and account of the past, and every one of the recent past; a day a statement. */
async function readSnapshots({
  transaction,
  apply,
  tables: { snapshots },
  at,
  historyFrom,
  fineFrom,
  signal,
  onProgress,
}: HydrateOptions): Promise<void> {
  const thinned = `SELECT ${snapshots.projection} AS row FROM (
      SELECT DISTINCT ON (alpaca_account_label, ${SNAPSHOT_CELL}) *
      FROM position_snapshots WHERE as_of > ${AT('$1')} AND as_of <= ${AT('$2')}
      ORDER BY alpaca_account_label, ${SNAPSHOT_CELL}, as_of DESC, id DESC) t`
  const whole = `SELECT ${snapshots.projection} AS row FROM position_snapshots t WHERE t.as_of > ${AT('$1')} AND t.as_of <= ${AT('$2')}`
  const days = Math.max(1, Math.ceil((fineFrom - historyFrom) / DAY_MS))
  for (let day = 0; day < days; day += 1) {
    signal.throwIfAborted()
    const from = historyFrom + day * DAY_MS
    apply(snapshots, await transaction((query) => rowsOf(query, thinned, [from, Math.min(from + DAY_MS, fineFrom)])))
    onProgress({ stage: snapshots.name, done: day + 1, total: days })
  }
  apply(snapshots, await transaction((query) => rowsOf(query, whole, [fineFrom, at])))
}

async function rowsOf(query: Query, text: string, values: readonly unknown[]): Promise<Row[]> {
  return (await query<{ row: Row }>(text, values)).map(({ row }) => row)
}
