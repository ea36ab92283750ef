import { setImmediate as immediate } from 'node:timers/promises'
import type pg from 'pg'
import type { HydrationStart, OrderVersions } from '../../domain/checkpoint.js'
import { QuantError } from '../../domain/errors.js'
import type { Need } from '../../domain/metric.js'
import type { FactSink, Progress } from '../../domain/ports.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { ClockOffset, type ClockReading } from '../../lib/clock-offset.js'
import { HeldRows } from './held-rows.js'
import { hydrate } from './hydrate.js'
import { type News, type Owed, readNews } from './news.js'
import { fetchRows, type RowVersion, readVersions, readVersionsOf, type SeenTo } from './poll-statements.js'
import { inReadOnlyTransaction, type Query } from './read-only.js'
import { type OnReconciled, type ReconciledKind, reconcile } from './reconcile.js'
import { beginPass, type ReadPass, RowIntake } from './row-intake.js'
import { assertSupported, readSchema, TABLE_NAMES, type TableName, type TorghutSchema } from './schema.js'
import { SparedOrders } from './spared-orders.js'
import type { Row, Table } from './table.js'
import { type Tables, tablesOf } from './tables.js'

/** By how much, at most, reads start earlier for a server whose clock is behind; a reconciliation finds what is left. */
const LONGEST_BEHIND_MS = 10 * MINUTE_MS
/** The schema is looked at again this often: what it gains is used. */
const DISCOVER_EVERY_MS = MINUTE_MS
/** All of the overlap is looked at this often, whatever was seen: an old decision that changed dates no order. */
const WHOLE_OVERLAP_EVERY_MS = 10_000

export interface TorghutSourceOptions {
  readonly pool: pg.Pool
  readonly sink: FactSink
  /** How far behind the last read each read starts: a row can commit later than one with a later timestamp. */
  readonly overlapMs: number
  /** Decisions have no updated_at: those made this recently are looked at again on every slow poll. */
  readonly decisionOverlapMs: number
  /** The machine's clock: what happens at intervals here does so in real time. */
  readonly wallNow: () => EpochMs
  /** Runs work when the sink has taken in what it was told; absent: it does so at once. */
  readonly whenTaken?: <Result>(work: () => Result) => Promise<Result>
  readonly onStatement: (name: string) => void
}

export interface PollResult {
  /** T at the start of the read: everything committed before it is known. */
  readonly asOf: EpochMs
  readonly hasOrderNews: boolean
  /** When the row versions that this poll saw first were written, as far as they say and no earlier version said. */
  readonly writtenAts: readonly EpochMs[]
}

/**
 * Facts from the trading database: one read for all strategies and accounts, however many there are.
 *
 * A poll is one read-only transaction of at most two statements: the first asks for (id, xmin) of what was touched since
 * the cursor less an overlap, of orders most times only what was written since the poll before, the second fetches whole
 * rows for the pairs that are not held. A row version is exact even where updated_at does not move. A new review or
 * order event fetches the row that it speaks of, a decision its orders.
 * What polls cannot see (a row that commits later than the overlap, a change that nothing dates, a row that is deleted)
 * a reconciliation finds, beside them. All that is applied is read in transactions that follow one another, so an older
 * version of a row never replaces a newer one.
 * Rows that the server stamps carry its clock. One that is ahead makes them come later; of one that is behind, every read
 * starts that much earlier, or its rows would seem to be older than the overlap.
 * What is read follows the schema that is there, which is looked at when reading begins, once a minute, and when a
 * statement fails for want of a table or column.
 * Polling, not LISTEN/NOTIFY: we may not add triggers there, and a missed notification is silent.
 */
export class TorghutSource {
  readonly #options: TorghutSourceOptions
  #cursor: EpochMs | undefined
  #hydratedAt: EpochMs = Number.NEGATIVE_INFINITY
  readonly #held = new HeldRows()
  readonly #intake: RowIntake
  /** Which instants of writing the rows told that lately were seen, by table. */
  readonly #stamps = new Map<TableName, Set<string>>()
  /** Undefined while a poll has yet to see all of the overlap. */
  #seenTo: SeenTo | undefined
  #wholeOverlapAtWall = 0
  /** What polls that ended half way had still to read. */
  readonly #owed: Owed = new Map()
  readonly #clock = new ClockOffset()
  #turn: Promise<unknown> = Promise.resolve()
  #schema: TorghutSchema | undefined
  #tables: Tables | undefined
  #discoverAtWall = 0
  #hydratedSchema = ''
  /** The orders that positions stand for, while they do. */
  #spared: { readonly orders: SparedOrders; readonly start: HydrationStart } | undefined

