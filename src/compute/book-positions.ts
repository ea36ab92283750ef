import type { EpochMs } from '../domain/time.js'
import type { SymbolLedger } from './accumulators/symbol-ledger.js'
import { markSourcesOf, type PricedBook } from './mark-sources.js'
import { marketValue } from './market-value.js'
import type { MarkReading, MarkSources } from './marks.js'
import { known, type Unknown, type Valuation } from './valuation.js'
import type { MarkedPosition } from './view.js'

/** The symbols of a book that a window can see, each with its ledger. */
export type SeenLedgers = readonly (readonly [string, SymbolLedger])[]

export interface PositionsOptions extends PricedBook {
  /** Quote currency of a symbol; anything but USD has no money figures. */
  readonly currencyOf: (symbol: string) => string
}

export interface PositionsWanted {
  readonly ledgers: SeenLedgers
  readonly at: EpochMs
  readonly read: (sources: MarkSources, at: EpochMs) => MarkReading
  /** Told until when a mark holds. */
  readonly changesAt: (at: EpochMs) => void
}

/** All positions held at an instant with their marks, or why they cannot be summed. */
export function positionsAt(
  options: PositionsOptions,
  { ledgers, at, read, changesAt }: PositionsWanted,
): Valuation<readonly MarkedPosition[]> {
  const unknown: string[] = []
  const unmarked: string[] = []
  const foreign: string[] = []
  const positions: MarkedPosition[] = []
  for (const [symbol, ledger] of ledgers) {
    const { quantity, cost } = ledger.stateAt(at)
    if (ledger.isUnknownAfter(at)) unknown.push(symbol)
    else if (quantity !== 0n && options.currencyOf(symbol) !== 'USD') foreign.push(symbol)
    else if (quantity !== 0n) {
      const { mark, holdsUntil } = read(markSourcesOf(options, symbol, ledger), at)
      changesAt(holdsUntil)
      if (mark === undefined) unmarked.push(symbol)
      else {
        const value = marketValue(quantity, mark.priceE8, ledger.terms.multiplier)
        positions.push({ symbol, quantity, cost, mark, value })
      }
    }
  }
  if (foreign.length > 0) return { known: false, reason: 'currency', symbols: foreign }
  if (unmarked.length > 0) return { known: false, reason: 'missing_mark', symbols: unmarked }
  if (unknown.length > 0) return unknownOpening(unknown)
  return known(positions)
}

/** Nobody can say how much of these symbols is held. */
export function unknownOpening(symbols: readonly string[]): Unknown {
  return { known: false, reason: 'unknown_opening_position', symbols }
}
