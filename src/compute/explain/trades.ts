import { toNumber } from '../../domain/exact.js'
import type { ExplanationPart, ExplanationRow } from '../../domain/explanation.js'
import { MINUTE_MS } from '../../domain/time.js'
import type { TripReport } from '../accumulators/round-trips.js'
import type { Book } from '../book.js'
import { HELD_DIGITS, RESULT_DIGITS } from '../formulas/trades.js'
import type { WindowView } from '../view.js'
import { isoOrNull, largestFirst, listed, sumOf, usd } from './rows.js'

const LISTED_TRADES = 100

interface NamedTrip extends TripReport {
  readonly symbol: string
}

/** The round trips that were closed in the window, those first that won or lost most. */
export function tradesPart(book: Book, view: WindowView): ExplanationPart {
  const { start, costSource, level } = view
  const trips = [...book.ledgers]
    .flatMap(([symbol, ledger]) =>
      book
        .roundTripsOf(symbol, ledger)
        .tripsIn(start, level.at, costSource)
        .map((trip): NamedTrip => ({ symbol, ...trip })),
    )
    .sort((a, b) => a.closed.at - b.closed.at)
  const trades = trips.filter(({ isExcluded }) => !isExcluded)
  return {
    name: 'trades',
    about:
      'Round trips from flat to flat that were closed in the window, with the result of the whole trip after its costs.',
    values: { ...sumsOf(trades), excluded: trips.length - trades.length, cost_source: costSource },
    list: listed(
      largestFirst(trades, ({ result }) => result),
      { limit: LISTED_TRADES, order: 'largest result first, gain or loss', row: rowOf, sums: sumsOf },
    ),
  }
}

function sumsOf(trips: readonly NamedTrip[]): ExplanationRow {
  const [wins, losses] = [trips.filter(({ result }) => result > 0n), trips.filter(({ result }) => result < 0n)]
  return {
    trades: trips.length,
    wins: wins.length,
    losses: losses.length,
    won_usd: toNumber(
      sumOf(wins, ({ result }) => result),
      RESULT_DIGITS,
    ),
    lost_usd: toNumber(
      sumOf(losses, ({ result }) => result),
      RESULT_DIGITS,
    ),
    held_minutes: minutes(sumOf(trips, ({ held }) => held)),
  }
}

function rowOf({ symbol, opened, closed, result, gross, costs, held }: NamedTrip): ExplanationRow {
  return {
    symbol,
    opened_at: isoOrNull(opened.at),
    opened_by: opened.fill?.executionId ?? null,
    closed_at: isoOrNull(closed.at),
    closed_by: closed.fill?.executionId ?? null,
    gross_usd: usd(gross),
    costs_usd: usd(costs),
    net_usd: toNumber(result, RESULT_DIGITS),
    held_minutes: minutes(held),
  }
}

function minutes(held: bigint): number {
  return toNumber(held, HELD_DIGITS) / MINUTE_MS
}
