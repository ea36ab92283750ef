import type { OrderVersions, RowVersionPair } from '../../domain/checkpoint.js'
import type { EpochMs } from '../../domain/time.js'
import { inSteps } from '../../lib/in-steps.js'
import { recordOf } from '../../lib/record-of.js'
import { ORDER_ACTIVITIES_WATCH } from './activity-links.js'
import type { HeldRows } from './held-rows.js'
import { ORDER_EVENTS_WATCH } from './order-event-links.js'
import { BY_ID, readInPieces, uuidList } from './pieces.js'
import type { Transaction } from './read-only.js'
import type { TableName } from './schema.js'
import type { Watch } from './table.js'
import { WATCHED } from './watched.js'

/** Orders or versions looked at at once: some milliseconds of work. */
const ROWS_AT_ONCE = 1_000

interface Reading {
  readonly transaction: Transaction
  readonly hasOneSession: boolean
  readonly signal: AbortSignal
}

/** Which rows an order's versions are of, by table. */
const ROWS_OF: Readonly<Record<SparedTable, (order: OrderVersions) => readonly RowVersionPair[]>> = {
  executions: ({ row }) => [row],
  execution_order_events: ({ events }) => events,
  broker_account_activities: ({ activities }) => activities,
}
type SparedTable = Extract<TableName, 'executions' | 'execution_order_events' | 'broker_account_activities'>
const TABLES = Object.keys(ROWS_OF) as readonly SparedTable[]

/** By what news of these tables say something of an order. */
const LINKS: readonly (readonly [SparedTable, Watch])[] = [
  ['execution_order_events', ORDER_EVENTS_WATCH],
  ['broker_account_activities', ORDER_ACTIVITIES_WATCH],
]

/**
 * The orders that a checkpoint stands for. It was taken from certain versions of their rows, of their events and of
 * their activities, and holds as long as all of these are the same and none has come to them.
 */
export class SparedOrders {
  readonly #orders = new Map<string, OrderVersions>()
  readonly #versions = recordOf(TABLES, () => new Map<string, string>())
  /** The same of orders that are read, of which the checkpoint was taken all the same. */
  readonly #keptVersions = recordOf(TABLES, () => new Map<string, string>())
  #isTold = false

  private constructor() {}

  /** There may be hundreds of thousands: others have their turn meanwhile. */
  static async of(spared: readonly OrderVersions[], kept: readonly OrderVersions[]): Promise<SparedOrders> {
    const all = new SparedOrders()
    await inSteps(spared, ROWS_AT_ONCE, (order) => {
      all.#orders.set(order.row[0], order)
      note(all.#versions, order)
    })
    await inSteps(kept, ROWS_AT_ONCE, (order) => note(all.#keptVersions, order))
    return all
  }

  get orders(): string[] {
    return [...this.#orders.keys()]
  }

  idsOf(name: SparedTable): string[] {
    return [...this.#versions[name].keys()]
  }

  versionsOf(orderId: string): OrderVersions | undefined {
    return this.#orders.get(orderId)
  }

  /** True when a row is one of these; it was read again, or is no more. */
  isTold(id: string): boolean {
    const isOurs = TABLES.some((name) => this.#versions[name].has(id))
    if (isOurs) this.#isTold = true
    return isOurs
  }

  /** Whether any of the rows has been told since. */
  get areTold(): boolean {
    return this.#isTold
  }

  /** Whether all rows are what they were when the checkpoint was taken. */
  async areUnchanged(names: readonly TableName[], reading: Reading): Promise<boolean> {
    for (const name of TABLES) {
      const expected = [this.#versions[name], this.#keptVersions[name]]
      if (expected.every(({ size }) => size === 0)) continue
      if (!names.includes(name) || !(await haveVersions(name, expected, reading))) return false
    }
    return true
  }

  /** Holds the rows as if they had been read. */
  async hold(held: HeldRows): Promise<void> {
    for (const name of TABLES)
      await inSteps(this.#versions[name], ROWS_AT_ONCE, ([id, version]) => held.hold(name, id, version))
  }

  /** Whether anything up to T has come to one of the orders that it was not taken with. */
  async haveNews(names: readonly TableName[], at: EpochMs, { transaction }: Reading): Promise<boolean> {
    for (const [name, { rowIds }] of LINKS) {
      if (!names.includes(name)) continue
      const [known, orders] = [this.idsOf(name), this.orders]
      const others = `SELECT o.id FROM ${name} o WHERE o.created_at <= $1::timestamptz AND o.id NOT IN (SELECT unnest($2::uuid[]))`
      const [found] = await transaction((query) =>
        query<{ is_there: boolean }>(
          `SELECT EXISTS (SELECT FROM (${rowIds(`ARRAY(${others})`)}) AS n(id) WHERE n.id IN (SELECT unnest($3::uuid[]))) AS is_there`,
          [new Date(at).toISOString(), uuidList(known), uuidList(orders)],
        ),
      )
      if (found?.is_there === true) return true
    }
    return false
  }
}

function note(versions: Readonly<Record<SparedTable, Map<string, string>>>, order: OrderVersions): void {
  for (const name of TABLES) for (const [id, version] of ROWS_OF[name](order)) versions[name].set(id, version)
}

/** Reads the versions of the whole table: of an old history nearly all rows are asked for, and naming them costs more. */
async function haveVersions(
  name: TableName,
  expected: readonly ReadonlyMap<string, string>[],
  { transaction, hasOneSession, signal }: Reading,
): Promise<boolean> {
  let missing = expected.reduce((count, { size }) => count + size, 0)
  await readInPieces(
    {
      ...{ select: ['t.id::text', WATCHED[name].version], from: `${name} t`, key: BY_ID, orderedBy: 0 },
      ...{ where: 'true', values: [], rows: ROWS_AT_ONCE, rowsAtOnce: ROWS_AT_ONCE },
    },
    { transaction, hasOneSession, goOn: () => signal.throwIfAborted() },
    (rows) => {
      for (const [id, version] of rows)
        for (const versions of expected) if (versions.get(String(id)) === version) missing -= 1
    },
  )
  return missing === 0
}
