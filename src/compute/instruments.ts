import { QUANTITY_DIGITS, type QuantityE9 } from '../domain/exact.js'
import type { InstrumentFact } from '../domain/facts.js'
import type { InstrumentTerms } from './accumulators/symbol-ledger.js'
import { type Digest, termOfFact } from './inputs/digest.js'

const ONE = 10n ** BigInt(QUANTITY_DIGITS)

/** What a unit of each symbol is: by configuration, else by facts, else one share quoted in USD. */
export class Instruments {
  readonly #configured: ReadonlySet<string>
  readonly #known = new Map<string, InstrumentFact>()
  readonly #terms = new Map<string, Digest>()

  constructor(configured: readonly InstrumentFact[]) {
    this.#configured = new Set(configured.map(({ symbol }) => symbol))
    for (const instrument of configured) this.#known.set(instrument.symbol, instrument)
  }

  /** Takes a fact in; false when it says nothing new. What configuration says about an instrument stands. */
  apply(instrument: InstrumentFact): boolean {
    const { symbol } = instrument
    const known = this.#known.get(symbol)
    if (this.#configured.has(symbol) || (known !== undefined && isSame(known, instrument))) return false
    this.#known.set(symbol, instrument)
    this.#terms.set(symbol, termOfFact(instrument))
    return true
  }

  /** 0 where no fact tells anything of the symbol. */
  digestOf(symbol: string): Digest {
    return this.#terms.get(symbol) ?? 0n
  }

  currencyOf(symbol: string): string {
    return this.#known.get(symbol)?.currency ?? 'USD'
  }

  multiplierOf(symbol: string): QuantityE9 {
    return this.#known.get(symbol)?.multiplier ?? ONE
  }

  termsOf(symbol: string): InstrumentTerms {
    return { multiplier: this.multiplierOf(symbol), lotSize: this.#known.get(symbol)?.lotSize ?? 1n }
  }
}

function isSame(a: InstrumentFact, b: InstrumentFact): boolean {
  return a.multiplier === b.multiplier && a.lotSize === b.lotSize && a.currency === b.currency
}
