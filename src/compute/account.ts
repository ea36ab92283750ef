import type { Calendar, CalendarName } from '../domain/calendar.js'
import type { MoneyE17, QuantityE9 } from '../domain/exact.js'
import type { PositionSnapshotFact } from '../domain/facts.js'
import { type EpochMs, MINUTE_MS } from '../domain/time.js'
import { recordOf } from '../lib/record-of.js'
import { insertAt, lastDatedAtOrBefore } from '../lib/sorted-search.js'
import { PriceSeries } from './accumulators/price-series.js'
import type { Book, CostEvidence } from './book.js'
import { CostEvidenceSet, type CostTeller } from './cost-evidence-set.js'
import type { CostSource } from './costs.js'
import { Flows } from './equity/flows.js'
import { Observations } from './equity/observations.js'
import { DatedTerms } from './inputs/dated-terms.js'
import { type Digest, plus, termOfFact } from './inputs/digest.js'
import { FactSum } from './inputs/fact-sum.js'
import { PositionHistory } from './position-history.js'
import { snapshotLimitMs } from './snapshot-limit.js'

/** Positions of the past are kept one a minute: enough for every window's start on a minute. Equity is kept whole. */
const SNAPSHOT_CELL_MS = MINUTE_MS

/** Snapshots that may pile up while a history is read. */
const THINNING_WORTH = 2_000

export type Position = PositionSnapshotFact['positions'][number]

export interface AccountOptions {
  readonly multiplierOf: (symbol: string) => QuantityE9
  readonly sessionRollMs: number
  /** Whether a configured fee schedule says what an account's orders cost where nobody else does. */
  readonly hasFeeSchedule: (account: Account) => boolean
}

/** Sources of costs that facts tell of. */
const TOLD_SOURCES = ['order_records', 'broker_activities'] as const

/**
 * What the broker says about one account, and the books that trade in it.
 *
 * The first snapshot ever is kept for good, since the ledgers of its books may begin with it.
 */
export class Account {
  readonly books = new Map<string, Book>()
  /** Orders that name no strategy: nobody's results, but their fills move the account's cash. */
  orphans: Book | undefined
  readonly observations = new Observations()
  readonly flows: Flows
  readonly positions = new PositionHistory()
  /** Orders, fills, flows and openings, of all its books and of nobody. */
  readonly facts = new FactSum()
  readonly #snapshotTerms = new DatedTerms()
  readonly #multiplierOf: AccountOptions['multiplierOf']
  #snapshots: PositionSnapshotFact[] = []
  readonly #prices = new Map<string, PriceSeries>()
  readonly #costEvidence = recordOf(TOLD_SOURCES, () => new CostEvidenceSet())
  readonly #hasFeeSchedule: AccountOptions['hasFeeSchedule']
  readonly #limits = new Map<CalendarName, { newestAt: EpochMs | undefined; limitMs: number }>()
  #first: PositionSnapshotFact | undefined
  #thinnedTo: EpochMs | undefined
  #lengthWhenThinned = 0

  constructor(
    readonly label: string,
    { multiplierOf, sessionRollMs, hasFeeSchedule }: AccountOptions,
  ) {
    this.#hasFeeSchedule = hasFeeSchedule
    this.#multiplierOf = multiplierOf
    this.flows = new Flows({
      observations: this.observations,
      paidForFills: (from, to) => this.#paidForFills(from, to),
      sessionRollMs,
    })
  }

  get firstSnapshot(): PositionSnapshotFact | undefined {
    return this.#first
  }

