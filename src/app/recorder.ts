import { MinuteSet, minuteEndOf } from '../compute/accumulators/minute-set.js'
import { formatScaled, PRICE_DIGITS } from '../domain/exact.js'
import { contentOf } from '../domain/fact-content.js'
import { toFactLine } from '../domain/fact-json.js'
import type { Fact } from '../domain/facts.js'
import { BAR_LIFETIME_MS } from '../domain/history.js'
import { identityOf } from '../domain/identity.js'
import {
  FEEDS,
  type Feed,
  type MinuteRuns,
  type PriceColumn,
  type SignalColumn,
  type SourceName,
} from '../domain/ports.js'
import { NO_MID } from '../domain/quote.js'
import { type Clock, DAY_MS, type EpochMs, MINUTE_MS } from '../domain/time.js'
import { recordOf } from '../lib/record-of.js'
import type { KnownAt } from './known-at.js'

/** Prices this recent are read again and again, and are not written again. */
const REMEMBERED_MS = 10 * MINUTE_MS
const REMEMBERED_PRICES = 2_000

export interface RecorderOptions {
  /** Takes one line; false when it was dropped. */
  readonly write: (line: string) => boolean
  readonly clock: Clock
  readonly wallNow: () => EpochMs
  readonly knownAt: KnownAt
  /** Whether the engine keeps the prices of a symbol. */
  readonly keeps: (symbol: string) => boolean
  readonly onDropped: () => void
}

/** What of one symbol and feed has been written. */
interface Written {
  readonly minutes: MinuteSet
  readonly prices: Map<EpochMs, bigint>
}

/**
 * Writes down every fact that the engine is told, and when it was told it, so that a replay says what the process said.
 *
 * The revision that is written is the order of telling: for the engine what was told last stands. Of symbols that nobody
 * holds the engine uses only the minutes in which they had an event, so only those are written; their prices are when
 * the engine begins to keep them and the source reads their history.
 */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #written: Readonly<Record<Feed, Map<string, Written>>> = recordOf(FEEDS, () => new Map())
  readonly #descriptions = new Map<string, string>()
  #revision = 0
  #forgetsAgainAt = Number.NEGATIVE_INFINITY

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  apply(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.fact === 'strategy' || fact.fact === 'instrument') {
        const content = contentOf(fact)
        if (this.#descriptions.get(identityOf(fact)) === content) continue
        this.#descriptions.set(identityOf(fact), content)
      }
      this.#write(toFactLine({ ...fact, knownAt: this.#knownAt(fact.at), revision: this.#nextRevision() }))
    }
  }

  applyPrices(columns: readonly PriceColumn[]): void {
    for (const { symbol, ats, closesE8 } of columns) this.#addPrices('bars', symbol, ats, closesE8)
  }

  applySignals(columns: readonly SignalColumn[]): void {
    for (const { symbol, ats, midsE8 } of columns) this.#addPrices('signals', symbol, ats, midsE8)
  }

  applyMinutes(feed: Feed, minutes: readonly MinuteRuns[]): void {
    for (const { symbol, runs } of minutes) {
      const written = this.#writtenOf(feed, symbol)
      for (const [first, last] of runs) {
        let start: EpochMs | undefined
        for (let end = first; end <= last + MINUTE_MS; end += MINUTE_MS) {
          const isNew = end <= last && written.minutes.add(end)
          if (isNew) start ??= end
          if (isNew || start === undefined) continue
          this.#writeMinutes(feed, symbol, start, end - MINUTE_MS)
          start = undefined
        }
      }
    }
  }

  /** A source has answered: everything of it up to an instant is known. */
  answered(source: SourceName, completeTo: EpochMs): void {
    const knownAt = this.#knownAt(completeTo)
    this.#write(toFactLine({ fact: 'watermark', source, completeTo, at: completeTo, knownAt, revision: undefined }))
  }

  /** A frame of this T is out. */
  frameShown(at: EpochMs): void {
    this.#options.knownAt.frameShown(at)
    if (at < this.#forgetsAgainAt) return
    this.#forgetsAgainAt = at + DAY_MS
    for (const feed of FEEDS)
      for (const { minutes } of this.#written[feed].values()) minutes.forgetBefore(minuteEndOf(at - BAR_LIFETIME_MS))
  }

  #addPrices(feed: Feed, symbol: string, ats: readonly EpochMs[], prices: readonly bigint[]): void {
    const written = this.#writtenOf(feed, symbol)
    const isKept = this.#options.keeps(symbol)
    ats.forEach((at, index) => {
      const price = prices[index] ?? NO_MID
      const minuteEnd = minuteEndOf(at)
      const isNewMinute = written.minutes.add(minuteEnd)
      if (!isKept && isNewMinute) this.#writeMinutes(feed, symbol, minuteEnd, minuteEnd)
      const before = written.prices.get(at)
      if (!isKept || before === price) return
      written.prices.set(at, price)
      this.#writePrice(feed, symbol, at, price, before === undefined ? undefined : this.#nextRevision())
    })
    if (written.prices.size <= REMEMBERED_PRICES) return
    const newest = ats.at(-1) ?? 0
    for (const at of written.prices.keys()) if (at < newest - REMEMBERED_MS) written.prices.delete(at)
  }

  /** The same text as of the fact, made at once: there are many. */
  #writePrice(feed: Feed, symbol: string, at: EpochMs, priceE8: bigint, revision: number | undefined): void {
    const text = formatScaled(priceE8, PRICE_DIGITS)
    const price = feed === 'bars' ? `,"close":"${text}"` : priceE8 === NO_MID ? '' : `,"bid":"${text}","ask":"${text}"`
    const knownAt = this.#knownAt(at)
    this.#write(
      `{"fact":"${feed === 'bars' ? 'bar' : 'signal'}","symbol":${JSON.stringify(symbol)},"at":${at}${knownAt === at ? '' : `,"known_at":${knownAt}`}${revision === undefined ? '' : `,"revision":${revision}`}${price}}`,
    )
  }

  #writeMinutes(feed: Feed, symbol: string, firstAt: EpochMs, at: EpochMs): void {
    this.#write(
      toFactLine({ fact: 'feed_minutes', feed, symbol, firstAt, at, knownAt: this.#knownAt(at), revision: undefined }),
    )
  }

  #writtenOf(feed: Feed, symbol: string): Written {
    const known = this.#written[feed].get(symbol)
    if (known !== undefined) return known
    const written = { minutes: new MinuteSet(), prices: new Map<EpochMs, bigint>() }
    this.#written[feed].set(symbol, written)
    return written
  }

  #knownAt(happenedAt: EpochMs): EpochMs {
    return this.#options.knownAt.of(happenedAt, this.#options.clock.now())
  }

  /** Ascending also from one process to the next: microseconds of real time, or the next number where they are too few. */
  #nextRevision(): number {
    this.#revision = Math.max(this.#revision + 1, this.#options.wallNow() * 1_000)
    return this.#revision
  }

  #write(line: string): void {
    if (!this.#options.write(line)) this.#options.onDropped()
  }
}
