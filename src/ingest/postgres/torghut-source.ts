import type pg from 'pg'
import type { FactSink, Progress } from '../../domain/ports.js'
import type { EpochMs } from '../../domain/time.js'
import { decisions } from './decisions.js'
import { executions } from './executions.js'
import { hydrate } from './hydrate.js'
import { inReadOnlyTransaction, type Query } from './read-only.js'
import { snapshots } from './snapshots.js'
import { strategies } from './strategies.js'
import type { Row, Table } from './table.js'

const TABLES: readonly Table[] = [strategies, executions, decisions, snapshots]
/** Orders are looked at every poll, the rest on slow polls. */
const FAST_TABLES: readonly Table[] = [executions]
/** Rows fetched by one statement; a burst of more takes several. */
const FETCH_LIMIT = 5_000

export interface TorghutSourceOptions {
  readonly pool: pg.Pool
  readonly sink: FactSink
  /** How far behind the last read each read starts: a row can commit later than one with a later timestamp. */
  readonly overlapMs: number
  /** Decisions have no updated_at: those made this recently are looked at again on every slow poll. */
  readonly decisionOverlapMs: number
  readonly onStatement: (name: string) => void
}

export interface PollResult {
  /** T at the start of the read: everything committed before it is known. */
  readonly asOf: EpochMs
  readonly hasOrderNews: boolean
  readonly rowCount: number
}

/**
 * Facts from the trading database: one read for all strategies and accounts, however many there are.
 *
 * A poll is one read-only transaction of at most two statements: the first asks for (id, xmin) of what was touched since
 * the cursor less an overlap, the second fetches whole rows for the pairs that the poll before did not see. A row version
 * is exact even where updated_at does not move; remembering one poll's pairs is enough, since a row that left the overlap
 * can come back only in another version.
 * Polling, not LISTEN/NOTIFY: we may not add triggers there, and a missed notification is silent.
 */
export class TorghutSource {
  readonly #options: TorghutSourceOptions
  #cursor: EpochMs | undefined
  /** Every account that some row has named. */
  readonly #accounts = new Set<string>()
  readonly #seen = new Map<string, ReadonlySet<string>>()

  constructor(options: TorghutSourceOptions) {
    this.#options = options
  }

  /** Reads the whole history that the books need, up to T; afterwards polls continue from here. */
  async hydrate(
    at: EpochMs,
    options: {
      readonly historyFrom: EpochMs
      readonly fineFrom: EpochMs
      readonly signal: AbortSignal
      readonly onOrders?: () => void
      readonly onProgress: (progress: Progress) => void
    },
  ): Promise<void> {
    const { pool, onStatement } = this.#options
    await hydrate({
      ...options,
      at,
      transaction: (work) => inReadOnlyTransaction(pool, () => onStatement('hydrate'), work),
      apply: (table, rows) => this.#apply(table, rows),
      tables: { strategies, executions, decisions, snapshots },
    })
    this.#cursor = at
  }

  /** Reads what is new. `slow` polls look at all tables, others at orders only. */
  async poll(at: EpochMs, slow: boolean): Promise<PollResult> {
    const { pool, onStatement } = this.#options
    const tables = slow ? TABLES : FAST_TABLES
    const counts = await inReadOnlyTransaction(
      pool,
      () => onStatement('poll'),
      async (query) => {
        const pairs = await this.#pairs(query, tables, at)
        const unseen = new Map(
          tables.map((table) => [
            table,
            (pairs.get(table.name) ?? []).filter(({ version }) => !this.#seen.get(table.name)?.has(version)),
          ]),
        )
        const fetched = await fetchRows(query, unseen)
        for (const table of tables) {
          this.#apply(table, fetched.get(table) ?? [])
          this.#seen.set(table.name, new Set((pairs.get(table.name) ?? []).map(({ version }) => version)))
        }
        return {
          orders: unseen.get(executions)?.length ?? 0,
          all: [...unseen.values()].reduce((total, rows) => total + rows.length, 0),
        }
      },
    )
    if (slow || this.#cursor === undefined) this.#cursor = at
    return { asOf: at, hasOrderNews: counts.orders > 0, rowCount: counts.all }
  }

  async #pairs(
    query: Query,
    tables: readonly Table[],
    at: EpochMs,
  ): Promise<Map<string, { id: string; version: string }[]>> {
    const { overlapMs, decisionOverlapMs } = this.#options
    const cursor = this.#cursor ?? at
    const values: unknown[] = []
    const bind = (value: unknown) => `$${values.push(value)}`
    const instant = (value: EpochMs) => `to_timestamp(${bind(value)}::double precision / 1000)`
    const filterOf: Record<Table['name'], () => string> = {
      strategies: () => 'true',
      executions: () => `t.updated_at > ${instant(cursor - overlapMs)} AND t.created_at <= ${instant(at)}`,
      trade_decisions: () =>
        `t.created_at > ${instant(cursor - Math.max(overlapMs, decisionOverlapMs))} AND t.created_at <= ${instant(at)}`,
      // By account and time, as the index upstream has it: this is the largest table.
      position_snapshots: () =>
        `t.alpaca_account_label = ANY(${bind([...this.#accounts])}::text[]) AND t.as_of > ${instant(cursor - overlapMs)} AND t.as_of <= ${instant(at)}`,
    }
    const arms = tables.map(
      ({ name }) =>
        `SELECT '${name}' AS source, t.id::text AS id, t.xmin::text AS xmin FROM ${name} t WHERE ${filterOf[name]()}`,
    )
    const rows = await query<{ source: string; id: string; xmin: string }>(arms.join(' UNION ALL '), values)
    const pairs = new Map<string, { id: string; version: string }[]>()
    for (const { source, id, xmin } of rows) {
      const list = pairs.get(source) ?? []
      list.push({ id, version: `${id}@${xmin}` })
      pairs.set(source, list)
    }
    return pairs
  }

  #apply(table: Table, rows: readonly Row[]): void {
    const { sink } = this.#options
    for (const row of rows) {
      const { facts, rejections } = table.toFacts(row)
      for (const fact of facts) if ('account' in fact) this.#accounts.add(fact.account)
      if (facts.length > 0) sink.apply(facts)
      if (rejections.length > 0) sink.reject(rejections)
    }
  }
}

/** Whole rows of all tables in one statement, as JSON objects; several statements only for a burst. */
async function fetchRows(
  query: Query,
  wanted: ReadonlyMap<Table, readonly { id: string }[]>,
): Promise<Map<Table, Row[]>> {
  const rows = new Map<Table, Row[]>([...wanted.keys()].map((table) => [table, []]))
  const most = Math.max(0, ...[...wanted.values()].map((ids) => ids.length))
  for (let from = 0; from < most; from += FETCH_LIMIT) {
    const due = [...wanted]
      .map(([table, ids]) => ({ table, ids: ids.slice(from, from + FETCH_LIMIT).map(({ id }) => id) }))
      .filter(({ ids }) => ids.length > 0)
    const text = due.map(
      ({ table }, index) =>
        `SELECT '${table.name}' AS source, ${table.projection} AS row FROM ${table.name} t ${table.joins} WHERE t.id = ANY($${index + 1}::uuid[])`,
    )
    const fetched = await query<{ source: string; row: Row }>(
      text.join(' UNION ALL '),
      due.map(({ ids }) => ids),
    )
    for (const { table } of due)
      rows.get(table)?.push(...fetched.filter(({ source }) => source === table.name).map(({ row }) => row))
  }
  return rows
}
