import { absolute, type MoneyE17, type QuantityE9 } from '../../domain/exact.js'
import type { PositionSnapshotFact } from '../../domain/facts.js'
import type { EpochMs } from '../../domain/time.js'
import { lastDatedAtOrBefore } from '../../lib/sorted-search.js'
import { InstantSet } from '../accumulators/instant-set.js'
import { compareText } from '../fills.js'
import { marketValue } from '../market-value.js'

/** What one snapshot says of an account's equity, without its positions: kept for every snapshot of the history. */
export interface Observation {
  readonly at: EpochMs
  readonly equity: MoneyE17
  readonly cash: MoneyE17
  /** Symbols and quantities as one text: two snapshots hold the same exactly when these are equal. */
  readonly quantities: string
}

/** Equity may differ from cash and market value by one part in this many. */
const PLAUSIBLE_DIVISOR = 100n

/**
 * An account's equity over time, one observation a snapshot.
 *
 * A snapshot whose equity contradicts its own cash and positions is refused: broken ones show an equity of 0 for some
 * seconds, and a drawdown of 100 % that never was would stay in the window for weeks.
 * Source: METRICS section 1, "Equity of a book alone in its account".
 */
export class Observations {
  #kept: Observation[] = []
  readonly #refused = new InstantSet()
  readonly #notPositive = new InstantSet()
  #revision = 0

  /** Counts changes of the past: while it stays, observations were only added at the end or dropped at the beginning. */
  get revision(): number {
    return this.#revision
  }

  /** How many snapshots of the history were refused. */
  get refusedCount(): number {
    return this.#refused.size
  }

  /** Takes a snapshot in, instead of one of the same instant; true when it counts. */
  add(snapshot: PositionSnapshotFact, multiplierOf: (symbol: string) => QuantityE9): boolean {
    this.remove(snapshot.at)
    if (!isPlausible(snapshot, multiplierOf)) {
      this.#refused.add(snapshot.at)
      return false
    }
    const { at, equity, cash } = snapshot
    const index = this.indexAt(at) + 1
    const before = this.#kept[index - 1] ?? this.#kept[index]
    const quantities = quantitiesOf(snapshot)
    // Most snapshots repeat the positions of the one before: one text serves them all.
    const shared = before?.quantities === quantities ? before.quantities : quantities
    if (index < this.#kept.length) this.#revision += 1
    this.#kept.splice(index, 0, { at, equity, cash, quantities: shared })
    if (equity <= 0n) this.#notPositive.add(at)
    return true
  }

  /** Forgets everything before an instant; true when there was anything. */
  dropBefore(oldest: EpochMs): boolean {
    const dropped = this.#kept.splice(0, this.indexAt(oldest - 1) + 1)
    this.#refused.dropBefore(oldest)
    this.#notPositive.dropBefore(oldest)
    return dropped.length > 0
  }

  get length(): number {
    return this.#kept.length
  }

  at(index: number): Observation | undefined {
    return this.#kept[index]
  }

  /** Index of the last observation at or before an instant; −1 when there is none. */
  indexAt(at: EpochMs): number {
    return lastDatedAtOrBefore(this.#kept, at)
  }

  latestAt(at: EpochMs): Observation | undefined {
    return this.#kept[this.indexAt(at)]
  }

  /** The first instant after `at` with an observation; Infinity when there is none. */
  nextAfter(at: EpochMs): EpochMs {
    return this.#kept[this.indexAt(at) + 1]?.at ?? Number.POSITIVE_INFINITY
  }

  isRefused(at: EpochMs): boolean {
    return this.#refused.lastAtOrBefore(at) === at
  }

  hasRefusedIn(from: EpochMs, to: EpochMs): boolean {
    return this.#refused.hasIn(from, to)
  }

  /** True when an equity in (from, to] was 0 or below. */
  hasNotPositiveIn(from: EpochMs, to: EpochMs): boolean {
    return this.#notPositive.hasIn(from, to)
  }

  /** Forgets the snapshot of an instant, whether it counted or was refused; false when there was none. */
  remove(at: EpochMs): boolean {
    const wasRefused = this.isRefused(at)
    this.#refused.remove(at)
    this.#notPositive.remove(at)
    const index = this.indexAt(at)
    if (this.#kept[index]?.at !== at) return wasRefused
    this.#kept.splice(index, 1)
    this.#revision += 1
    return true
  }
}

function isPlausible({ equity, cash, positions }: PositionSnapshotFact, multiplierOf: (symbol: string) => QuantityE9) {
  let worth = cash
  for (const { symbol, qty, mark } of positions) {
    if (qty === 0n) continue
    if (mark === undefined) return true
    worth += marketValue(qty, mark, multiplierOf(symbol))
  }
  const [a, b] = [absolute(equity), absolute(worth)]
  return absolute(equity - worth) * PLAUSIBLE_DIVISOR <= (a > b ? a : b)
}

function quantitiesOf({ positions }: PositionSnapshotFact): string {
  return positions
    .filter(({ qty }) => qty !== 0n)
    .map(({ symbol, qty }) => `${symbol} ${qty}`)
    .sort(compareText)
    .join('\n')
}
