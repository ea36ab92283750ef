import { QUOTE_LIFETIME_MS } from '../domain/history.js'
import type { Feed, MinuteRuns, PriceColumn, SignalColumn } from '../domain/ports.js'
import type { EpochMs } from '../domain/time.js'
import { SHORTEST_WINDOW_MS } from '../domain/window.js'
import { type PriceChange, PriceSeries } from './accumulators/price-series.js'
import type { OrderPins, SymbolPins } from './execution/order-pins.js'
import { FeedEvents } from './feed-events.js'

export type Span = readonly [from: EpochMs, to: EpochMs]

/** What became known since the last tick, by symbol. */
export interface MarketNews {
  /** New closes at the end of the series, with the time of the oldest of them. */
  readonly latest: ReadonlyMap<string, EpochMs>
  /** The same for quotes, which mark a position only where no close is fresh. */
  readonly quoted: ReadonlyMap<string, EpochMs>
  /** Past prices that are others now, closes or quotes: the span (from, to] in which they may read otherwise. */
  readonly corrected: ReadonlyMap<string, Span>
  /** Symbols with prices of the past that are others now, or new so late that a window may start behind them. */
  readonly past: ReadonlySet<string>
  /** Bars from before have gone. */
  readonly oldest: EpochMs
  /** Minutes that had been missing. */
  readonly late: Readonly<Record<Feed, ReadonlySet<string>>>
}

/**
 * What the two feeds say of all symbols, shared by all books.
 *
 * Closes and mids are kept for symbols that somebody asked for; of the others only the times of events are known, which
 * is what freshness and coverage of a universe need.
 */
export class Market {
  readonly feeds: Readonly<Record<Feed, FeedEvents>>
  readonly #bars = new Map<string, PriceSeries>()
  readonly #mids = new Map<string, PriceSeries>()
  #latest = new Map<string, EpochMs>()
  #quoted = new Map<string, EpochMs>()
  #corrected = new Map<string, Span>()
  #thinnedTo: EpochMs = Number.NEGATIVE_INFINITY

  /** `now` is T at the start: what is stamped later waits. */
  constructor(now: EpochMs) {
    this.feeds = { bars: new FeedEvents(now), signals: new FeedEvents(now) }
  }

  /**
   * Starts to keep prices of a symbol. On a finer grid than before the source reads its history again, and until that
   * has come what is known of it stays.
   */
  keep(symbol: string, cellMs: number): void {
    const known = this.#bars.get(symbol)
    if (known !== undefined && known.cellMs <= cellMs) return
    this.#keepOn(symbol, cellMs)
  }

  /** A coarser grid is enough for a symbol that is kept: a process that starts now reads no more of its past. */
  coarsen(symbol: string, cellMs: number): void {
    const known = this.#bars.get(symbol)
    if (known !== undefined && known.cellMs < cellMs) this.#keepOn(symbol, cellMs)
  }

  #keepOn(symbol: string, cellMs: number): void {
    const known = this.#bars.get(symbol)
    this.#bars.set(symbol, new PriceSeries(cellMs, { label: `bars ${symbol}`, from: known }))
    this.#mids.set(symbol, new PriceSeries(cellMs, { label: `mids ${symbol}`, from: this.#mids.get(symbol) }))
  }

  applyBars({ symbol, ats, closesE8, newestIngestedAt }: PriceColumn): void {
    this.feeds.bars.add(symbol, ats, newestIngestedAt)
    this.#add(this.#bars.get(symbol), symbol, { ats, prices: closesE8 }, this.#latest)
  }

  applySignals({ symbol, ats, midsE8, newestIngestedAt }: SignalColumn): void {
    this.feeds.signals.add(symbol, ats, newestIngestedAt)
    this.#add(this.#mids.get(symbol), symbol, { ats, prices: midsE8 }, this.#quoted)
  }

  applyMinutes(feed: Feed, minutes: readonly MinuteRuns[]): void {
    this.feeds[feed].addRuns(minutes)
  }

  /** Bar closes of a symbol. */
  series(symbol: string): PriceSeries | undefined {
    return this.#bars.get(symbol)
  }

  /** Middles of quotes, NO_MID where a quote was not valid: the newest one decides. */
  mids(symbol: string): PriceSeries | undefined {
    return this.#mids.get(symbol)
  }

  /**
   * Moves T on, thins the past up to `boundary` and drops what is older than `oldest`; returns and forgets what changed
   * since the last call.
   */
  settle(
    at: EpochMs,
    {
      boundary,
      oldest,
      pins,
      orderPins,
    }: { boundary: EpochMs; oldest: EpochMs; pins: readonly EpochMs[]; orderPins: OrderPins },
  ): MarketNews {
    for (const [symbol, series] of this.#bars)
      if (series.thin(boundary, oldest, pins, orderPins.of(symbol)))
        this.#correct(symbol, this.#thinnedFrom(series, orderPins.of(symbol)), boundary)
    for (const [symbol, series] of this.#mids)
      if (series.thin(boundary, at - QUOTE_LIFETIME_MS, pins, orderPins.of(symbol)))
        this.#correct(symbol, this.#thinnedFrom(series, orderPins.of(symbol)), boundary)
    orderPins.thinned(boundary, oldest)
    this.#thinnedTo = boundary
    const late = { bars: this.feeds.bars.settle(at, oldest), signals: this.feeds.signals.settle(at, oldest) }
    const past = new Set(this.#corrected.keys())
    for (const newest of [this.#latest, this.#quoted])
      for (const [symbol, oldestAt] of newest) if (oldestAt <= at - SHORTEST_WINDOW_MS) past.add(symbol)
    const news = { latest: this.#latest, quoted: this.#quoted, corrected: this.#corrected, past, oldest, late }
    this.#latest = new Map()
    this.#quoted = new Map()
    this.#corrected = new Map()
    return news
  }

  #add(
    series: PriceSeries | undefined,
    symbol: string,
    { ats, prices }: { ats: readonly EpochMs[]; prices: readonly bigint[] },
    newest: Map<string, EpochMs>,
  ): void {
    if (series === undefined) return
    for (let index = 0; index < ats.length; index += 1) {
      const at = ats[index]
      const price = prices[index]
      if (at === undefined || price === undefined) continue
      const change: PriceChange = series.add(at, price)
      if (change === 'news') newest.set(symbol, Math.min(at, newest.get(symbol) ?? at))
      if (change === 'correction') this.#correct(symbol, at - 1, Number.POSITIVE_INFINITY)
    }
  }

  /** Where points may have gone: behind what was thinned before, and behind the first pin that is another one. */
  #thinnedFrom({ cellMs }: PriceSeries, pins: SymbolPins | undefined): EpochMs {
    return Math.min(this.#thinnedTo, pins?.changedFrom ?? Number.POSITIVE_INFINITY) - cellMs
  }

  #correct(symbol: string, from: EpochMs, to: EpochMs): void {
    const [knownFrom, knownTo] = this.#corrected.get(symbol) ?? [from, to]
    this.#corrected.set(symbol, [Math.min(from, knownFrom), Math.max(to, knownTo)])
  }
}
