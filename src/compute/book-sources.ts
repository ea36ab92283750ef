import type { BookFrame } from '../domain/frame.js'
import type { BookInstants, Stamp } from '../domain/instants.js'
import { TIERS, type Tier } from '../domain/metric.js'
import type { EpochMs } from '../domain/time.js'
import { recordOf } from '../lib/record-of.js'
import type { Account } from './account.js'
import type { Book } from './book.js'
import type { Holdings } from './holdings.js'
import type { ComputeSettings } from './settings.js'
import type { SessionAges } from './staleness.js'
import type { TierPlan } from './tier-plan.js'
import { type Knowledge, TierSources } from './tier-sources.js'

export interface BookSourcesOptions {
  readonly book: Book
  readonly account: Account
  readonly settings: ComputeSettings
  readonly plan: TierPlan
}

/** The instant that a tier is about at T: the light one is about T itself. */
export function instantOf(tier: Tier, at: EpochMs, { periodsMs }: ComputeSettings): EpochMs {
  return tier === 'light' ? at : Math.floor(at / periodsMs[tier]) * periodsMs[tier]
}

/** What the metrics of one book rest on, tier by tier, and whether it is stale. */
export class BookSources {
  readonly #options: BookSourcesOptions
  readonly #tiers: Readonly<Record<Tier, TierSources>>

  constructor(options: BookSourcesOptions) {
    this.#options = options
    this.#tiers = recordOf(TIERS, (tier) => new TierSources(options.plan[tier].sources))
  }

  /** Takes in what is known at T. */
  observe(
    { bars, signals }: BookInstants,
    { oldestMarkAt, newestMarkAt }: Holdings,
    { at, ordersAsOf }: Pick<Stamp, 'at' | 'ordersAsOf'>,
  ): void {
    const { account, book, settings } = this.#options
    const knowledge: Knowledge = {
      asOf: {
        orders: ordersAsOf,
        snapshots: account.newestObservationAt(at),
        prices: bars?.newestAt ?? newestMarkAt,
        bars: bars?.newestAt,
        signals: signals?.newestAt,
      },
      oldestMarkAt,
      snapshotLimitMs: account.snapshotLimitMs(at, book.calendar),
    }
    for (const tier of TIERS) this.#tiers[tier].observe(instantOf(tier, at, settings), knowledge, tier === 'light')
  }

  /** Judges each source of each tier at a tick; true when a judgement turned. */
  judge(ages: SessionAges): boolean {
    const { book, settings } = this.#options
    let turned = false
    for (const tier of TIERS) {
      const clock = {
        ages,
        calendar: book.calendar,
        // Polls and ticks come in real time, ages are of T.
        pollLimitMs: settings.maxStalenessMs * settings.clockSpeed,
        graceMs: settings.periodsMs[tier] * settings.clockSpeed,
      }
      if (this.#tiers[tier].judge(clock)) turned = true
    }
    return turned
  }

  get instants(): BookFrame['sources'] {
    const { light, medium, heavy } = this.#tiers
    return { light: light.instants, medium: medium.instants, heavy: heavy.instants }
  }
}
