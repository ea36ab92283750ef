import { canonicalSymbol } from '../../domain/book.js'
import { LARGEST_PRICE_E8, PRICE_DIGITS, type PriceE8, parseScaled } from '../../domain/exact.js'
import type { FactRejection } from '../../domain/facts.js'
import { FEEDS, type Feed, type MinuteRuns, type PriceColumn, type SignalColumn } from '../../domain/ports.js'
import { midOf } from '../../domain/quote.js'
import type { EpochMs } from '../../domain/time.js'
import { errors } from './ask.js'
import { CLOCK_ROW } from './queries.js'

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

/** Takes the server's clock out of an answer to rowsQuery. */
export function clockAmong(rows: readonly unknown[]): {
  readonly theirsMs: EpochMs | undefined
  readonly others: readonly unknown[]
} {
  const isClock = (row: unknown) =>
    typeof row === 'object' && row !== null && 'feed' in row && row.feed === CLOCK_ROW && 'points' in row
  const [clock] = checked<{ readonly points: PointsRow['points'] }>(rows.filter(isClock), 'points', isPoint, [
    CLOCK_ROW,
  ])
  const at = clock?.points[0]?.[0]
  return { theirsMs: at === undefined ? undefined : Number(at), others: rows.filter((row) => !isClock(row)) }
}

/** What an answer to rowsQuery or cellsQuery holds, all of it judged before anything is applied. */
export function pointsRowsOf(rows: readonly unknown[]): readonly PointsRow[] {
  return checked<PointsRow>(rows, 'points', isPoint)
}

export function minutesRowsOf(rows: readonly unknown[]): readonly MinutesRow[] {
  return checked<MinutesRow>(rows, 'runs', isRun)
}

function checked<Row>(
  rows: readonly unknown[],
  list: string,
  isItem: (item: unknown) => boolean,
  names: readonly string[] = FEEDS,
): readonly Row[] {
  for (const row of rows) {
    const { feed, symbol, [list]: items } = (row ?? {}) as Record<string, unknown>
    const isNamed = names.some((name) => name === feed) && typeof symbol === 'string'
    if (!isNamed || !Array.isArray(items) || !items.every(isItem)) throw errors.malformed(`a row without ${list}`)
  }
  return rows as readonly Row[]
}

function isPoint(item: unknown): boolean {
  return Array.isArray(item) && isInteger(item[0]) && isValue(item[1]) && isValue(item[2]) && isInteger(item[3])
}

function isRun(item: unknown): boolean {
  return Array.isArray(item) && isInteger(item[0]) && isInteger(item[1])
}

function isInteger(value: unknown): boolean {
  return Number.isSafeInteger(typeof value === 'string' && value !== '' ? Number(value) : value)
}

function isValue(value: unknown): boolean {
  return value === null || typeof value === 'number'
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
