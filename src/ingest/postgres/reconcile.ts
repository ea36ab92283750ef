import type { EpochMs } from '../../domain/time.js'
import { inSteps } from '../../lib/in-steps.js'
import type { HeldRows } from './held-rows.js'
import { BY_ID, type LargeStatement, readInPieces } from './pieces.js'
import type { Transaction } from './read-only.js'
import type { TableName } from './schema.js'
import { WATCHED } from './watched.js'

/** Versions fetched or looked at at once: some milliseconds of work. */
const ROWS_AT_ONCE = 1_000
/** Suspects looked at in one transaction: a poll may have to wait for it. */
const SUSPECTS_AT_ONCE = 500

/** How a row differed from what had been told of it. */
export const RECONCILED_KINDS = ['late', 'changed', 'vanished'] as const
export type ReconciledKind = (typeof RECONCILED_KINDS)[number]

/** Told of rows that polls had missed. */
export type OnReconciled = (table: TableName, kind: ReconciledKind, count: number) => void

export interface ReconcileOptions {
  readonly at: EpochMs
  /** Decisions and reviews matter from here on; everything else from the first row. */
  readonly historyFrom: EpochMs
  readonly signal: AbortSignal
  readonly names: readonly TableName[]
  readonly held: HeldRows
  readonly transaction: Transaction
  readonly hasOneSession: boolean
  /** Looks at rows anew, in a transaction that begins after all that was applied before, and applies what it finds. */
  readonly check: (suspects: ReadonlyMap<TableName, readonly string[]>) => Promise<void>
}

/**
 * Compares what is held with all that is in the tables, and has everything looked at again that differs.
 *
 * What a scan sees is only a suspicion: polls go on beside it and may have applied something newer already. So the scan
 * needs no common moment for all tables, each has a short transaction of its own, and nothing that it saw is applied.
 */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const { names, check, signal } = options
  for (const name of names) {
    const suspects = await scan(name, options)
    for (let from = 0; from < suspects.length; from += SUSPECTS_AT_ONCE) {
      signal.throwIfAborted()
      await check(new Map([[name, suspects.slice(from, from + SUSPECTS_AT_ONCE)]]))
    }
  }
}

/** Reads the versions of all rows of a table; the ids of rows that are not as they are held. */
async function scan(
  name: TableName,
  { transaction, hasOneSession, held, signal, at, historyFrom }: ReconcileOptions,
): Promise<string[]> {
  const suspects: string[] = []
  // What comes to be held meanwhile may be in it or not.
  const missing = new Set<string>()
  await inSteps(held.ids(name), ROWS_AT_ONCE, (id) => missing.add(id))
  const isWindowed = WINDOWED.includes(name)
  const dated = DATED_BY[name]
  const age = `CASE WHEN ${dated} > $1::timestamptz THEN 1 ${isWindowed ? `WHEN ${dated} <= $2::timestamptz THEN -1` : ''} ELSE 0 END`
  const statement: LargeStatement = {
    select: ['t.id::text', WATCHED[name].version, age],
    ...{ from: `${name} t`, where: 'true', key: BY_ID, orderedBy: 0, rows: ROWS_AT_ONCE, rowsAtOnce: ROWS_AT_ONCE },
    values: [at, ...(isWindowed ? [historyFrom] : [])].map((instant) => new Date(instant).toISOString()),
  }
  const goOn = () => signal.throwIfAborted()
  await readInPieces(statement, { transaction, hasOneSession, goOn }, (rows) => {
    for (const [idValue, version, aged] of rows) {
      const id = String(idValue)
      const isHeld = missing.delete(id)
      if (Number(aged) < 0) {
        // No window reaches there any more.
        if (isHeld) held.forget(name, id)
      } else if (isHeld ? held.versionOf(name, id) !== version : aged === 0 && held.versionOf(name, id) === undefined)
        suspects.push(id)
    }
  })
  for (const id of missing) suspects.push(id)
  return suspects
}

/** From when on a row is read: T must have come so far. */
const DATED_BY: Record<TableName, string> = {
  strategies: 't.created_at',
  trade_decisions: 't.created_at',
  executions: 't.created_at',
  position_snapshots: 't.as_of',
  llm_decision_reviews: 't.created_at',
  execution_order_events: 't.created_at',
  broker_account_activities: 't.created_at',
}
const WINDOWED: readonly TableName[] = ['trade_decisions', 'llm_decision_reviews']
