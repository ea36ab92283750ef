import type { MetricResult, Tier } from '../domain/metric.js'
import type { EpochMs } from '../domain/time.js'
import { WINDOWS } from '../domain/window.js'
import { recordOf } from '../lib/record-of.js'
import { type Availability, unavailable } from './availability.js'
import type { BookReader } from './book-reader.js'
import { calendarEnds, guarded } from './guarded.js'
import {
  insufficient,
  isLevel,
  type LevelMetric,
  type MetricDefinition,
  type WindowMetric,
} from './metrics/definition.js'
import type { NewResult, Results, Splits } from './standing-results.js'
import type { TierPlan } from './tier-plan.js'
import type { WindowView } from './view.js'

export interface TierResultsOptions {
  readonly tier: Tier
  readonly plan: TierPlan
  readonly reader: BookReader
  readonly onMetricError: (metric: string, error: unknown) => void
}

/** What a tier found new. */
export interface News {
  readonly results: readonly NewResult[]
  /** Undefined where the split by adapter stays. */
  readonly splits?: Splits
}

/** Something that the tier says of its book, and for how long that holds. */
interface Figure {
  readonly read: (availability: Availability) => News
  holdsUntil: EpochMs
  /** It is another one at every T. */
  moves: boolean
}

/**
 * What one tier says of one book: figures of metrics in windows, each worked out again when a fact or a price is another
 * one, or when its own time has come; the others stay. So a tick costs what has changed.
 *
 * A tier moves with its instant; within one instant only the light tier takes in what has just become known.
 */
export class TierResults {
  readonly #options: TierResultsOptions
  readonly #figures: readonly Figure[]
  #instant: EpochMs | undefined
  #isTouched = true
  /** No figure's time comes before. */
  #holdsUntil: EpochMs = Number.NEGATIVE_INFINITY

  constructor(options: TierResultsOptions) {
    this.#options = options
    const figures = this.#planned.flatMap(({ definition, index }) =>
      isLevel(definition) ? this.#ofLevel(definition, index) : this.#ofWindows(definition, index),
    )
    this.#figures = this.isOfOrders ? [...figures, figureOf((availability) => this.#split(availability))] : figures
  }

  get #planned(): TierPlan[Tier]['planned'] {
    return this.#options.plan[this.#options.tier].planned
  }

  /** Whether some of it is about orders and their prices, so that it is told by adapter as well. */
  get isOfOrders(): boolean {
    return this.#planned.some(({ definition }) => definition.byAdapter === true)
  }

  /** A fact or a price is another one. */
  touch(): void {
    this.#isTouched = true
  }

  /** What is new at an instant; undefined where nothing was read. */
  newsAt(instant: EpochMs, availability: Availability): News | undefined {
    const isTouched = this.#isTouched
    const isSame = instant === this.#instant
    // Else they are the values of this instant as well: what comes to be known later within it is not taken in.
    this.#instant = instant
    const isDue = isSame ? isTouched && this.#options.tier === 'light' : isTouched || instant >= this.#holdsUntil
    if (this.#figures.length === 0 || !isDue) return undefined
    this.#isTouched = false
    const { reader } = this.#options
    reader.moveTo(instant)
    try {
      for (const window of WINDOWS) reader.window(window)
    } catch (error) {
      return this.#whereCalendarEnds(calendarEnds(error))
    }
    return this.#read(
      this.#figures.filter(({ moves, holdsUntil }) => isTouched || moves || instant >= holdsUntil),
      availability,
    )
  }

  #read(figures: readonly Figure[], availability: Availability): News {
    const results: NewResult[] = []
    let splits: Splits | undefined
    for (const figure of figures) {
      const { value, horizon } = this.#options.reader.noted(() => figure.read(availability))
      figure.holdsUntil = horizon.until
      figure.moves = horizon.moves
      results.push(...value.results)
      splits = value.splits ?? splits
    }
    this.#holdsUntil = Number.POSITIVE_INFINITY
    for (const { moves, holdsUntil } of this.#figures)
      this.#holdsUntil = Math.min(this.#holdsUntil, moves ? Number.NEGATIVE_INFINITY : holdsUntil)
    return splits === undefined ? { results } : { results, splits }
  }

  #whereCalendarEnds(result: MetricResult): News {
    this.#isTouched = true
    return { results: this.#planned.map(({ index }) => ({ index, windows: WINDOWS, result })), splits: new Map() }
  }

  #ofLevel(definition: LevelMetric, index: number): Figure {
    const { reader } = this.#options
    return figureOf((availability) => {
      const result =
        unavailable(definition, availability) ?? this.#guard(definition, () => definition.compute(reader.level()))
      return { results: [{ index, windows: WINDOWS, result }] }
    })
  }

  #ofWindows(definition: WindowMetric, index: number): Figure[] {
    const { reader } = this.#options
    return WINDOWS.map((window) =>
      figureOf((availability) => {
        const result = this.#inWindow(definition, reader.window(window), availability)
        return { results: [{ index, windows: [window], result }] }
      }),
    )
  }

  /** The same metrics of the orders of each adapter, those that are told so. */
  #split(availability: Availability): News {
    const { reader } = this.#options
    const ofAdapter = (adapter: string) => {
      const results: Results = recordOf(WINDOWS, () => [])
      for (const window of WINDOWS) {
        const view = reader.window(window).ofAdapter(adapter)
        for (const { definition, index } of this.#planned)
          if (definition.byAdapter === true && !isLevel(definition))
            results[window][index] = this.#inWindow(definition, view, availability)
      }
      return results
    }
    return { results: [], splits: new Map(reader.adapters().map((adapter) => [adapter, ofAdapter(adapter)])) }
  }

  #inWindow(definition: WindowMetric, view: WindowView, availability: Availability): MetricResult {
    const isDefined = definition.windows === 'all' || definition.windows.includes(view.window)
    if (!isDefined) return insufficient('not_defined_for_window')
    return unavailable(definition, availability) ?? this.#guard(definition, () => definition.compute(view))
  }

  #guard(definition: MetricDefinition, compute: () => MetricResult): MetricResult {
    const { reader, onMetricError } = this.#options
    const result = guarded(definition, compute, onMetricError)
    // With what failed, until when it holds is lost: it is asked again at every T.
    if (result.status === 'error') reader.moves()
    return result
  }
}

function figureOf(read: Figure['read']): Figure {
  return { read, holdsUntil: Number.NEGATIVE_INFINITY, moves: false }
}