  constructor(options: TorghutSourceOptions) {
    this.#options = options
    this.#intake = new RowIntake(options.sink, this.#held)
  }

  /** What the database's schema does not have, by need; nothing before the history is read. */
  get lacking(): ReadonlyMap<Need, string> {
    return this.#schema?.lacking ?? NOTHING
  }

  /** How far the server's clock is ahead of the machine's, in milliseconds; undefined before it has been measured. */
  get clockOffsetMs(): number | undefined {
    return this.#clock.ms
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
      readonly onPositions?: () => Promise<void> | void
      readonly onProgress: (progress: Progress) => void
      /** What to begin with instead of the first row, where there is anything. */
      readonly start?: HydrationStart | undefined
    },
  ): Promise<void> {
    const transaction = <Result>(work: (query: Query) => Promise<Result>) => this.#transaction('hydrate', work)
    const tables = await this.#transaction('hydrate', async (query, began) => {
      const discovered = await this.#discover(query)
      const [clock] = await query<{ began_at: number }>('SELECT (extract(epoch FROM now()) * 1000)::float8 AS began_at')
      this.#readClock(began, clock?.began_at)
      return discovered
    })
    const reading = { transaction, hasOneSession: this.#hasOneSession, signal: options.signal }
    // What an attempt before this one took up.
    this.#spared?.start.forget()
    this.#spared = undefined
    this.#intake.spare(undefined)
    const spared = options.start && (await this.#beginWith(options.start, reading))
    const pass = beginPass(at)
    await hydrate({
      ...{ ...options, at, tables, ...reading },
      spared: spared && { orders: spared.orders, activities: spared.idsOf('broker_account_activities') },
      apply: (table, rows) => this.#intake.take(table, rows, pass),
      onPositions: async () => {
        if (this.#isUnsound || (await spared?.haveNews(this.#names, at, reading)) === true)
          await transaction((query) => this.#readSpared(query, pass))
        await options.onPositions?.()
      },
    })
    this.#cursor = at
    this.#hydratedAt = at
    this.#hydratedSchema = this.schemaKey
  }

  /** Tells two schemas apart that rows may be read differently from. */
  get schemaKey(): string {
    return JSON.stringify(this.#schema?.tables ?? [])
  }

  /**
   * The versions of what orders were made of that have been told, spared or not, as of now; undefined where that cannot
   * be said: something of them is still to be read, or the schema is another one than they were read from.
   */
  versionsOf(orderIds: readonly string[]): OrderVersions[] | undefined {
    if (this.#owed.size > 0 || this.#hydratedSchema !== this.schemaKey) return undefined
    const versions: OrderVersions[] = []
    for (const id of orderIds) {
      const known = this.#spared?.orders.versionsOf(id) ?? this.#held.versionsOf(id)
      if (known === undefined) return undefined
      versions.push(known)
    }
    return versions
  }

  /** Takes up a checkpoint; undefined where it does not hold. */
  async #beginWith(
    start: HydrationStart,
    reading: Parameters<SparedOrders['areUnchanged']>[1],
  ): Promise<SparedOrders | undefined> {
    const orders = await SparedOrders.of(start.spared, start.kept)
    if (start.schemaKey !== this.schemaKey || !(await orders.areUnchanged(this.#names, reading))) {
      start.refuse()
      return undefined
    }
    this.#spared = { orders, start }
    this.#intake.spare(orders)
    await orders.hold(this.#held)
    await immediate()
    start.begin()
    return orders
  }

  /** True when positions of a checkpoint say something else than the rows. */
  get #isUnsound(): boolean {
    return this.#spared !== undefined && (this.#spared.orders.areTold || !this.#spared.start.isSound())
  }

  /** Reads what a checkpoint spared: it does not hold any more. All of it is told at once, between two ticks. */
  async #readSpared(query: Query, pass: ReadPass): Promise<void> {
    const [spared, tables] = [this.#spared, this.#tables]
    if (spared === undefined || tables === undefined) return
    const { executions } = tables
    const rows: Row[] = []
    const wanted = new Map([['executions', spared.orders.orders] as const])
    for await (const fetched of fetchRows(query, [executions], wanted))
      for (const some of fetched.values()) rows.push(...some)
    this.#spared = undefined
    this.#intake.spare(undefined)
    for (const id of spared.orders.orders) this.#held.forget('executions', id)
    spared.start.forget()
    this.#intake.take(executions, rows, pass)
  }

  get #names(): readonly TableName[] {
    return TABLE_NAMES.filter((name) => this.#schema?.has(name) === true)
  }

  /** Reads what is new. `slow` polls look at all tables, others at orders only. */
  poll(at: EpochMs, slow: boolean): Promise<PollResult> {
    return this.#inTurn(async () => {
      try {
        return await this.#poll(at, slow)
      } catch (error) {
        // Who answers next may be another server.
        this.#seenTo = undefined
        if (!(error instanceof QuantError) || error.code !== 'schema_unsupported' || this.#tables === undefined)
          throw error
        this.#tables = undefined
        return await this.#poll(at, slow)
      }
    })
  }

  /**
   * Compares what polls have told with all that is in the tables, and makes good what differs. Polls may go on meanwhile:
   * they wait for a few hundred rows at most.
   */
  async reconcile(
    at: EpochMs,
    options: { readonly historyFrom: EpochMs; readonly signal: AbortSignal; readonly onReconciled: OnReconciled },
  ): Promise<void> {
    const transaction = <Result>(work: (query: Query) => Promise<Result>) => this.#transaction('reconcile', work)
    const tables = this.#tables ?? (await transaction((query) => this.#discover(query)))
    await reconcile({
      ...options,
      ...{ at, names: this.#names, transaction, held: this.#held, hasOneSession: this.#hasOneSession },
      check: (suspects) =>
        this.#inTurn(() => transaction((query) => this.#check(query, tables, suspects, at, options.onReconciled))),
    })
  }

  async #poll(at: EpochMs, slow: boolean): Promise<PollResult> {
    const result = await this.#transaction('poll', async (query, began) => {
      const isDue = slow && this.#options.wallNow() >= this.#discoverAtWall
      const known = isDue ? undefined : this.#tables
      const tables = known ?? (await this.#discover(query))
      return this.#readTouched(query, began, slow ? allOf(tables) : [tables.executions], at)
    })
    if (slow || this.#cursor === undefined) this.#cursor = at
    return { asOf: at, ...result }
  }

  async #readTouched(
    query: Query,
    began: Bracket,
    tables: readonly Table[],
    at: EpochMs,
  ): Promise<Pick<PollResult, 'hasOrderNews' | 'writtenAts'>> {
    const { overlapMs, decisionOverlapMs, wallNow } = this.#options
    // Orders are looked at every poll, the rest on slow polls.
    const isSlow = tables.length > 1
    const names = TABLE_NAMES.filter(
      (name) => (isSlow || ORDER_TABLES.includes(name)) && this.#schema?.has(name) === true,
    )
    const behindMs = Math.min(LONGEST_BEHIND_MS, Math.max(0, -(this.#clock.ms ?? 0)))
    const wallAt = wallNow()
    const seenTo = wallAt < this.#wholeOverlapAtWall ? this.#seenTo : undefined
    const { versions, beganAt, ...seen } = await readVersions(query, names, {
      ...{ at, cursor: (this.#cursor ?? at) - behindMs, overlapMs, decisionOverlapMs, seenTo },
      accounts: [...this.#intake.accounts],
    })
    this.#readClock(began, beganAt)
    const unseen = this.#notHeld(versions)
    await this.#readNews(query, tables, { versions: unseen, vanished: new Map() }, at)
    const writtenAts = [...unseen].flatMap(([name, some]) => this.#newStamps(name, some))
    for (const [name, some] of versions) this.#noteStamps(name, some, seenTo === undefined || name !== 'executions')
    this.#seenTo = seen.seenTo
    if (seenTo === undefined) this.#wholeOverlapAtWall = wallAt + WHOLE_OVERLAP_EVERY_MS
    return {
      hasOrderNews: ORDER_TABLES.some((name) => (unseen.get(name)?.length ?? 0) > 0),
      writtenAts,
    }
  }

  async #check(
    query: Query,
    tables: Tables,
    suspects: ReadonlyMap<TableName, readonly string[]>,
    at: EpochMs,
    onReconciled: OnReconciled,
  ): Promise<void> {
    const there = await readVersionsOf(query, suspects)
    const versions = this.#notHeld(there)
    const vanished = new Map(
      [...suspects].map(([name, ids]) => {
        const found = new Set(there.get(name)?.map(({ id }) => id))
        return [name, ids.filter((id) => !found.has(id) && this.#held.versionOf(name, id) !== undefined)]
      }),
    )
    const late = new Map([...versions].map(([name, some]) => [name, some.filter(({ id }) => this.#isNew(name, id))]))
    await this.#readNews(query, allOf(tables), { versions, vanished }, at)
    const tell = (name: TableName, kind: ReconciledKind, count: number) => {
      if (count > 0) onReconciled(name, kind, count)
    }
    for (const name of suspects.keys()) {
      const isNew = late.get(name) ?? []
      tell(name, 'late', isNew.filter(({ id }) => this.#saysAnything(name, id)).length)
      tell(name, 'changed', (versions.get(name) ?? []).length - isNew.length)
      tell(name, 'vanished', (vanished.get(name) ?? []).length)
    }
  }

  async #readNews(query: Query, tables: readonly Table[], news: News, at: EpochMs): Promise<void> {
    const reader = { query, tables, held: this.#held, intake: this.#intake, owed: this.#owed }
    await readNews(reader, news, beginPass(at))
    if (this.#spared === undefined) return
    const { whenTaken = atOnce } = this.#options
    if (!(await whenTaken(() => this.#isUnsound))) return
    const pass = beginPass(at)
    await this.#readSpared(query, pass)
    await readNews(reader, { versions: new Map(), vanished: new Map() }, pass)
  }

  #notHeld(versions: ReadonlyMap<TableName, readonly RowVersion[]>): Map<TableName, RowVersion[]> {
    const isNews = (name: TableName, { id, version }: RowVersion) => this.#held.versionOf(name, id) !== version
    return new Map([...versions].map(([name, all]) => [name, all.filter((some) => isNews(name, some))]))
  }

  get #hasOneSession(): boolean {
    return this.#schema?.hasOneSession === true
  }

  #isNew(name: TableName, id: string): boolean {
    return this.#held.versionOf(name, id) === undefined
  }

  /** An event may name an order that is not there; a review's decision may be older than what is read. */
  #saysAnything(name: TableName, id: string): boolean {
    if (name === 'execution_order_events') return this.#held.ordersOf(id).length > 0
    return name !== 'llm_decision_reviews' || this.#held.decisionOf(id) !== undefined
  }

  #noteStamps(name: TableName, versions: readonly RowVersion[], areAll: boolean): void {
    const stamps = areAll ? new Set<string>() : (this.#stamps.get(name) ?? new Set<string>())
    for (const version of versions) stamps.add(stampOf(version))
    this.#stamps.set(name, stamps)
  }

  /** A rewrite that no column dates says nothing about its age, and what was there at the start was not waited for. */
  #newStamps(name: TableName, versions: readonly RowVersion[]): EpochMs[] {
    return versions.flatMap((version) => {
      const { writtenAt } = version
      const isNew = writtenAt !== undefined && writtenAt > this.#hydratedAt
      return isNew && !this.#stamps.get(name)?.has(stampOf(version)) ? [writtenAt] : []
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

  /** `work` is told between which of our instants the server began the transaction, which is what its now() says. */
  #transaction<Result>(name: string, work: (query: Query, began: Bracket) => Promise<Result>): Promise<Result> {
    const { pool, wallNow, onStatement } = this.#options
    let sentMs: EpochMs | undefined
    const told = () => {
      sentMs ??= wallNow()
      onStatement(name)
    }
    return inReadOnlyTransaction(pool, told, (query) => {
      const answeredMs = wallNow()
      return work(query, { sentMs: sentMs ?? answeredMs, answeredMs })
    })
  }

  #readClock(began: Bracket, theirsMs: EpochMs | undefined): void {
    if (theirsMs !== undefined) this.#clock.read({ ...began, theirsMs })
  }

  /** One after another: a read that began earlier never overwrites what a later one applied. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work)
    // Its failure is the caller's; the next has its turn all the same.
    this.#turn = turn.then(
      () => undefined,
      () => undefined,
    )
    return turn
  }
}

const atOnce = async <Result>(work: () => Result) => work()

type Bracket = Omit<ClockReading, 'theirsMs'>

const NOTHING: ReadonlyMap<Need, string> = new Map()
const ORDER_TABLES: readonly TableName[] = ['executions', 'execution_order_events']

function allOf({ strategies, executions, decisions, snapshots, activities }: Tables): Table[] {
  return [executions, strategies, decisions, snapshots, activities].filter((table) => table !== undefined)
}

function stampOf({ id, writtenAt }: RowVersion): string {
  return `${id}@${writtenAt}`
}
