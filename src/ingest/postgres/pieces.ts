import { setImmediate as immediate } from 'node:timers/promises'
import type { Transaction, Values } from './read-only.js'

/** A statement over a table `t` whose answer is too large for one. */
export interface LargeStatement {
  readonly select: readonly string[]
  /** The table as `t`, and what is joined to it. */
  readonly from: string
  readonly where: string
  readonly values: readonly unknown[]
  /** Columns and their types that tell every row apart, along an index. */
  readonly key: readonly (readonly [column: string, type: string])[]
  /** How many of the key's columns the rows come in the order of; 0 where any order will do. */
  readonly orderedBy: number
  /** Rows asked for at once. */
  readonly rows: number
  /** Rows taken in without a pause. */
  readonly rowsAtOnce: number
}

export interface PieceOptions {
  readonly transaction: Transaction
  /** One session is behind all connections, so that a transaction keeps everybody else waiting: true of PGlite. */
  readonly hasOneSession: boolean
  /** Throws when the reading is to end. */
  readonly goOn: () => void
}

export const BY_ID: LargeStatement['key'] = [['t.id', 'uuid']]

/** Many ids as one bound value of type uuid[]: the driver looks for quotes in each element of a list, a second for a million. */
export function uuidList(ids: readonly string[]): string {
  return `{${ids.join()}}`
}

/** Takes in rows, each as the values that its statement selects. */
type Take = (rows: readonly Values[], isEnd: boolean) => void

/**
 * Hands over the rows of a large statement piece by piece.
 *
 * A cursor scans a table once, whatever indexes there are, and the next piece is on its way while one is taken in. Its
 * transaction lasts as long as the table does; where that keeps others waiting, pages along the key take its place, each
 * in a transaction of its own.
 */
export function readInPieces(statement: LargeStatement, options: PieceOptions, take: Take): Promise<void> {
  return options.hasOneSession ? readPages(statement, options, take) : readCursor(statement, options, take)
}

function readCursor(
  { select, from, where, values, key, orderedBy, rows: count, rowsAtOnce }: LargeStatement,
  { transaction, goOn }: PieceOptions,
  take: Take,
): Promise<void> {
  const order = key.slice(0, orderedBy).map(([column]) => column)
  return transaction(async (query) => {
    await query(
      `DECLARE pieces NO SCROLL CURSOR FOR SELECT ${select} FROM ${from} WHERE ${where} ${order.length > 0 ? `ORDER BY ${order}` : ''}`,
      values,
    )
    const fetch = () => query.lists(`FETCH ${count} FROM pieces`)
    let rows = await fetch()
    for (;;) {
      const isEnd = rows.length < count
      const [next] = await Promise.all([isEnd ? [] : fetch(), takeInSteps(rows, rowsAtOnce, goOn, isEnd, take)])
      if (isEnd) return
      rows = next
    }
  })
}

/** A socket that always has more is read many times in a row: only a turn of the event loop lets others in between. */
async function takeInSteps(
  rows: readonly Values[],
  rowsAtOnce: number,
  goOn: () => void,
  isEnd: boolean,
  take: Take,
): Promise<void> {
  let from = 0
  do {
    goOn()
    const to = from + rowsAtOnce
    take(rows.slice(from, to), isEnd && to >= rows.length)
    from = to
    await immediate()
  } while (from < rows.length)
}

async function readPages(
  { select, from, where, values, key, rowsAtOnce: count }: LargeStatement,
  { transaction, goOn }: PieceOptions,
  take: Take,
): Promise<void> {
  const columns = key.map(([column]) => column)
  const selected = [...select, ...columns.map((column) => `${column}::text`)]
  let after: readonly unknown[] = []
  for (;;) {
    goOn()
    const bounds = after.length === 0 ? [] : key.map(([, type], index) => `$${values.length + index + 1}::${type}`)
    const beyond = bounds.length === 0 ? '' : `AND (${columns}) > (${bounds})`
    const rows = await transaction((query) =>
      query.lists(`SELECT ${selected} FROM ${from} WHERE ${where} ${beyond} ORDER BY ${columns} LIMIT ${count}`, [
        ...values,
        ...after,
      ]),
    )
    const last = rows.at(-1)
    take(rows, rows.length < count)
    if (last === undefined || rows.length < count) return
    after = last.slice(select.length)
  }
}
