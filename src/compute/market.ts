import type { PriceColumn } from '../domain/ports.js'
import type { EpochMs } from '../domain/time.js'
import { PriceSeries } from './accumulators/price-series.js'

/** Symbols whose past prices changed, and those with new ones at the end: each with the time of the oldest of them. */
export interface MarketNews {
  readonly latest: ReadonlyMap<string, EpochMs>
  readonly corrected: ReadonlySet<string>
}

/**
 * Bar closes of all symbols, shared by all books.
 *
 * Series are kept for symbols that somebody asked for; of the others only the newest bar's time is known, which is what
 * freshness of a universe needs.
 */
export class Market {
  readonly #series = new Map<string, PriceSeries>()
  readonly #newestAt = new Map<string, EpochMs>()
  #latest = new Map<string, EpochMs>()
  #corrected = new Set<string>()

  /** Starts to keep prices of a symbol; a finer grid than before starts its history anew. True when it must be read. */
  keep(symbol: string, cellMs: number): boolean {
    const known = this.#series.get(symbol)
    if (known !== undefined && known.cellMs <= cellMs) return false
    this.#series.set(symbol, new PriceSeries(cellMs))
    return true
  }

  apply({ symbol, ats, closesE8 }: PriceColumn): void {
    const series = this.#series.get(symbol)
    for (let index = 0; index < ats.length; index += 1) {
      const at = ats[index]
      const close = closesE8[index]
      if (at === undefined || close === undefined) continue
      if (at > (this.#newestAt.get(symbol) ?? Number.NEGATIVE_INFINITY)) this.#newestAt.set(symbol, at)
      const change = series?.add(at, close)
      if (change === 'news') this.#latest.set(symbol, Math.min(at, this.#latest.get(symbol) ?? at))
      if (change === 'correction') this.#corrected.add(symbol)
    }
  }

  series(symbol: string): PriceSeries | undefined {
    return this.#series.get(symbol)
  }

  /** Time of the newest bar among symbols, none newer than `at`; undefined when none has any. */
  newestAt(symbols: Iterable<string>, at: EpochMs): EpochMs | undefined {
    let newest: EpochMs | undefined
    for (const symbol of symbols) {
      const seen = this.#newestAt.get(symbol)
      const usable = seen !== undefined && seen > at ? this.#series.get(symbol)?.latestAt(at)?.at : seen
      if (usable !== undefined && (newest === undefined || usable > newest)) newest = usable
    }
    return newest
  }

  /** Thins and drops the past; returns and forgets what changed since the last call. */
  settle(boundary: EpochMs, oldest: EpochMs): MarketNews {
    for (const [symbol, series] of this.#series) if (series.thin(boundary, oldest)) this.#corrected.add(symbol)
    const news = { latest: this.#latest, corrected: this.#corrected }
    this.#latest = new Map()
    this.#corrected = new Set()
    return news
  }
}
