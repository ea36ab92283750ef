import { absolute, type MoneyE17, type QuantityE9, ratio } from '../../domain/exact.js'
import type { ExplanationPart } from '../../domain/explanation.js'
import { type EpochMs, SECOND_MS } from '../../domain/time.js'
import type { Book } from '../book.js'
import type { BookReader } from '../book-reader.js'
import type { Valuation } from '../valuation.js'
import type { MarkedPosition } from '../view.js'
import { isoOrNull, largestFirst, listed, multiplierRow, price, quantity, sumOf, usd, valued } from './rows.js'

const LISTED_POSITIONS = 50

const unrealizedOf = ({ value, cost }: MarkedPosition): MoneyE17 => value - cost

/** The symbols that are held, whether or not anything marks them. */
export function heldPart({ ledgers }: Book, reader: BookReader): ExplanationPart {
  const held = reader.heldSymbols().map((symbol) => ({
    symbol,
    quantity: quantity(ledgers.get(symbol)?.stateAt(reader.at).quantity ?? 0n),
  }))
  return {
    name: 'held',
    about: 'The symbols of which anything is held.',
    values: { at: isoOrNull(reader.at), positions: held.length },
    list: listed(held, {
      limit: LISTED_POSITIONS,
      order: 'by first fill',
      row: (one) => one,
      sums: (leftOut) => ({ positions: leftOut.length }),
    }),
  }
}

/** What was held at an instant: quantity, cost, and the mark with its source and age, largest worth first. */
export function positionsPart(
  name: string,
  about: string,
  at: EpochMs,
  positions: Valuation<readonly MarkedPosition[]>,
  multiplierOf: (symbol: string) => QuantityE9,
): ExplanationPart {
  const values = valued(positions, (held) => ({
    at: isoOrNull(at),
    positions: held.length,
    gross_usd: usd(sumOf(held, ({ value }) => absolute(value))),
    net_usd: usd(sumOf(held, ({ value }) => value)),
    cost_usd: usd(sumOf(held, ({ cost }) => cost)),
    unrealized_usd: usd(sumOf(held, unrealizedOf)),
  }))
  if (!positions.known) return { name, about, values }
  const gross = sumOf(positions.value, ({ value }) => absolute(value))
  const shareOf = ({ value }: MarkedPosition) => (gross === 0n ? 0 : ratio(absolute(value), gross))
  const list = listed(
    largestFirst(positions.value, ({ value }) => value),
    {
      limit: LISTED_POSITIONS,
      order: 'largest worth first',
      row: (position) => ({
        symbol: position.symbol,
        quantity: quantity(position.quantity),
        ...multiplierRow(multiplierOf(position.symbol)),
        mark: price(position.mark.priceE8),
        mark_source: position.mark.source,
        mark_at: isoOrNull(position.mark.at),
        mark_age_seconds: (at - position.mark.at) / SECOND_MS,
        value_usd: usd(position.value),
        cost_usd: usd(position.cost),
        unrealized_usd: usd(unrealizedOf(position)),
        share_of_gross: shareOf(position),
      }),
      sums: (leftOut) => ({
        gross_usd: usd(sumOf(leftOut, ({ value }) => absolute(value))),
        value_usd: usd(sumOf(leftOut, ({ value }) => value)),
        cost_usd: usd(sumOf(leftOut, ({ cost }) => cost)),
        unrealized_usd: usd(sumOf(leftOut, unrealizedOf)),
        squared_shares_of_gross: leftOut.reduce((sum, position) => sum + shareOf(position) ** 2, 0),
      }),
    },
  )
  return { name, about, values, list }
}
