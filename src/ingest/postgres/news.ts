import type { HeldRows, SnapshotKey } from './held-rows.js'
import { fetchRows, fetchSnapshots, type RowVersion } from './poll-statements.js'
import type { Query } from './read-only.js'
import type { ReadPass, RowIntake } from './row-intake.js'
import type { TableName } from './schema.js'
import type { Row, Table } from './table.js'

/** Rows that are new or were rewritten, and rows that are no more, as one transaction sees them. */
export interface News {
  readonly versions: ReadonlyMap<TableName, readonly RowVersion[]>
  readonly vanished: ReadonlyMap<TableName, readonly string[]>
}

/** Rows that are to be read again although their versions are held, by watched table. */
export type Owed = Map<TableName, Set<string>>

export interface NewsReader {
  /** What reads before this one could not finish; it is read along, and what this one cannot finish is added. */
  readonly owed: Owed
  readonly query: Query
  readonly tables: readonly Table[]
  readonly held: HeldRows
  readonly intake: RowIntake
}

/**
 * Reads what the news are about, in the transaction that they are from, and takes it in.
 *
 * A connection can be lost half way, when some rows have been taken in and what they have to say of others has not been
 * read. Their versions are held then, so nothing would ask for them again: all of it is owed until a read is through.
 */
export async function readNews(reader: NewsReader, news: News, pass: ReadPass): Promise<void> {
  const { owed, tables } = reader
  const readable = new Set(tables.flatMap(({ watches }) => watches.map(({ name }) => name)))
  const wanted: Owed = new Map([...owed].filter(([name]) => readable.has(name)))
  try {
    await readWanted(reader, news, wanted, pass)
    for (const name of readable) owed.delete(name)
  } catch (error) {
    for (const [name, ids] of wanted) want(owed, name, ids)
    want(owed, 'executions', pass.orders)
    want(owed, 'execution_order_events', pass.events)
    throw error
  }
}

async function readWanted(
  reader: NewsReader,
  { versions, vanished }: News,
  wanted: Owed,
  pass: ReadPass,
): Promise<void> {
  const { held, intake } = reader
  const isOf = (name: TableName) => [...(versions.get(name) ?? []).map(({ id }) => id), ...(vanished.get(name) ?? [])]
  for (const [name, some] of versions)
    want(
      wanted,
      name,
      some.map(({ id }) => id),
    )
  // What a row spoke of before it was rewritten or went.
  want(
    wanted,
    'executions',
    isOf('execution_order_events').flatMap((id) => held.ordersOf(id)),
  )
  want(
    wanted,
    'trade_decisions',
    isOf('llm_decision_reviews').flatMap((id) => held.decisionOf(id) ?? []),
  )
  const keysBefore = isOf('position_snapshots').flatMap((id) => held.snapshotOf(id) ?? [])

  await takeRows(reader, wanted, keysBefore, pass)
  // Only now is it forgotten: a reconciliation that ended before would not miss it any more.
  for (const [name, ids] of vanished) for (const id of ids) intake.vanished(name, id, pass)
  // Of events and reviews no rows are read: what they speak of says their versions, where they speak of anything.
  for (const name of LINKED) for (const { id, version } of versions.get(name) ?? []) held.hold(name, id, version)
  while (pass.orders.size + pass.events.size > 0) {
    const again: Owed = new Map([
      ['executions', new Set(pass.orders)],
      ['execution_order_events', new Set(pass.events)],
    ])
    for (const [name, ids] of again) want(wanted, name, ids)
    pass.orders.clear()
    pass.events.clear()
    await takeRows(reader, again, [], pass)
  }
}

function want(owed: Owed, name: TableName, ids: Iterable<string>): void {
  owed.set(name, new Set([...(owed.get(name) ?? []), ...ids]))
}

const LINKED: readonly TableName[] = ['execution_order_events', 'llm_decision_reviews']

async function takeRows(
  { query, tables, intake }: NewsReader,
  wanted: ReadonlyMap<TableName, ReadonlySet<string>>,
  keysBefore: readonly SnapshotKey[],
  pass: ReadPass,
): Promise<void> {
  const snapshots = tables.find(({ kind }) => kind === 'position_snapshot')
  const takeSnapshots = (table: Table, rows: readonly Row[], keys: readonly SnapshotKey[]) =>
    intake.takeSnapshots(table, rows, keys, pass)
  const lists = new Map([...wanted].map(([name, ids]) => [name, [...ids]]))
  for await (const fetched of fetchRows(query, tables, lists))
    for (const [table, rows] of fetched)
      if (table === snapshots) takeSnapshots(table, rows, [])
      else intake.take(table, rows, pass)
  if (snapshots !== undefined && keysBefore.length > 0)
    takeSnapshots(snapshots, await fetchSnapshots(query, snapshots, keysBefore), keysBefore)
}
