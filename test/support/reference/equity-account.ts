import type { Calendar } from '../../../src/domain/calendar.js'
import type { PositionSnapshotFact } from '../../../src/domain/facts.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, isWithin, magnitude, sum } from './exact.js'
import { type Knowledge, MINUTE_MS, QUANTITY_ONE } from './knowledge.js'

const DRIFT_MS = 5 * MINUTE_MS

export type MarkOf = (symbol: string, at: EpochMs) => bigint | undefined

/** What an account was worth: METRICS section 2, "Equity of a book alone in its account". */
export class ReferenceAccount {
  /** All that are still there at T, oldest first; refused ones still tell quantities and prices. */
  readonly snapshots: readonly PositionSnapshotFact[]
  /** Those whose equity can be true. */
  readonly observations: readonly PositionSnapshotFact[]

  constructor(
    readonly known: Knowledge,
    readonly label: string,
    readonly calendar: Calendar,
    readonly markOf: MarkOf,
  ) {
    this.snapshots = known.keptSnapshots(label)
    this.observations = this.snapshots.filter((snapshot) => isPlausible(snapshot, known))
  }

  lastObservation(at: EpochMs): PositionSnapshotFact | undefined {
    return this.observations.filter((observation) => observation.at <= at).at(-1)
  }

  observationsIn(start: EpochMs, end: EpochMs): PositionSnapshotFact[] {
    return this.observations.filter(({ at }) => at > start && at <= end)
  }

  /** The last observation, and what its positions have gained by our marks in at most five minutes of its session. */
  equityAt(at: EpochMs): bigint | undefined {
    const observation = this.lastObservation(at)
    if (observation === undefined) return undefined
    const until = this.#driftsUntil(observation.at, at)
    return observation.equity + sum(observation.positions.map((position) => this.#gain(position, observation, until)))
  }

  #driftsUntil(from: EpochMs, at: EpochMs): EpochMs {
    const until = Math.min(at, from + DRIFT_MS)
    if (this.calendar.name === '24x7') return until
    // The session that opened before it: an observation at the open belongs to the night.
    const { closesAt } = this.calendar.latestSession(from - 1)
    return from <= closesAt ? Math.min(until, closesAt) : from
  }

  #gain(
    { symbol, qty, mark: told }: PositionSnapshotFact['positions'][number],
    { at }: PositionSnapshotFact,
    until: EpochMs,
  ): bigint {
    const [before, after] = [this.markOf(symbol, at), this.markOf(symbol, until)]
    if (before === undefined || after === undefined) return 0n
    if (told !== undefined && [before, after].some((mark) => !isWithin(mark, told, 10n, told))) return 0n
    return divide(qty * (after - before) * this.known.termsOf(symbol).multiplier, QUANTITY_ONE)
  }
}

/** Where everything is given, equity is cash and market values, to one per cent of the larger. */
function isPlausible({ equity, cash, positions }: PositionSnapshotFact, known: Knowledge): boolean {
  let worth = cash
  for (const { symbol, qty, mark } of positions) {
    if (qty === 0n) continue
    if (mark === undefined) return true
    worth += divide(qty * mark * known.termsOf(symbol).multiplier, QUANTITY_ONE)
  }
  return isWithin(equity, worth, 1n, magnitude(equity) > magnitude(worth) ? equity : worth)
}
