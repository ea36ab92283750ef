import { BAR_LIFETIME_MS } from '../../domain/history.js'
import { FEEDS } from '../../domain/ports.js'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import { readOnce } from '../../lib/read-once.js'
import { minuteEndOf } from '../accumulators/minute-set.js'
import { DUE_AFTER_MS } from '../feed-events.js'
import type { Market } from '../market.js'
import { type Digest, plus } from './digest.js'

/** The digests of what the feeds told of each symbol up to T; each is taken once a tick, however many books ask. */
export class MarketTerms {
  readonly #market: Market
  readonly #prices = new Map<string, Digest>()
  readonly #minutes = new Map<string, Digest>()
  #at: EpochMs = Number.NEGATIVE_INFINITY
  #due = ''

  constructor(market: Market) {
    this.#market = market
  }

  advanceTo(at: EpochMs): void {
    this.#at = at
    this.#prices.clear()
    const { bars, signals } = this.#market.feeds
    const due = `${this.#firstMinute} ${this.#lastDueMinute} ${bars.revision} ${signals.revision}`
    if (due !== this.#due) this.#minutes.clear()
    this.#due = due
  }

  /** Of the closes and mids that are kept. */
  ofPrices(symbol: string): Digest {
    return readOnce(this.#prices, symbol, () => {
      const [closes, mids] = [this.#market.series(symbol), this.#market.mids(symbol)]
      return plus(closes?.digestUpTo(this.#at) ?? 0n, mids?.digestUpTo(this.#at) ?? 0n)
    })
  }

  /** Of the minutes that are due and had an event. */
  ofMinutes(symbol: string): Digest {
    return readOnce(this.#minutes, symbol, () => {
      const { feeds } = this.#market
      const digests = FEEDS.map(
        (feed) =>
          feeds[feed].minutesOf(symbol)?.digestIn(this.#firstMinute, this.#lastDueMinute, `${feed} ${symbol}`) ?? 0n,
      )
      return digests.reduce(plus)
    })
  }

  /** The end of the first minute that ended after everything that is too old: due minutes begin with it. */
  get #firstMinute(): EpochMs {
    return minuteEndOf(this.#at - BAR_LIFETIME_MS + 1)
  }

  get #lastDueMinute(): EpochMs {
    return Math.floor((this.#at - DUE_AFTER_MS) / MINUTE_MS) * MINUTE_MS
  }
}
