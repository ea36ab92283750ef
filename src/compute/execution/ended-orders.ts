import type { BookKey } from '../../domain/book.js'
import type { EndedOrder } from '../../domain/ended-order.js'
import { ratio } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { noSums, plusSums } from '../accumulators/summed-timeline.js'
import { type CostSource, costsBy } from '../costs.js'
import { FILL_SUMS, type OrderParts } from './order-parts.js'

const NONE: readonly EndedOrder[] = []

/**
 * Tells of each order once, when it has ended, and only of those that were first seen while it watched: what a process
 * has read at its start is history, and a restart must not count it again.
 */
export class EndedOrders {
  readonly #of: () => BookKey
  readonly #open = new Set<string>()
  readonly #ended = new Map<string, OrderParts>()
  readonly #told = new Set<string>()
  #news: EndedOrder[] = []
  #isWatching = false

  /** `of` is the book that the orders belong to. */
  constructor(of: () => BookKey) {
    this.#of = of
  }

  /** From now on orders that were not there before are watched. */
  watch(): void {
    this.#isWatching = true
  }

  /** An order is there for the first time. */
  seen(id: string): void {
    if (this.#isWatching && !this.#told.has(id)) this.#open.add(id)
  }

  /** What an order is now, as far as it was worked out. */
  follow(id: string, parts: OrderParts): void {
    if (!this.#open.has(id)) return
    if (parts.ends.length > 0) this.#ended.set(id, parts)
    else this.#ended.delete(id)
  }

  /** Tells of those whose end T has reached. */
  advanceTo(at: EpochMs, source: CostSource | 'none'): void {
    for (const [id, parts] of this.#ended) {
      if ((parts.ends[0]?.at ?? Number.POSITIVE_INFINITY) > at) continue
      this.#ended.delete(id)
      this.#open.delete(id)
      this.#told.add(id)
      this.#news.push(endedOrder(this.#of(), parts, source))
    }
  }

  /** Those that were told of since the last call; forgets them. */
  take(): readonly EndedOrder[] {
    if (this.#news.length === 0) return NONE
    const taken = this.#news
    this.#news = []
    return taken
  }
}

function endedOrder(
  { strategyId, account }: BookKey,
  { adapter, submits, ends, fills }: OrderParts,
  source: CostSource | 'none',
): EndedOrder {
  const { slippage, worthAtMid, foreign } = fills.reduce((sums, { terms }) => plusSums(sums, terms), noSums(FILL_SUMS))
  const end = ends[0]
  const cost = end && end.terms.delay + end.terms.execution + end.terms.opportunity + costsBy(source, end.terms)
  const isPriced = end !== undefined && end.terms.unmarked === 0n && end.terms.foreign === 0n
  return {
    strategyId,
    account,
    adapter,
    slippageBps: foreign > 0n ? undefined : bps(slippage, worthAtMid),
    shortfallBps: isPriced && cost !== undefined ? bps(cost, end.terms.worthDecided) : undefined,
    decisionToSubmitSeconds: seconds(submits[0]?.latencyMs),
    submitToFillSeconds: seconds(end?.latencyMs),
  }
}

function bps(part: bigint, whole: bigint): number | undefined {
  return whole === 0n ? undefined : ratio(part * 10_000n, whole)
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000
}
