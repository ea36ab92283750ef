import type { Progress } from '../../domain/ports.js'
import type { EpochMs } from '../../domain/time.js'
import { BY_ID, type LargeStatement, readInPieces, uuidList } from './pieces.js'
import type { Transaction, Values } from './read-only.js'
import { inCountedOrder } from './snapshots.js'
import { listOf, type Row, rowMakerOf, type Table } from './table.js'
import type { Tables } from './tables.js'

/** Rows asked for at once: a question costs as much as some rows. */
const FETCH_ROWS = 1_000
/** Rows applied without a pause: some ten milliseconds of work. */
const ROWS_AT_ONCE = 200

export interface HydrateOptions {
  readonly at: EpochMs
  /** Decisions are needed from here on; orders, activities and snapshots from the first row, since ledgers are. */
  readonly historyFrom: EpochMs
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  /** All orders and snapshots are applied: which prices are needed, and at which instants, is known from here on. */
  readonly onPositions?: () => Promise<void> | void
  readonly transaction: Transaction
  readonly hasOneSession: boolean
  readonly apply: (table: Table, rows: readonly Row[]) => void
  readonly tables: Tables
  /** Rows that are not read, since a checkpoint stands for them. */
  readonly spared?: { readonly orders: readonly string[]; readonly activities: readonly string[] } | undefined
}

/**
 * Reads the history in pieces (readInPieces), each applied before the one after the next is asked for, so memory stays
 * bounded. Orders and snapshots are read at the same time, on two connections. Rows that change meanwhile are seen by the
 * first poll.
 */
export async function hydrate(options: HydrateOptions): Promise<void> {
  const { tables, apply, onPositions } = options
  await stream(options, { table: tables.strategies, condition: 'true' })
  const readings: Reading[] = [ordersLeft(tables.executions, options)]
  if (tables.snapshots !== undefined) readings.push(snapshotsInOrder(tables.snapshots, apply))
  await allOrNone(readings, (reading, signal) => stream(options, reading, signal))
  if (tables.activities !== undefined) await stream(options, activitiesLeft(tables.activities, options))
  await onPositions?.()
  await stream(options, { table: tables.decisions, condition: 't.created_at <= $1 AND t.created_at > $2' })
}

/** A table and which of its rows are read, by T ($1) and the beginning of the history ($2). */
interface Reading {
  readonly table: Table
  readonly condition: string
  readonly key?: LargeStatement['key']
  readonly orderedBy?: number
  /** Ids of rows that the condition leaves out, $3. */
  readonly without?: readonly string[]
  /** Takes the rows in, where that is more than applying them. */
  readonly take?: (rows: readonly Row[], isEnd: boolean) => void
}

/** All orders but those that are spared. */
function ordersLeft(table: Table, { spared }: HydrateOptions): Reading {
  const condition = 't.created_at <= $1'
  if (spared === undefined) return { table, condition }
  return { table, condition: `${condition} AND t.id NOT IN (SELECT unnest($3))`, without: spared.orders }
}

/** All activities but fills of orders that are spared: these say nothing but of their order, unless they are corrected. */
function activitiesLeft(table: Table, { spared }: HydrateOptions): Reading {
  const condition = 't.created_at <= $1'
  if (spared === undefined) return { table, condition }
  const corrected = `SELECT c.correction_of_external_id FROM ${table.name} c WHERE c.correction_of_external_id IS NOT NULL`
  const isLeft = `t.activity_type <> 'FILL' OR t.external_activity_id IN (${corrected}) OR t.id NOT IN (SELECT unnest($3))`
  return { table, condition: `${condition} AND (${isLeft})`, without: spared.activities }
}

/** Along the index on account and as_of. */
function snapshotsInOrder(table: Table, apply: HydrateOptions['apply']): Reading {
  let keptBack: readonly Row[] = []
  return {
    table,
    condition: 't.as_of <= $1',
    key: [
      ['t.alpaca_account_label', 'text'],
      ['t.as_of', 'timestamptz'],
      ['t.id', 'uuid'],
    ],
    orderedBy: 2,
    take(rows, isEnd) {
      const next = inCountedOrder([...keptBack, ...rows], isEnd)
      keptBack = next.keptBack
      apply(table, next.ordered)
    },
  }
}

/** Runs all at once; when one fails the others end too, and only then does it reject. */
async function allOrNone<Item>(
  items: readonly Item[],
  run: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController()
  const running = items.map(async (item) => {
    try {
      await run(item, failure.signal)
    } catch (error) {
      failure.abort(error)
    }
  })
  await Promise.all(running)
  failure.signal.throwIfAborted()
}

async function stream(
  { transaction, hasOneSession, apply, at, historyFrom, signal, onProgress }: HydrateOptions,
  { table, condition, key = BY_ID, orderedBy = 0, without = [], take = (rows) => apply(table, rows) }: Reading,
  failureOfOthers?: AbortSignal,
): Promise<void> {
  const given: readonly (readonly [value: unknown, type: string])[] = [
    ...[at, historyFrom].map((instant) => [new Date(instant).toISOString(), 'timestamptz'] as const),
    [uuidList(without), 'uuid[]'],
  ]
  const used = given.flatMap(([value, type], index) =>
    condition.includes(`$${index + 1}`) ? [{ name: `$${index + 1}`, value, type }] : [],
  )
  const values = used.map(({ value }) => value)
  const where = used.reduce((text, { name, type }, index) => text.replace(name, `$${index + 1}::${type}`), condition)
  const [counted] = await transaction((query) =>
    query<{ count: string }>(`SELECT count(*) AS count FROM ${table.name} t WHERE ${where}`, values),
  )
  const total = Number(counted?.count ?? 0)
  const from = `${table.name} t ${table.joins}`
  const goOn = () => {
    signal.throwIfAborted()
    failureOfOthers?.throwIfAborted()
  }
  const { columns } = table
  const rowOf = columns === undefined ? ([row]: Values) => row as Row : rowMakerOf(Object.keys(columns))
  let done = 0
  await readInPieces(
    {
      ...{ select: [columns === undefined ? table.projection : listOf(columns)], from, where, values, key, orderedBy },
      ...{ rows: FETCH_ROWS, rowsAtOnce: ROWS_AT_ONCE },
    },
    { transaction, hasOneSession, goOn },
    (rows, isEnd) => {
      take(rows.map(rowOf), isEnd)
      done += rows.length
      onProgress({ stage: table.name, done, total: Math.max(total, done) })
    },
  )
}
