import type { ClickHouseClient } from '@clickhouse/client'
import { canonicalSymbol } from '../../domain/book.js'
import { LARGEST_PRICE_E8, PRICE_DIGITS, parseScaled } from '../../domain/exact.js'
import type { FactRejection } from '../../domain/facts.js'
import type { FactSink, PriceColumn, PriceDemand, Progress } from '../../domain/ports.js'
import { DAY_MS, type EpochMs } from '../../domain/time.js'
import { asClickHouseError } from './errors.js'

/** A day of many symbols aggregated to cells is one quick statement; a month would hold the others up. */
const HISTORY_CHUNK_MS = 7 * DAY_MS

export interface BarSourceOptions {
  readonly client: ClickHouseClient
  readonly sink: FactSink
  readonly overlapMs: number
  readonly onStatement: (name: string) => void
}

export interface BarHistory {
  /** Bars from here on are read one by one; older ones as the last of each cell. */
  readonly fineFrom: EpochMs
  readonly from: EpochMs
}

interface SymbolRow {
  readonly symbol: string
  /** (event time in epoch milliseconds, close), oldest first. */
  readonly points: readonly (readonly [number | string, number | null])[]
}

/**
 * Bar closes, read for all books at once: the symbols they hold or need, and nothing twice.
 *
 * History is asked for aggregated to cells. Replacement of rows is asynchronous upstream and up to four rows share a key,
 * so the row ingested last wins here (argMax), never FINAL. Every statement is bounded by time and symbols.
 */
export class BarSource {
  readonly #options: BarSourceOptions
  readonly #loaded = new Map<string, number>()
  #cursor: EpochMs | undefined

  constructor(options: BarSourceOptions) {
    this.#options = options
  }

  /** Reads the history of symbols that were not needed before, then what is new; T of the read. */
  async poll(
    at: EpochMs,
    demand: PriceDemand,
    history: BarHistory,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<EpochMs> {
    await this.#loadMissing(at, demand, history, signal, onProgress)
    const symbols = [...new Set([...demand.kept.keys(), ...demand.watched])].sort()
    if (symbols.length > 0)
      await this.#read(BARS, { symbols, from: (this.#cursor ?? at) - this.#options.overlapMs, to: at })
    this.#cursor = at
    return at
  }

  async #loadMissing(
    at: EpochMs,
    demand: PriceDemand,
    { fineFrom, from }: BarHistory,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<void> {
    const missing = [...demand.kept].filter(
      ([symbol, cellMs]) => (this.#loaded.get(symbol) ?? Number.POSITIVE_INFINITY) > cellMs,
    )
    for (const cellMs of new Set(missing.map(([, cell]) => cell))) {
      const symbols = missing.filter(([, cell]) => cell === cellMs).map(([symbol]) => symbol)
      // The grid decides which bars are the last of their cell, so the recent past begins on it.
      const boundary = Math.floor(fineFrom / cellMs) * cellMs
      for (let start = from; start < boundary; start += HISTORY_CHUNK_MS) {
        signal.throwIfAborted()
        await this.#read(CELLS, { symbols, from: start, to: Math.min(start + HISTORY_CHUNK_MS, boundary), cellMs })
        onProgress({ stage: 'bars', done: Math.min(start + HISTORY_CHUNK_MS, boundary) - from, total: at - from })
      }
      await this.#read(BARS, { symbols, from: boundary, to: at })
      onProgress({ stage: 'bars', done: at - from, total: at - from })
      for (const symbol of symbols) this.#loaded.set(symbol, cellMs)
    }
  }

  async #read(
    query: string,
    { symbols, ...instants }: { symbols: readonly string[]; from: EpochMs; to: EpochMs; cellMs?: number },
  ): Promise<void> {
    const { client, sink, onStatement } = this.#options
    onStatement('bars')
    try {
      const answer = await client.query({
        query,
        query_params: { ...instants, symbols: symbols.flatMap(spellings) },
        format: 'JSON',
      })
      const { data } = await answer.json<SymbolRow>()
      const rejections: FactRejection[] = []
      sink.applyPrices(data.map((row) => columnOf(row, rejections)))
      if (rejections.length > 0) sink.reject(rejections)
    } catch (error) {
      throw asClickHouseError(error)
    }
  }
}

const SCOPE = `symbol IN {symbols:Array(String)} AND event_ts > fromUnixTimestamp64Milli({from:Int64}) AND event_ts <= fromUnixTimestamp64Milli({to:Int64})`

/** Every bar, the row ingested last of each. */
const BARS = `SELECT symbol, arraySort(groupArray((at, close))) AS points FROM (
    SELECT symbol, toUnixTimestamp64Milli(event_ts) AS at, argMax(c, (ingest_ts, seq)) AS close
    FROM ta_microbars WHERE ${SCOPE} GROUP BY symbol, event_ts
  ) GROUP BY symbol ORDER BY symbol`

/** The last bar of each cell (a, b] of the UTC grid. */
const CELLS = `SELECT symbol, arraySort(groupArray((at, close))) AS points FROM (
    SELECT symbol, max(toUnixTimestamp64Milli(event_ts)) AS at, argMax(c, (event_ts, ingest_ts, seq)) AS close
    FROM ta_microbars WHERE ${SCOPE}
    GROUP BY symbol, intDiv(toUnixTimestamp64Milli(event_ts) + {cellMs:Int64} - 1, {cellMs:Int64})
  ) GROUP BY symbol ORDER BY symbol`

function columnOf({ symbol, points }: SymbolRow, rejections: FactRejection[]): PriceColumn {
  const ats: EpochMs[] = []
  const closesE8: bigint[] = []
  for (const [at, close] of points) {
    const closeE8 = close === null ? undefined : parseScaled(close, PRICE_DIGITS)
    if (closeE8 === undefined || closeE8 <= 0n || closeE8 > LARGEST_PRICE_E8) {
      rejections.push({ kind: 'bar', id: `${symbol}@${at}`, reason: 'malformed', detail: `close is ${String(close)}` })
      continue
    }
    ats.push(Number(at))
    closesE8.push(closeE8)
  }
  return { symbol: canonicalSymbol(symbol), ats, closesE8 }
}

/** Bars of a currency pair are stored with the slash that the core leaves out; the index needs the stored form. */
function spellings(symbol: string): string[] {
  const pair = /^([A-Z0-9]{2,})(USD|USDT|USDC|BTC|EUR|GBP)$/.exec(symbol)
  return pair === null ? [symbol] : [symbol, `${pair[1]}/${pair[2]}`]
}
