import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { PositionSnapshotFact } from '../domain/facts.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'
import { PriceSeries } from './accumulators/price-series.js'
import { partitionPoint } from './accumulators/sorted-search.js'
import type { Book } from './book.js'
import { snapshotLimitMs } from './snapshot-limit.js'

/** Snapshots of the past are kept one a minute: enough for every window's start on a minute. */
const SNAPSHOT_CELL_MS = MINUTE_MS

export type Position = PositionSnapshotFact['positions'][number]

/**
 * What the broker says about one account, and the books that trade in it.
 *
 * The first snapshot ever is kept for good, since the ledgers of its books may begin with it.
 */
export class Account {
  readonly books = new Map<string, Book>()
  #snapshots: PositionSnapshotFact[] = []
  readonly #prices = new Map<string, PriceSeries>()
  readonly #firstFlats = new Map<string, EpochMs | undefined>()
  readonly #costEvidence = new Map<string, EpochMs>()
  readonly #limits = new Map<CalendarName, { newestAt: EpochMs | undefined; limitMs: number }>()
  #first: PositionSnapshotFact | undefined
  #thinnedTo: EpochMs | undefined

  constructor(readonly label: string) {}

  get firstSnapshot(): PositionSnapshotFact | undefined {
    return this.#first
  }

  /** Takes a snapshot in; false when it was known already. */
  applySnapshot(snapshot: PositionSnapshotFact): boolean {
    const index = this.#indexAt(snapshot.at)
    const before = this.#snapshots[index]
    if (before?.at === snapshot.at) {
      if (samePositions(before.positions, snapshot.positions)) return false
      this.#snapshots[index] = snapshot
      this.#forgetPrices(new Set([before.at]))
      this.#firstFlats.clear()
    } else this.#snapshots.splice(index + 1, 0, snapshot)
    if (this.#first === undefined || snapshot.at <= this.#first.at) this.#first = snapshot
    for (const [symbol, at] of this.#firstFlats)
      if (snapshot.at < (at ?? Number.POSITIVE_INFINITY) && quantityIn(snapshot, symbol) === 0n)
        this.#firstFlats.set(symbol, snapshot.at)
    // What comes late for a minute that has been thinned has to be thinned again.
    if (this.#thinnedTo !== undefined && snapshot.at <= this.#thinnedTo) this.#thinnedTo = undefined
    for (const { symbol, mark } of snapshot.positions) {
      if (mark === undefined) continue
      const series = this.#prices.get(symbol) ?? new PriceSeries(SNAPSHOT_CELL_MS)
      this.#prices.set(symbol, series)
      series.add(snapshot.at, mark)
    }
    return true
  }

  /** The first snapshot that does not show the symbol; undefined when all do. Once asked for, it is not forgotten. */
  firstFlat(symbol: string): EpochMs | undefined {
    if (!this.#firstFlats.has(symbol)) {
      const known = this.#first === undefined ? this.#snapshots : [this.#first, ...this.#snapshots]
      this.#firstFlats.set(symbol, known.find((snapshot) => quantityIn(snapshot, symbol) === 0n)?.at)
    }
    return this.#firstFlats.get(symbol)
  }

  /** Time of the newest snapshot up to an instant. */
  newestObservationAt(at: EpochMs): EpochMs | undefined {
    return this.#snapshots[this.#indexAt(at)]?.at
  }

  /** How old that one may be: see snapshotLimitMs. It changes with the next snapshot only. */
  snapshotLimitMs(at: EpochMs, calendar: Calendar): number {
    const newestAt = this.newestObservationAt(at)
    const known = this.#limits.get(calendar.name)
    if (known !== undefined && known.newestAt === newestAt) return known.limitMs
    const limitMs = snapshotLimitMs(this.#indexAt(at) + 1, (index) => this.#snapshots[index]?.at ?? 0, calendar)
    this.#limits.set(calendar.name, { newestAt, limitMs })
    return limitMs
  }

  prices(symbol: string): PriceSeries | undefined {
    return this.#prices.get(symbol)
  }

  /**
   * Remembers that an order record named costs, and from when on that counts; undefined takes it back. True when the
   * account's cost source at T, or the moment at which it changes, is another one now.
   */
  noteCosts(executionId: string, from: EpochMs | undefined, at: EpochMs): boolean {
    const [source, holdsUntil] = [this.costSource(at), this.costSourceHoldsUntil(at)]
    if (from === undefined) this.#costEvidence.delete(executionId)
    else this.#costEvidence.set(executionId, from)
    return this.costSource(at) !== source || this.costSourceHoldsUntil(at) !== holdsUntil
  }

  /** One source an account, the first that has any cost up to `at`. */
  costSource(at: EpochMs): 'order_records' | 'none' {
    for (const from of this.#costEvidence.values()) if (from <= at) return 'order_records'
    return 'none'
  }

  /** When the cost source will change next; Infinity when it will not. */
  costSourceHoldsUntil(at: EpochMs): EpochMs {
    if (this.costSource(at) !== 'none') return Number.POSITIVE_INFINITY
    let first = Number.POSITIVE_INFINITY
    for (const from of this.#costEvidence.values()) if (from < first) first = from
    return first
  }

  /**
   * Keeps, of every minute that ends at or before `boundary`, the last snapshot only, and none older than `oldest`: what
   * a process reads that starts now. True when prices went: what was read from them may read otherwise now.
   */
  thin(boundary: EpochMs, oldest: EpochMs): boolean {
    const end = lastWholeCell(boundary)
    if (this.#thinnedTo !== undefined && end <= this.#thinnedTo) return false
    this.#thinnedTo = end
    const past = this.#snapshots.splice(0, this.#indexAt(end) + 1)
    const gone = new Set<EpochMs>()
    past.forEach(({ at }, index) => {
      const following = past[index + 1]
      const isLast = following === undefined || cellEnd(following.at) !== cellEnd(at)
      if (!isLast || at < oldest) gone.add(at)
    })
    this.#snapshots = [...past.filter(({ at }) => !gone.has(at)), ...this.#snapshots]
    return this.#forgetPrices(gone)
  }

  #forgetPrices(instants: ReadonlySet<EpochMs>): boolean {
    let went = false
    for (const series of this.#prices.values()) if (series.remove(instants)) went = true
    return went
  }

  #indexAt(at: EpochMs): number {
    return (
      partitionPoint(
        this.#snapshots.length,
        (index) => (this.#snapshots[index]?.at ?? Number.POSITIVE_INFINITY) <= at,
      ) - 1
    )
  }
}

export function quantityIn(snapshot: PositionSnapshotFact, symbol: string): bigint {
  return snapshot.positions.find((position) => position.symbol === symbol)?.qty ?? 0n
}

function cellEnd(at: EpochMs): EpochMs {
  return Math.ceil(at / SNAPSHOT_CELL_MS) * SNAPSHOT_CELL_MS
}

function lastWholeCell(boundary: EpochMs): EpochMs {
  return Math.floor(boundary / SNAPSHOT_CELL_MS) * SNAPSHOT_CELL_MS
}

function samePositions(a: readonly Position[], b: readonly Position[]): boolean {
  return (
    a.length === b.length &&
    a.every((position, index) => {
      const other = b[index]
      return (
        position.symbol === other?.symbol &&
        position.qty === other.qty &&
        position.avgEntryPrice === other.avgEntryPrice &&
        position.mark === other.mark
      )
    })
  )
}
