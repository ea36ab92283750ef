import type { EpochMs } from '../../domain/time.js'
import { WINDOWS, type Window } from '../../domain/window.js'
import { recordOf } from '../../lib/record-of.js'
import { type SummedItem, SummedTimeline, type Sums } from '../accumulators/summed-timeline.js'
import type { Latencies } from '../formulas/execution.js'
import {
  END_SUMS,
  type EndItem,
  FILL_SUMS,
  type FillItem,
  type OrderParts,
  REJECT_SUMS,
  type RejectItem,
  SUBMIT_SUMS,
  type SubmitItem,
  type TimedItem,
} from './order-parts.js'
import { SlidingLatencies } from './sliding-latencies.js'

/** What execution figures of one window are made of. */
export interface ExecutionWindow {
  readonly submits: Sums<(typeof SUBMIT_SUMS)[number]>
  readonly ends: Sums<(typeof END_SUMS)[number]>
  readonly rejects: Sums<(typeof REJECT_SUMS)[number]>
  readonly fills: Sums<(typeof FILL_SUMS)[number]>
  /** Submitted in the window and rejected after T: no reject yet. */
  readonly rejectedLater: number
  /** Orders that are open at T. */
  readonly openOrders: number
  /** From the decision to the submit, of the orders submitted in the window. */
  readonly submitLatencies: () => Latencies
  /** From the submit to the last fill, of the orders filled completely in the window. */
  readonly fillLatencies: () => Latencies
}

/** (from, to]. */
export interface Span {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** The orders of one book, or those of them that one adapter took, as timelines of what happened to them. */
export class Channel {
  readonly #submits = new SummedTimeline<SubmitItem, (typeof SUBMIT_SUMS)[number]>(SUBMIT_SUMS, ({ terms }) => terms)
  readonly #ends = new SummedTimeline<EndItem, (typeof END_SUMS)[number]>(END_SUMS, ({ terms }) => terms)
  readonly #rejects = new SummedTimeline<RejectItem, (typeof REJECT_SUMS)[number]>(REJECT_SUMS, ({ terms }) => terms)
  readonly #fills = new SummedTimeline<FillItem, (typeof FILL_SUMS)[number]>(FILL_SUMS, ({ terms }) => terms)
  readonly #submitLatencies = recordOf(WINDOWS, () => new SlidingLatencies())
  readonly #fillLatencies = recordOf(WINDOWS, () => new SlidingLatencies())

  /** Puts what an order is now in the place of what it was; what is the same is left alone. */
  replace(before: OrderParts, now: OrderParts): void {
    exchange(this.#submits, before.submits, now.submits)
    exchange(this.#ends, before.ends, now.ends)
    exchange(this.#rejects, before.rejects, now.rejects)
    exchange(this.#fills, before.fills, now.fills)
  }

  /** What happened in (from, to]. */
  read(window: Window, { from, to }: Span): ExecutionWindow {
    const submits = this.#submits.between(from, to)
    const ends = this.#ends.between(from, to)
    return {
      submits,
      ends,
      rejects: this.#rejects.between(from, to),
      fills: this.#fills.between(from, to),
      rejectedLater: this.#rejectedLater(from, to),
      openOrders: this.#openOrders(to),
      submitLatencies: () => latencies(submits, read(this.#submitLatencies[window], this.#submits, from, to)),
      fillLatencies: () => latencies(ends, read(this.#fillLatencies[window], this.#ends, from, to)),
    }
  }

  /** Whether anything happened in (from, to], or an order is open at its end. */
  isLive({ from, to }: Span): boolean {
    const timelines = [this.#submits, this.#ends, this.#rejects, this.#fills]
    return timelines.some((timeline) => timeline.indexAt(to) > timeline.indexAt(from)) || this.#openOrders(to) > 0
  }

  #rejectedLater(from: EpochMs, to: EpochMs): number {
    let count = 0
    for (let index = this.#rejects.indexAt(to) + 1; index < this.#rejects.length; index += 1) {
      const submittedAt = this.#rejects.at(index)?.submittedAt
      if (submittedAt !== undefined && submittedAt > from && submittedAt <= to) count += 1
    }
    return count
  }

  #openOrders(at: EpochMs): number {
    const { rejects, submitFailed } = this.#rejects.between(Number.NEGATIVE_INFINITY, at)
    const rejected = Number(rejects - submitFailed)
    return this.#submits.indexAt(at) - this.#ends.indexAt(at) - rejected
  }
}

function read<Name extends string>(
  sliding: SlidingLatencies,
  timeline: SummedTimeline<TimedItem<Name>, Name>,
  from: EpochMs,
  to: EpochMs,
): readonly number[] {
  return sliding.read(timeline, timeline.indexAt(from) + 1, timeline.indexAt(to) + 1)
}

function latencies({ missing, negative }: Sums<'missing' | 'negative'>, ms: readonly number[]): Latencies {
  return { ms, missing: Number(missing), negative: Number(negative) }
}

interface DatedTerms extends SummedItem {
  readonly terms: Readonly<Record<string, bigint>>
}

function exchange<Item extends DatedTerms, Name extends string>(
  timeline: SummedTimeline<Item, Name>,
  before: readonly Item[],
  now: readonly Item[],
): void {
  for (const item of before) if (!now.some((other) => isSame(item, other))) timeline.remove(item)
  for (const item of now) if (!before.some((other) => isSame(item, other))) timeline.add(item)
}

function isSame(a: DatedTerms, b: DatedTerms): boolean {
  if (a.at !== b.at || a.id !== b.id) return false
  if ('latencyMs' in a && 'latencyMs' in b && a.latencyMs !== b.latencyMs) return false
  for (const name in a.terms) if (a.terms[name] !== b.terms[name]) return false
  return true
}
