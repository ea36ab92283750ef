import type { BookKey } from '../../../src/domain/book.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { type Adjustment, adjustmentsOf, ledgerAt } from './adjustments.js'
import { sum } from './exact.js'
import type { CostSource, Knowledge, ReferenceFill } from './knowledge.js'
import type { Position, ReferenceLedger } from './ledger.js'
import { type Opening, openingOf } from './openings.js'
import type { ReferencePrices } from './prices.js'
import { type RoundTrip, roundTripsOf } from './trades.js'

/** What one book held and earned, each answer from its first fill on. */
export class ReferencePositions {
  readonly fills = new Map<string, ReferenceFill[]>()
  readonly adjustments = new Map<string, readonly Adjustment[]>()
  readonly #openings = new Map<string, Opening>()

  constructor(
    readonly known: Knowledge,
    readonly key: BookKey,
    prices: ReferencePrices,
  ) {
    for (const fill of known.fills) {
      const { strategyId, account, symbol } = fill.order
      if (strategyId === key.strategyId && account === key.account)
        this.fills.set(symbol, [...(this.fills.get(symbol) ?? []), fill])
    }
    for (const [symbol, fills] of this.fills) {
      // A book trades a symbol from its first fill on; what others held before is not its own.
      const hasTraded = fills.some(({ at }) => at <= known.at)
      const opening: Opening = hasTraded ? openingOf(symbol, known, key.account) : { kind: 'flat' }
      this.#openings.set(symbol, opening)
      this.adjustments.set(symbol, adjustmentsOf({ symbol, fills, opening }, known, key, prices))
    }
  }

  get symbols(): string[] {
    return [...this.fills.keys()]
  }

  isUnknownAfter(symbol: string, start: EpochMs): boolean {
    const opening = this.#openings.get(symbol)
    return opening?.kind === 'unknown' && start < opening.until
  }

  isAnyUnknownAfter(start: EpochMs): boolean {
    return this.symbols.some((symbol) => this.isUnknownAfter(symbol, start))
  }

  held(at: EpochMs): Position[] {
    return this.symbols
      .filter((symbol) => !this.isUnknownAfter(symbol, at))
      .map((symbol) => {
        const { quantity, cost } = this.#ledger(symbol, at)
        return { symbol, quantity, cost }
      })
      .filter(({ quantity }) => quantity !== 0n)
  }

  realizedIn(start: EpochMs, end: EpochMs): bigint {
    return sum(this.symbols.map((symbol) => this.#ledger(symbol, end).realized - this.#ledger(symbol, start).realized))
  }

  adjustmentsIn(start: EpochMs, end: EpochMs): (Adjustment & { readonly symbol: string })[] {
    return [...this.adjustments].flatMap(([symbol, adjustments]) =>
      adjustments.filter(({ at }) => at > start && at <= end).map((adjustment) => ({ ...adjustment, symbol })),
    )
  }

  roundTrips(source: CostSource | undefined): RoundTrip[] {
    return [...this.fills].flatMap(([symbol, fills]) => {
      const opening = this.#openings.get(symbol) ?? { kind: 'flat' }
      return roundTripsOf({ symbol, fills, opening }, this.adjustments.get(symbol) ?? [], this.known, source)
    })
  }

  /** What fees taken in coin were worth in (start, end]. */
  feesInKindIn(start: EpochMs, end: EpochMs): bigint {
    return sum(this.adjustmentsIn(start, end).map((one) => (one.kind === 'fee in kind' ? one.worth : 0n)))
  }

  /** What positions taken over in (start, end] had earned elsewhere; of a split, what rounding did to their cost. */
  takenOverIn(start: EpochMs, end: EpochMs): bigint {
    const openings = [...this.#openings.values()].map((opening) =>
      opening.kind === 'taken over' && opening.at > start && opening.at <= end ? opening.value - opening.cost : 0n,
    )
    const splits = this.adjustmentsIn(start, end).map((one) =>
      one.kind === 'split' ? this.#ledger(one.symbol, one.at, one).cost - one.cost : 0n,
    )
    return sum([...openings, ...splits])
  }

  /** With everything up to an instant, or without one adjustment of that instant. */
  #ledger(symbol: string, at: EpochMs, without?: Adjustment): ReferenceLedger {
    const adjustments = (this.adjustments.get(symbol) ?? []).filter((one) => one.at !== without?.at)
    const fills = this.fills.get(symbol) ?? []
    const opening = this.#openings.get(symbol) ?? { kind: 'flat' }
    return ledgerAt({ symbol, fills, opening }, adjustments, this.known, at)
  }
}
