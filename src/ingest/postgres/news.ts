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

export interface NewsReader {
  readonly query: Query
  readonly tables: readonly Table[]
  readonly held: HeldRows
  readonly intake: RowIntake
}

/** Reads what the news are about, in the transaction that they are from, and takes it in. */
export async function readNews(reader: NewsReader, { versions, vanished }: News, pass: ReadPass): Promise<void> {
  const { held, intake } = reader
  const isOf = (name: TableName) => [...(versions.get(name) ?? []).map(({ id }) => id), ...(vanished.get(name) ?? [])]
  const wanted = new Map<TableName, Set<string>>()
  const want = (name: TableName, ids: Iterable<string>) =>
    wanted.set(name, new Set([...(wanted.get(name) ?? []), ...ids]))
  for (const [name, some] of versions)
    want(
      name,
      some.map(({ id }) => id),
    )
  // What a row spoke of before it was rewritten or went.
  want(
    'executions',
    isOf('execution_order_events').flatMap((id) => held.ordersOf(id)),
  )
  want(
    'trade_decisions',
    isOf('llm_decision_reviews').flatMap((id) => held.decisionOf(id) ?? []),
  )
  const keysBefore = isOf('position_snapshots').flatMap((id) => held.snapshotOf(id) ?? [])
  for (const [name, ids] of vanished) for (const id of ids) intake.vanished(name, id, pass)

  await takeRows(reader, wanted, keysBefore, pass)
  // Of events and reviews no rows are read: what they speak of says their versions, where they speak of anything.
  for (const name of LINKED) for (const { id, version } of versions.get(name) ?? []) held.hold(name, id, version)
  while (pass.orders.size + pass.events.size > 0) {
    const again = new Map<TableName, ReadonlySet<string>>([
      ['executions', new Set(pass.orders)],
      ['execution_order_events', new Set(pass.events)],
    ])
    pass.orders.clear()
    pass.events.clear()
    await takeRows(reader, again, [], pass)
  }
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
