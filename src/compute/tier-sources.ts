import { type Calendar, CalendarOutOfRange } from '../domain/calendar.js'
import type { SourceInstants } from '../domain/frame.js'
import { FACT_SOURCES, type FactSourceName } from '../domain/metric.js'
import type { EpochMs } from '../domain/time.js'
import { recordOf } from '../lib/record-of.js'
import { FEED_LIMIT_MS, Judgement, type SessionAges } from './staleness.js'

/** How far the sources of one book are known, at the instant of a tier. */
export interface Knowledge {
  readonly asOf: Readonly<Record<FactSourceName, EpochMs | undefined>>
  /** The oldest price that a position is marked with: an old one makes `prices` stale although others are new. */
  readonly oldestMarkAt: EpochMs | undefined
  readonly snapshotLimitMs: number
}

export interface JudgingClock {
  readonly ages: SessionAges
  readonly calendar: Calendar
  /** How old the last complete read of orders may be. */
  readonly pollLimitMs: number
  /** What the tier itself adds to an age: its period. */
  readonly graceMs: number
}

/**
 * What the metrics of one tier rest on: what was known at the tier's instant, and whether that is stale by now.
 *
 * It stays as it is until the tier's next instant, while T goes on; therefore the limits are longer by the tier's period.
 */
export class TierSources {
  readonly #judgements = recordOf(FACT_SOURCES, () => new Judgement())
  #instant: EpochMs | undefined
  #knowledge: Knowledge | undefined
  #instants: SourceInstants | undefined

  /** `used` are the sources of the tier's metrics: nobody asks whether the others are stale. */
  constructor(readonly used: readonly FactSourceName[]) {}

  /** What is known at an instant; within one instant only what `isLight` takes in what has just become known. */
  observe(instant: EpochMs, knowledge: Knowledge, isLight: boolean): void {
    if (this.#instant === instant && !isLight) return
    this.#instant = instant
    this.#knowledge = knowledge
    this.#instants = undefined
  }

  /** Judges at a tick; true when a judgement turned. */
  judge(clock: JudgingClock): boolean {
    let turned = false
    for (const source of this.used) if (this.#judgements[source].judge(this.#isOld(source, clock))) turned = true
    if (turned) this.#instants = undefined
    return turned
  }

  get instants(): SourceInstants {
    this.#instants ??= recordOf(FACT_SOURCES, (source) => ({
      asOf: this.#asOf(source),
      stale: this.#judgements[source].stale,
    }))
    return this.#instants
  }

  /** The instant of knowledge is never after the tier's own. */
  #asOf(source: FactSourceName): EpochMs | undefined {
    const asOf = this.#knowledge?.asOf[source]
    return asOf === undefined ? undefined : Math.min(asOf, this.#instant ?? asOf)
  }

  #isOld(source: FactSourceName, { ages, calendar, pollLimitMs, graceMs }: JudgingClock): boolean {
    const asOf = this.#asOf(source)
    const exceeds = (limitMs: number, from: EpochMs | undefined) =>
      from !== undefined && exceedsIn(ages, limitMs + graceMs, from, calendar)
    switch (source) {
      case 'orders':
        return asOf === undefined || ages.at - asOf > pollLimitMs + graceMs
      case 'snapshots':
        return exceeds(this.#knowledge?.snapshotLimitMs ?? 0, asOf)
      case 'prices':
        return exceeds(FEED_LIMIT_MS, asOf) || exceeds(FEED_LIMIT_MS, this.#knowledge?.oldestMarkAt)
      case 'bars':
      case 'signals':
        return exceeds(FEED_LIMIT_MS, asOf)
    }
  }
}

/** Where the calendar ends every metric is in error, and no age is judged. */
function exceedsIn(ages: SessionAges, limitMs: number, from: EpochMs, calendar: Calendar): boolean {
  try {
    return ages.exceeds(limitMs, from, calendar)
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return false
    throw error
  }
}
