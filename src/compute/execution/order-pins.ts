import type { EpochMs } from '../../domain/time.js'
import { InstantSet } from '../accumulators/instant-set.js'

/** Instants at which the price of one symbol has to be exact. */
export interface SymbolPins {
  readonly instants: InstantSet
  /** Counts those that came to be known when prices of their time had been asked for: they have to be read again. */
  lateCount: number
  /** The earliest instant that was added or taken away since the series was thinned last; Infinity when none was. */
  changedFrom: EpochMs
}

/**
 * When orders need the exact price of their symbol: the quote they were sent into, the mark at their end. Prices of the
 * past are thinned to a grid that no order keeps to, so a cell ends at each of these instants as well.
 */
export class OrderPins {
  readonly #bySymbol = new Map<string, SymbolPins>()
  #askedTo: EpochMs = Number.NEGATIVE_INFINITY

  add(symbol: string, at: EpochMs): void {
    const pins = this.#bySymbol.get(symbol) ?? {
      instants: new InstantSet(),
      lateCount: 0,
      changedFrom: Number.POSITIVE_INFINITY,
    }
    this.#bySymbol.set(symbol, pins)
    pins.instants.add(at)
    pins.changedFrom = Math.min(pins.changedFrom, at)
    if (at <= this.#askedTo) pins.lateCount += 1
  }

  remove(symbol: string, at: EpochMs): void {
    const pins = this.#bySymbol.get(symbol)
    if (pins === undefined) return
    pins.instants.remove(at)
    pins.changedFrom = Math.min(pins.changedFrom, at)
  }

  /** By symbol. */
  all(): ReadonlyMap<string, SymbolPins> {
    return this.#bySymbol
  }

  of(symbol: string): SymbolPins | undefined {
    return this.#bySymbol.get(symbol)
  }

  /** Prices up to `boundary` are asked for, thinned, by the instants that are known now. */
  asked(boundary: EpochMs): void {
    this.#askedTo = Math.max(boundary, this.#askedTo)
  }

  /** Prices have been thinned up to `boundary`, and those before `oldest` are gone. */
  thinned(boundary: EpochMs, oldest: EpochMs): void {
    this.asked(boundary)
    for (const pins of this.#bySymbol.values()) {
      pins.changedFrom = Number.POSITIVE_INFINITY
      if ((pins.instants.first ?? Number.POSITIVE_INFINITY) < oldest) pins.instants.dropBefore(oldest)
    }
  }
}
