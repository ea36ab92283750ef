import type { Fact, RetractableKind, RetractionFact } from '../../domain/facts.js'
import type { FactSink } from '../../domain/ports.js'
import type { EpochMs } from '../../domain/time.js'
import type { HeldRows, LinkedRow, SnapshotKey } from './held-rows.js'
import type { TableName } from './schema.js'
import { compareSnapshotRows, snapshotKeyOf } from './snapshots.js'
import type { SparedOrders } from './spared-orders.js'
import type { Row, Table } from './table.js'

/** One read of the database, and what it said of orders that it did not read: an event that came to one may have left another. */
export interface ReadPass {
  readonly at: EpochMs
  readonly orders: Set<string>
  readonly events: Set<string>
}

export function beginPass(at: EpochMs): ReadPass {
  return { at, orders: new Set(), events: new Set() }
}

/**
 * Turns rows into facts, and what is no more into retractions. Every row of the trading database that becomes known
 * comes through here, in whatever way it was read, so that what is held is what the sink was told.
 */
export class RowIntake {
  /** Every account that some row has named. */
  readonly accounts = new Set<string>()
  readonly #sink: FactSink
  readonly #held: HeldRows
  /** Orders that are not to be told: whoever looks after them has to know that one was read. */
  #spared: SparedOrders | undefined

  constructor(sink: FactSink, held: HeldRows) {
    this.#sink = sink
    this.#held = held
  }

  /** From now on these orders are told as positions; undefined: none is. */
  spare(orders: SparedOrders | undefined): void {
    this.#spared = orders
  }

  /**
   * Takes rows in. Of snapshots of one instant a later one replaces an earlier one, so they come in the order of
   * compareSnapshotRows.
   */
  take(table: Table, rows: readonly Row[], pass: ReadPass): void {
    const facts: Fact[] = []
    for (const row of rows) {
      if (table.kind === 'execution' && this.#spared?.isTold(String(row.id)) === true) continue
      const reading = table.toFacts(row)
      if (reading.rejections.length > 0) this.#sink.reject(reading.rejections)
      const wasHeld = this.#hold(table, row)
      facts.push(...this.#retractionsOf(table, row, reading.facts, wasHeld, pass), ...reading.facts)
    }
    for (const fact of facts) if ('account' in fact) this.accounts.add(fact.account)
    if (facts.length > 0) this.#sink.apply(facts)
  }

  /** Takes in all the rows that there are of some snapshots: where none can be read, the snapshot is no more. */
  takeSnapshots(table: Table, rows: readonly Row[], keys: readonly SnapshotKey[], pass: ReadPass): void {
    const news = [...rows].sort(compareSnapshotRows)
    const told = new Set<string>()
    // Among rows of one instant those that cannot be read do not count.
    const countedLast = news
      .filter((row) => table.toFacts(row).facts.length > 0)
      .map((row) => textOf(snapshotKeyOf(row)))
    for (const key of countedLast) told.add(key)
    const gone = keys.filter((key) => !told.has(textOf(key)))
    this.#sink.apply(gone.map(({ account, at }) => retraction(pass.at, 'position_snapshot', [account, String(at)])))
    this.take(table, news, pass)
  }

  /** A row is there no more. What it said something about has to be read again by the caller. */
  vanished(name: TableName, id: string, pass: ReadPass): void {
    if (this.#spared?.isTold(id) === true) return
    if (name === 'trade_decisions') this.#sink.apply([retraction(pass.at, 'decision', [id])])
    if (name === 'executions') {
      this.#sink.apply([retraction(pass.at, 'execution', [id])])
      // An event of it may be another order's now.
      for (const event of this.#held.linkEvents(id, []).lost) pass.events.add(event)
    }
    this.#held.forget(name, id)
  }

  #retractionsOf(
    { kind }: Table,
    row: Row,
    facts: readonly Fact[],
    wasHeld: boolean,
    pass: ReadPass,
  ): readonly RetractionFact[] {
    if (kind !== 'decision' && kind !== 'execution') return NO_RETRACTIONS
    const id = String(row.id)
    const isGone = wasHeld && !facts.some(({ fact }) => fact === kind)
    const ofRow = isGone ? [retraction(pass.at, kind, [id])] : NO_RETRACTIONS
    if (kind === 'decision') return ofRow
    const { lost, gained } = this.#held.linkEvents(id, linkedRows(row.events, 0, EVENT_VERSION))
    for (const event of lost) pass.events.add(event)
    for (const event of gained) for (const order of this.#held.ordersOf(event)) if (order !== id) pass.orders.add(order)
    return lost.length === 0 ? ofRow : [...ofRow, ...lost.map((event) => retraction(pass.at, 'fill', [id, event]))]
  }

  /** True when the row was held before. */
  #hold(table: Table, row: Row): boolean {
    const id = String(row.id)
    const wasHeld = this.#held.hold(table.name, id, String(row.version))
    if (table.kind === 'execution') this.#held.linkActivities(id, linkedRows(row.activity_versions, 0, 1))
    if (table.kind === 'decision') this.#held.linkReviews(id, linkedRows(row.review_versions, 0, 1))
    const key = table.kind === 'position_snapshot' ? snapshotKeyOf(row) : undefined
    if (key !== undefined) this.#held.noteSnapshot(id, key)
    return wasHeld
  }
}

const NO_RETRACTIONS: readonly RetractionFact[] = []
const NO_LINKS: readonly LinkedRow[] = []

/** Where an event's array has its version: after what orderEventsOf reads. */
const EVENT_VERSION = 9

function linkedRows(list: unknown, idAt: number, versionAt: number): readonly LinkedRow[] {
  if (!Array.isArray(list)) return NO_LINKS
  return list
    .filter(Array.isArray)
    .map((linked: readonly unknown[]) => [String(linked[idAt]), String(linked[versionAt])] as const)
}

function retraction(at: EpochMs, of: RetractableKind, identity: readonly string[]): RetractionFact {
  return { fact: 'retraction', of, identity: [...identity], at, knownAt: undefined, revision: undefined }
}

function textOf(key: SnapshotKey | undefined): string {
  return key === undefined ? '' : `${key.at} ${key.account}`
}
