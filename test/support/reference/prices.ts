import type { BookKey } from '../../../src/domain/book.js'
import type { Calendar } from '../../../src/domain/calendar.js'
import type { PositionSnapshotFact } from '../../../src/domain/facts.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, magnitude } from './exact.js'
import { type Knowledge, MINUTE_MS, type Point, type ReferenceFill, thinned } from './knowledge.js'
import { orderPinsOf } from './order-pins.js'

const BAR_LIFETIME_MS = 28 * 86_400_000
const QUOTE_LIFETIME_MS = 12 * 86_400_000

/** Marks of one book: METRICS section 1, "Mark". */
export class ReferencePrices {
  readonly #known: Knowledge
  readonly #snapshots: readonly PositionSnapshotFact[]
  readonly #calendar: Calendar
  readonly #bars = new Map<string, readonly Point[]>()
  readonly #snapshotPrices = new Map<string, readonly Point[]>()
  readonly #answers = new Map<string, bigint | undefined>()

  /** Without pins every price is still there; with them old ones are thinned as the sources are read. */
  constructor(
    known: Knowledge,
    key: BookKey,
    readonly pins?: readonly EpochMs[],
  ) {
    this.#known = known
    this.#snapshots = known.snapshots.filter((snapshot) => snapshot.account === key.account)
    this.#calendar = known.calendarOf(key.strategyId)
  }

  /** The snapshot's price where there is one of the last five session minutes, else the mark. */
  atStart(symbol: string, fills: readonly ReferenceFill[], start: EpochMs): bigint | undefined {
    const snapshot = this.#newestSnapshotPrice(symbol, start)
    return snapshot !== undefined && this.#calendar.sessionTimeBetween(snapshot.at, start) <= 5 * MINUTE_MS
      ? snapshot.price
      : this.at(symbol, fills, start)
  }

  /** A fresh bar, else the newest of snapshot, bar, mid and own fill, ties in this order. */
  at(symbol: string, fills: readonly ReferenceFill[], at: EpochMs): bigint | undefined {
    // The same question is asked by many windows.
    const question = `${symbol} ${at} ${fills.length}`
    if (!this.#answers.has(question)) this.#answers.set(question, this.#answer(symbol, fills, at))
    return this.#answers.get(question)
  }

  #answer(symbol: string, fills: readonly ReferenceFill[], at: EpochMs): bigint | undefined {
    const bar = this.#newestAcceptedBar(symbol, at)
    if (bar !== undefined && this.#isRecent(bar, at)) return bar.price
    const fill = fills.filter((candidate) => candidate.at <= at).at(-1)
    const candidates = [
      this.#newestSnapshotPrice(symbol, at),
      bar,
      this.#mid(symbol, at),
      fill && { at: fill.at, price: divide(fill.notional, fill.quantity) },
    ].filter((candidate) => candidate !== undefined)
    const newest = Math.max(...candidates.map((candidate) => candidate.at))
    return candidates.find((candidate) => candidate.at === newest)?.price
  }

  /** Every bar is judged in turn, from the first one on: by the mark before it, and by the bar before it. */
  #newestAcceptedBar(symbol: string, at: EpochMs): Point | undefined {
    let accepted: Point | undefined
    let before: Point | undefined
    for (const bar of this.bars(symbol)) {
      if (bar.at > at) break
      const snapshot = this.#newestSnapshotPrice(symbol, bar.at)
      const mark = accepted === undefined || (snapshot !== undefined && snapshot.at > accepted.at) ? snapshot : accepted
      if (mark === undefined || !this.#isRecent(mark, bar.at) || isNear(bar, mark) || isNear(bar, before))
        accepted = bar
      before = bar
    }
    return accepted
  }

  /** The newest quote decides; of the past only the last one of each cell is kept, whatever it says. */
  #mid(symbol: string, until: EpochMs): Point | undefined {
    const cellMs = this.#isNeededByMinutes(symbol) ? MINUTE_MS : 5 * MINUTE_MS
    const { at, readAt, signals } = this.#known
    const rows = signals.get(symbol) ?? []
    const quote = (
      this.pins === undefined ? [...rows].sort(byTime) : thinned(rows, cellMs, readAt, this.#pinsOf(symbol))
    )
      .filter((row) => row.at <= until && row.at >= at - QUOTE_LIFETIME_MS)
      .at(-1)
    if (quote?.bid === undefined || quote.ask === undefined || quote.bid <= 0n || quote.ask < quote.bid)
      return undefined
    const twice = quote.bid + quote.ask
    return (quote.ask - quote.bid) * 2n * 10_000n > twice * 50n ? undefined : { at: quote.at, price: divide(twice, 2n) }
  }

  #isRecent(point: Point, at: EpochMs): boolean {
    return this.#calendar.sessionTimeBetween(point.at, at) <= this.#known.options.markMaxAgeMs
  }

  /** The bars that are still there at T, oldest first. */
  bars(symbol: string): readonly Point[] {
    const kept = this.#bars.get(symbol)
    if (kept !== undefined) return kept
    const { at, readAt } = this.#known
    const cellMs = this.#isNeededByMinutes(symbol) ? MINUTE_MS : 5 * MINUTE_MS
    const all = this.#known.bars.get(symbol) ?? []
    const bars = this.pins === undefined ? [...all].sort(byTime) : thinned(all, cellMs, readAt, this.#pinsOf(symbol))
    const alive = bars.filter((bar) => bar.at >= at - BAR_LIFETIME_MS)
    this.#bars.set(symbol, alive)
    return alive
  }

  #pinsOf(symbol: string): readonly EpochMs[] {
    return [...(this.pins ?? []), ...orderPinsOf(this.#known, symbol)]
  }

  /** A book that never closes, or shares its account, needs prices of what it traded, its account shows and it is measured against at every minute. */
  #isNeededByMinutes(symbol: string): boolean {
    const known = this.#known
    const books = [...known.books.values()]
    return books.some(
      ({ strategyId, account }) =>
        (known.calendarOf(strategyId).name === '24x7' || books.filter((book) => book.account === account).length > 1) &&
        (known.benchmarks.get(strategyId) === symbol ||
          known.orders.some(
            (order) => order.symbol === symbol && order.strategyId === strategyId && order.account === account,
          ) ||
          known
            .snapshotsOf(account)
            .some(({ positions }) => positions.some((position) => position.symbol === symbol && position.qty !== 0n))),
    )
  }

  #newestSnapshotPrice(symbol: string, until: EpochMs): Point | undefined {
    const known = this.#snapshotPrices.get(symbol) ?? this.#pricesInSnapshots(symbol)
    this.#snapshotPrices.set(symbol, known)
    return known.filter(({ at }) => at <= until).at(-1)
  }

  #pricesInSnapshots(symbol: string): Point[] {
    return this.#snapshots.flatMap((snapshot) =>
      snapshot.positions
        .filter((position) => position.symbol === symbol)
        .map(({ mark }) => ({ at: snapshot.at, price: mark }))
        .filter((point): point is Point => point.price !== undefined),
    )
  }
}

function isNear(point: Point, other: Point | undefined): boolean {
  return other !== undefined && magnitude(point.price - other.price) * 10n <= other.price
}

function byTime(a: { readonly at: EpochMs }, b: { readonly at: EpochMs }): number {
  return a.at - b.at
}
