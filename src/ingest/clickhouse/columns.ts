import { canonicalSymbol } from '../../domain/book.js'
import { LARGEST_PRICE_E8, PRICE_DIGITS, type PriceE8, parseScaled } from '../../domain/exact.js'
import type { FactRejection } from '../../domain/facts.js'
import type { Feed, MinuteRuns, PriceColumn, SignalColumn } from '../../domain/ports.js'
import { midOf } from '../../domain/quote.js'
import type { EpochMs } from '../../domain/time.js'

/** A server sends 64-bit integers as text, an embedded engine as numbers; NaN and infinities come as null. */
type Integer = number | string
type Value = number | null

/** A symbol's rows as they are answered: event time, two numbers of the row, time of ingestion; oldest first. */
export interface PointsRow {
  readonly feed: Feed
  readonly symbol: string
  readonly points: readonly (readonly [at: Integer, first: Value, second: Value, ingestedAt: Integer])[]
}

export interface MinutesRow {
  readonly feed: Feed
  readonly symbol: string
  readonly runs: readonly (readonly [first: Integer, last: Integer])[]
}

/** Closes of a symbol; one that is no price becomes a rejection, and the rest of the column stays. */
export function priceColumnOf({ symbol, points }: PointsRow, rejections: FactRejection[]): PriceColumn {
  const ats: EpochMs[] = []
  const closesE8: bigint[] = []
  let newest: Integer | undefined
  for (const [at, close, , ingestedAt] of points) {
    const closeE8 = priceOf(close)
    if (closeE8 === undefined) {
      rejections.push({ kind: 'bar', id: `${symbol}@${at}`, reason: 'malformed', detail: `close is ${String(close)}` })
      continue
    }
    ats.push(Number(at))
    closesE8.push(closeE8)
    newest = ingestedAt
  }
  return { symbol: canonicalSymbol(symbol), ats, closesE8, ...ingestion(newest) }
}

/** Mids of a symbol; a row without a usable quote counts as an event all the same. */
export function signalColumnOf({ symbol, points }: PointsRow): SignalColumn {
  return {
    symbol: canonicalSymbol(symbol),
    ats: points.map(([at]) => Number(at)),
    midsE8: points.map(([, bid, ask]) => midOf(priceOf(bid), priceOf(ask))),
    ...ingestion(points.at(-1)?.[3]),
  }
}

export function minuteRunsOf({ symbol, runs }: MinutesRow): MinuteRuns {
  return { symbol: canonicalSymbol(symbol), runs: runs.map(([first, last]) => [Number(first), Number(last)] as const) }
}

function priceOf(value: Value): PriceE8 | undefined {
  const priceE8 = value === null ? undefined : parseScaled(value, PRICE_DIGITS)
  return priceE8 === undefined || priceE8 <= 0n || priceE8 > LARGEST_PRICE_E8 ? undefined : priceE8
}

function ingestion(at: Integer | undefined): { newestIngestedAt?: EpochMs } {
  return at === undefined ? {} : { newestIngestedAt: Number(at) }
}