  /** Takes a snapshot in; false when it was known already. */
  applySnapshot(snapshot: PositionSnapshotFact): boolean {
    const index = this.#indexAt(snapshot.at)
    const before = this.#snapshots[index]
    if (before?.at === snapshot.at) {
      if (sameSnapshot(before, snapshot)) return false
      this.#snapshots[index] = snapshot
    } else insertAt(this.#snapshots, index + 1, snapshot)
    // Prices and positions of snapshots that have been thinned are still there.
    if (this.positions.at(this.positions.indexAt(snapshot.at)) === snapshot.at)
      this.#forgetPrices(new Set([snapshot.at]))
    this.observations.add(snapshot, this.#multiplierOf)
    this.positions.put(snapshot)
    this.#snapshotTerms.put(snapshot.at, termOfFact(snapshot))
    if (this.#first === undefined || snapshot.at <= this.#first.at) this.#first = snapshot
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

  /** Forgets a snapshot that its source has no more; false when it was not known. */
  removeSnapshot(at: EpochMs): boolean {
    if (!this.positions.remove(at)) return false
    const index = this.#indexAt(at)
    if (this.#snapshots[index]?.at === at) this.#snapshots.splice(index, 1)
    this.observations.remove(at)
    this.#snapshotTerms.remove(at)
    this.#forgetPrices(new Set([at]))
    if (this.#first?.at === at) this.#first = this.#snapshots[0]
    return true
  }

  /** What the account was told up to now. */
  get digest(): Digest {
    return plus(this.facts.digest, this.#snapshotTerms.digest)
  }

  /** What its snapshots up to an instant said. */
  snapshotsDigestUpTo(at: EpochMs): Digest {
    return this.#snapshotTerms.upTo(at)
  }

  /** The newest snapshot at or before an instant whose equity counts, with its positions. */
  snapshotAt(at: EpochMs): PositionSnapshotFact | undefined {
    for (let index = this.#indexAt(at); index >= 0; index -= 1) {
      const snapshot = this.#snapshots[index]
      if (snapshot !== undefined && !this.observations.isRefused(snapshot.at)) return snapshot
    }
    return undefined
  }

  /** The newest snapshot at or before an instant, whether or not its equity counts. */
  newestSnapshotAt(at: EpochMs): PositionSnapshotFact | undefined {
    return this.#snapshots[this.#indexAt(at)]
  }

  /** The first instant after `at` with a snapshot, whether or not its equity counts; Infinity when there is none. */
  nextSnapshotAfter(at: EpochMs): EpochMs {
    return this.#snapshots[this.#indexAt(at) + 1]?.at ?? Number.POSITIVE_INFINITY
  }

  /** True when so many snapshots came since the last thinning that it is worth its while. */
  get isGrown(): boolean {
    return this.#snapshots.length > 2 * this.#lengthWhenThinned + THINNING_WORTH
  }

  /** Symbols that some snapshot after an instant showed. */
  symbolsShownAfter(at: EpochMs): string[] {
    return [...this.positions.symbols()].filter((symbol) => (this.positions.lastShown(symbol) ?? at) > at)
  }

  /** Whether any snapshot ever showed a symbol. */
  hasShown(symbol: string): boolean {
    return this.positions.lastShown(symbol) !== undefined
  }

  /** Judges the equities again whose positions are known: an instrument is another one than was thought. */
  revalue(): void {
    for (const snapshot of this.#snapshots) this.observations.add(snapshot, this.#multiplierOf)
  }

  /** Time of the newest snapshot up to an instant whose equity counts. */
  newestObservationAt(at: EpochMs): EpochMs | undefined {
    return this.observations.latestAt(at)?.at
  }

  /** How old that one may be: see snapshotLimitMs. It changes with the next snapshot only. */
  snapshotLimitMs(at: EpochMs, calendar: Calendar): number {
    const newestAt = this.newestObservationAt(at)
    const known = this.#limits.get(calendar.name)
    if (known !== undefined && known.newestAt === newestAt) return known.limitMs
    const limitMs = snapshotLimitMs(
      this.observations.indexAt(at) + 1,
      (index) => this.observations.at(index)?.at ?? 0,
      calendar,
    )
    this.#limits.set(calendar.name, { newestAt, limitMs })
    return limitMs
  }

  prices(symbol: string): PriceSeries | undefined {
    return this.#prices.get(symbol)
  }

  /**
   * Remembers from when on each source of costs has any, as one order or one fee tells; undefined takes it back. True
   * when the account's cost source at T, or the moment at which it changes, is another one now.
   */
  noteCosts(teller: CostTeller, id: string, evidence: Partial<CostEvidence>, at: EpochMs): boolean {
    const [source, holdsUntil] = [this.costSource(at), this.costSourceHoldsUntil(at)]
    for (const told of TOLD_SOURCES) this.#costEvidence[told].set(teller, id, evidence[told])
    return this.costSource(at) !== source || this.costSourceHoldsUntil(at) !== holdsUntil
  }

  /** One source an account: the first, in the order of COST_SOURCES, that has any cost up to `at`. */
  costSource(at: EpochMs): CostSource | 'none' {
    for (const told of TOLD_SOURCES) if (this.#costEvidence[told].first <= at) return told
    return this.#hasFeeSchedule(this) ? 'fee_schedule' : 'none'
  }

  /** When the cost source will change next, to one that goes before it; Infinity when it will not. */
  costSourceHoldsUntil(at: EpochMs): EpochMs {
    let until = Number.POSITIVE_INFINITY
    for (const told of TOLD_SOURCES) {
      const { first } = this.#costEvidence[told]
      if (first <= at) break
      until = Math.min(until, first)
    }
    return until
  }

  /**
   * Keeps the positions, of every minute that ends at or before `boundary`, of the last snapshot and of the last one whose
   * equity counts, and nothing older than `oldest`: the same in a process that starts now. The span (from, to] in which
   * anything went, so that what was read from it may read otherwise now.
   */
  thin(boundary: EpochMs, oldest: EpochMs): readonly [from: EpochMs, to: EpochMs] | undefined {
    const end = lastWholeCell(boundary)
    const from = this.#thinnedTo ?? Number.NEGATIVE_INFINITY
    if (end <= from) return undefined
    this.#thinnedTo = end
    const isShorter = this.observations.dropBefore(oldest)
    const past = this.#snapshots.splice(0, this.#indexAt(end) + 1)
    const gone = new Set<EpochMs>()
    /** Cells of which a later snapshot, and a later one that counts, is kept. */
    let [lastCell, lastCountedCell]: (EpochMs | undefined)[] = [undefined, undefined]
    for (const { at } of past.toReversed()) {
      const cell = cellEnd(at)
      const isCounted = !this.observations.isRefused(at)
      const isKept = at >= oldest && (cell !== lastCell || (isCounted && cell !== lastCountedCell))
      if (!isKept) gone.add(at)
      lastCell = cell
      if (isCounted) lastCountedCell = cell
    }
    this.#snapshots = [...past.filter(({ at }) => !gone.has(at)), ...this.#snapshots]
    this.#lengthWhenThinned = this.#snapshots.length
    return isShorter || gone.size > 0 ? [from, end] : undefined
  }

  #paidForFills(from: EpochMs, to: EpochMs): MoneyE17 {
    let paid = 0n
    for (const book of [...this.books.values(), ...(this.orphans === undefined ? [] : [this.orphans])])
      for (const ledger of book.ledgers.values()) paid += ledger.paidIn(from, to)
    return paid
  }

  #forgetPrices(instants: ReadonlySet<EpochMs>): void {
    for (const series of this.#prices.values()) series.remove(instants)
  }

  #indexAt(at: EpochMs): number {
    return lastDatedAtOrBefore(this.#snapshots, at)
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

function sameSnapshot(a: PositionSnapshotFact, b: PositionSnapshotFact): boolean {
  return a.equity === b.equity && a.cash === b.cash && samePositions(a.positions, b.positions)
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
