import type pg from 'pg'
import { QuantError } from '../../domain/errors.js'
import type { Need } from '../../domain/metric.js'
import type { FactSink, Progress } from '../../domain/ports.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { hydrate } from './hydrate.js'
import { fetchRows, type RowVersion, readVersions } from './poll-statements.js'
import { inReadOnlyTransaction, type Query } from './read-only.js'
import { assertSupported, readSchema, type TableName, type TorghutSchema } from './schema.js'
import type { Row, Table } from './table.js'
import { type Tables, tablesOf } from './tables.js'

/** The schema is looked at again this often: what it gains is used. */
const DISCOVER_EVERY_MS = MINUTE_MS

export interface TorghutSourceOptions {
  readonly pool: pg.Pool
  readonly sink: FactSink
  /** How far behind the last read each read starts: a row can commit later than one with a later timestamp. */
  readonly overlapMs: number
  /** Decisions have no updated_at: those made this recently are looked at again on every slow poll. */
  readonly decisionOverlapMs: number
  /** The machine's clock: what happens at intervals here does so in real time. */
  readonly wallNow: () => EpochMs
  readonly onStatement: (name: string) => void
}

export interface PollResult {
  /** T at the start of the read: everything committed before it is known. */
  readonly asOf: EpochMs
  readonly hasOrderNews: boolean
  /** When the row versions that this poll saw first were written, as far as they say and no earlier version said. */
  readonly writtenAts: readonly EpochMs[]
}

/** What the last poll saw of a table: row versions, and which instants of writing its rows had told. */
interface Seen {
  readonly versions: ReadonlySet<string>
  readonly stamps: ReadonlySet<string>
}

/**
 * Facts from the trading database: one read for all strategies and accounts, however many there are.
 *
 * A poll is one read-only transaction of at most two statements: the first asks for (id, xmin) of what was touched since
 * the cursor less an overlap, the second fetches whole rows for the pairs that the poll before did not see. A row version
 * is exact even where updated_at does not move; remembering one poll's pairs is enough, since a row that left the overlap
 * can come back only in another version. A new review or order event fetches the row that it speaks of.
 * What is read follows the schema that is there, which is looked at when reading begins, once a minute, and when a
 * statement fails for want of a table or column.
 * Polling, not LISTEN/NOTIFY: we may not add triggers there, and a missed notification is silent.
 */
export class TorghutSource {
  readonly #options: TorghutSourceOptions
  #cursor: EpochMs | undefined
  #hydratedAt: EpochMs = Number.NEGATIVE_INFINITY
  /** Every account that some row has named. */
  readonly #accounts = new Set<string>()
  readonly #seen = new Map<TableName, Seen>()
  #schema: TorghutSchema | undefined
  #tables: Tables | undefined
  #discoverAtWall = 0

  constructor(options: TorghutSourceOptions) {
    this.#options = options
  }

  /** What the database's schema does not have, by need; nothing before the history is read. */
  get lacking(): ReadonlyMap<Need, string> {
    return this.#schema?.lacking ?? NOTHING
  }

  /**
   * Reads the whole history that the books need, up to T; afterwards polls continue from here. Rejects with QuantError
   * `schema_unsupported` when the schema is older than any that is supported.
   */
  async hydrate(
    at: EpochMs,
    options: {
      readonly historyFrom: EpochMs
      readonly signal: AbortSignal
      readonly onPositions?: () => void
      readonly onProgress: (progress: Progress) => void
    },
  ): Promise<void> {
    const transaction = <Result>(work: (query: Query) => Promise<Result>) => this.#transaction('hydrate', work)
    const tables = await transaction((query) => this.#discover(query))
    await hydrate({ ...options, at, transaction, apply: (table, rows) => this.#apply(table, rows), tables })
    this.#cursor = at
    this.#hydratedAt = at
  }

  /** Reads what is new. `slow` polls look at all tables, others at orders only. */
  async poll(at: EpochMs, slow: boolean): Promise<PollResult> {
    try {
      return await this.#poll(at, slow)
    } catch (error) {
      if (!(error instanceof QuantError) || error.code !== 'schema_unsupported' || this.#tables === undefined)
        throw error
      this.#tables = undefined
      return await this.#poll(at, slow)
    }
  }

  async #poll(at: EpochMs, slow: boolean): Promise<PollResult> {
    const result = await this.#transaction('poll', async (query) => {
      const isDue = slow && this.#options.wallNow() >= this.#discoverAtWall
      const known = isDue ? undefined : this.#tables
      const { strategies, executions, decisions, snapshots, activities } = known ?? (await this.#discover(query))
      // Orders are looked at every poll, the rest on slow polls.
      const others = [strategies, decisions, activities, snapshots].filter((table) => table !== undefined)
      return this.#readNews(query, slow ? [executions, ...others] : [executions], at, slow)
    })
    if (slow || this.#cursor === undefined) this.#cursor = at
    return { asOf: at, ...result }
  }

  async #readNews(
    query: Query,
    tables: readonly Table[],
    at: EpochMs,
    slow: boolean,
  ): Promise<Pick<PollResult, 'hasOrderNews' | 'writtenAts'>> {
    const { overlapMs, decisionOverlapMs } = this.#options
    const versions = await readVersions(
      query,
      tables.flatMap(({ watches }) => watches).filter(({ isSlow = false }) => slow || !isSlow),
      { at, cursor: this.#cursor ?? at, overlapMs, decisionOverlapMs, accounts: [...this.#accounts] },
    )
    const unseen = new Map(
      [...versions].map(([name, all]) => [
        name,
        all.filter(({ version }) => !this.#seen.get(name)?.versions.has(version)),
      ]),
    )
    const fetched = await fetchRows(query, tables, unseen)
    for (const table of tables) this.#apply(table, fetched.get(table) ?? [])
    const writtenAts = [...unseen].flatMap(([name, some]) => this.#newStamps(name, some))
    for (const [name, all] of versions)
      this.#seen.set(name, {
        versions: new Set(all.map(({ version }) => version)),
        stamps: new Set(all.map(stampOf)),
      })
    return {
      hasOrderNews: ORDER_TABLES.some((name) => (unseen.get(name)?.length ?? 0) > 0),
      writtenAts,
    }
  }

  /** A rewrite that no column dates says nothing about its age, and what was there at the start was not waited for. */
  #newStamps(name: TableName, versions: readonly RowVersion[]): EpochMs[] {
    return versions.flatMap((version) => {
      const { writtenAt } = version
      const isNew = writtenAt !== undefined && writtenAt > this.#hydratedAt
      return isNew && !this.#seen.get(name)?.stamps.has(stampOf(version)) ? [writtenAt] : []
    })
  }

  async #discover(query: Query): Promise<Tables> {
    const schema = await readSchema(query)
    assertSupported(schema)
    this.#schema = schema
    this.#tables = tablesOf(schema)
    this.#discoverAtWall = this.#options.wallNow() + DISCOVER_EVERY_MS
    return this.#tables
  }

  #transaction<Result>(name: string, work: (query: Query) => Promise<Result>): Promise<Result> {
    const { pool, onStatement } = this.#options
    return inReadOnlyTransaction(pool, () => onStatement(name), work)
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

const NOTHING: ReadonlyMap<Need, string> = new Map()
const ORDER_TABLES: readonly TableName[] = ['executions', 'execution_order_events']

function stampOf({ id, writtenAt }: RowVersion): string {
  return `${id}@${writtenAt}`
}
