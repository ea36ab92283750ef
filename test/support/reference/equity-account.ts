import type { Calendar } from '../../../src/domain/calendar.js'
import type { PositionSnapshotFact } from '../../../src/domain/facts.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { divide, isWithin, sum } from './exact.js'
import { isPlausible, type Knowledge, MINUTE_MS, QUANTITY_ONE } from './knowledge.js'

const DRIFT_MS = 5 * MINUTE_MS

export type MarkOf = (symbol: string, at: EpochMs) => bigint | undefined

/** What an account was worth: METRICS section 2, "Equity of a book alone in its account". */
export class ReferenceAccount {
  /** Those with positions, oldest first; refused ones still tell quantities and prices. */
  readonly snapshots: readonly PositionSnapshotFact[]
  /** All whose equity can be true. */
  readonly observations: readonly PositionSnapshotFact[]
  readonly #withPositions: readonly PositionSnapshotFact[]

  constructor(
    readonly known: Knowledge,
    readonly label: string,
    readonly calendar: Calendar,
    readonly markOf: MarkOf,
  ) {
    this.snapshots = known.keptSnapshots(label)
    this.observations = known.snapshotsOf(label).filter((snapshot) => isPlausible(snapshot, known))
    this.#withPositions = known.plausibleSnapshots(label)
  }

  lastObservation(at: EpochMs): PositionSnapshotFact | undefined {
    return this.observations.filter((observation) => observation.at <= at).at(-1)
  }

  /** The last one whose positions are still known. */
  lastWhole(at: EpochMs): PositionSnapshotFact | undefined {
    return this.#withPositions.filter((snapshot) => snapshot.at <= at).at(-1)
  }

  observationsIn(start: EpochMs, end: EpochMs): PositionSnapshotFact[] {
    return this.observations.filter(({ at }) => at > start && at <= end)
  }

  /** The last observation, and what its positions have gained by our marks in at most five minutes of its session. */
  equityAt(at: EpochMs): bigint | undefined {
    const observation = this.lastWhole(at)
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
    // What is quoted in another currency moves nothing in dollars.
    if (this.known.termsOf(symbol).currency !== 'USD') return 0n
    const [before, after] = [this.markOf(symbol, at), this.markOf(symbol, until)]
    if (before === undefined || after === undefined) return 0n
    if (told !== undefined && [before, after].some((mark) => !isWithin(mark, told, 10n, told))) return 0n
    return divide(qty * (after - before) * this.known.termsOf(symbol).multiplier, QUANTITY_ONE)
  }
}
