import type { BarFact, SignalFact } from '../../domain/facts.js'
import { BAR_LIFETIME_MS } from '../../domain/history.js'
import { FEEDS, type Feed, type PriceDemand } from '../../domain/ports.js'
import { midOf } from '../../domain/quote.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { recordOf } from '../../lib/record-of.js'
import { partitionPoint } from '../../lib/sorted-search.js'
import { minuteEndOf } from '../accumulators/minute-set.js'
import type { Engine } from '../engine.js'
import { PriceTellings, type PriceTimeline } from './price-tellings.js'

/** Where a symbol's prices of one feed have been told up to. */
interface Reading {
  readonly timeline: PriceTimeline
  told: number
}

/**
 * The bars and signals of a replay. An engine keeps prices only of symbols that somebody asks for; they are held here, so
 * that a symbol that is asked for late, or on a finer grid, is told its whole past, as the live source reads it then.
 */
export class PriceHistory {
  readonly #tellings: Readonly<Record<Feed, Map<string, PriceTellings>>> = recordOf(FEEDS, () => new Map())
  readonly #readings: Readonly<Record<Feed, Map<string, Reading>>> = recordOf(FEEDS, () => new Map())
  readonly #cells = new Map<string, number>()
  readonly #lateCounts = new Map<string, number>()

  /** Takes a price in; before the first `tell`. Rows of other sources than `ta` price nothing. */
  add(fact: BarFact | SignalFact): void {
    if (fact.fact === 'bar') this.#of('bars', fact.symbol).add(fact.at, fact.close, fact.knownAt, fact.revision)
    else if (fact.source === 'ta')
      this.#of('signals', fact.symbol).add(fact.at, midOf(fact.bid, fact.ask), fact.knownAt, fact.revision)
  }

  get isEmpty(): boolean {
    return FEEDS.every((feed) => this.#tellings[feed].size === 0)
  }

  /** Puts all prices into the order in which they count; `knownBy` undefined means that all of them are known. */
  settle(knownBy: EpochMs | undefined): void {
    for (const feed of FEEDS) {
      for (const [symbol, tellings] of this.#tellings[feed])
        this.#readings[feed].set(symbol, { timeline: tellings.timeline(knownBy), told: 0 })
      this.#tellings[feed].clear()
    }
  }

  /** Tells an engine the prices that count by an instant and that it has not been told, or did not keep then. */
  tell(engine: Engine, { kept, pinsOf }: PriceDemand, at: EpochMs): void {
    for (const [symbol, cellMs] of kept) {
      const known = this.#cells.get(symbol) ?? Number.POSITIVE_INFINITY
      const lateCount = pinsOf?.get(symbol)?.lateCount ?? 0
      const isLate = lateCount !== (this.#lateCounts.get(symbol) ?? 0)
      this.#cells.set(symbol, cellMs)
      this.#lateCounts.set(symbol, lateCount)
      if (cellMs >= known && !isLate) continue
      for (const feed of FEEDS) {
        const reading = this.#readings[feed].get(symbol)
        if (reading !== undefined) reading.told = 0
      }
    }
    for (const [symbol, reading] of this.#readings.bars) {
      const news = newsOf(reading, at)
      if (news !== undefined) engine.applyPrices([{ symbol, ats: news.ats, closesE8: news.prices }])
    }
    for (const [symbol, reading] of this.#readings.signals) {
      const news = newsOf(reading, at)
      if (news !== undefined) engine.applySignals([{ symbol, ats: news.ats, midsE8: news.prices }])
    }
  }

  #of(feed: Feed, symbol: string): PriceTellings {
    const known = this.#tellings[feed].get(symbol)
    if (known !== undefined) return known
    const tellings = new PriceTellings()
    this.#tellings[feed].set(symbol, tellings)
    return tellings
  }
}

function newsOf(reading: Reading, at: EpochMs): { ats: EpochMs[]; prices: bigint[] } | undefined {
  const { timeline, told } = reading
  const { length, countsFrom, ats, prices } = timeline
  if (told === length || (countsFrom[told] ?? 0) > at) return undefined
  const end = partitionPoint(length, (index) => (countsFrom[index] ?? 0) <= at)
  // What the sources have deleted is gone for everybody: no need to tell it. Minutes are kept or gone as a whole.
  const oldest = minuteEndOf(at - BAR_LIFETIME_MS) - MINUTE_MS
  const start = Math.max(
    told,
    partitionPoint(length, (index) => (countsFrom[index] ?? 0) <= oldest),
  )
  reading.told = end
  return start >= end
    ? undefined
    : { ats: Array.from(ats.subarray(start, end)), prices: Array.from(prices.subarray(start, end)) }
}
