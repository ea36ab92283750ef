import { PriceHistory } from '../compute/replay/price-history.js'
import type { Fact } from '../domain/facts.js'
import { SOURCE_NAMES, type SourceName } from '../domain/ports.js'
import { knownAtOf } from '../domain/revisions.js'
import type { EpochMs } from '../domain/time.js'
import { recordOf } from '../lib/record-of.js'

/** All that the fact files of a replay said. */
export class FactInput {
  /** All but bars, signals and watermarks. */
  readonly facts: Fact[] = []
  readonly prices = new PriceHistory()
  /** When each source is known to have answered first. */
  readonly #answeredAt: Record<SourceName, EpochMs> = recordOf(SOURCE_NAMES, () => Number.POSITIVE_INFINITY)
  #isRecorded = true

  add(fact: Fact): void {
    if (fact.fact === 'bar' || fact.fact === 'signal') this.prices.add(fact)
    else if (fact.fact === 'watermark')
      this.#answeredAt[fact.source] = Math.min(this.#answeredAt[fact.source], knownAtOf(fact))
    else {
      if (fact.knownAt === undefined) this.#isRecorded = false
      this.facts.push(fact)
    }
  }

  /** Whether every fact says when it was known: then what was known at an instant is exact. */
  get isRecorded(): boolean {
    return this.#isRecorded
  }

  /**
   * Whether a source had answered by an instant, or at all where none is given. Without watermarks every source is
   * complete; with some, one that has none has never answered, save that bars do not come from nowhere.
   */
  hasAnswered(source: SourceName, by: EpochMs | undefined): boolean {
    const first = this.#answeredAt[source]
    if (Number.isFinite(first)) return by === undefined || first <= by
    const areThereOthers = SOURCE_NAMES.some((name) => Number.isFinite(this.#answeredAt[name]))
    return !areThereOthers || (source === 'clickhouse' && !this.prices.isEmpty)
  }
}
