import type { ClickHouseClient } from '@clickhouse/client'
import { QuantError } from '../../domain/errors.js'
import type { FactRejection } from '../../domain/facts.js'
import { BAR_LIFETIME_MS, QUOTE_LIFETIME_MS } from '../../domain/history.js'
import type { Need } from '../../domain/metric.js'
import { type FactSink, FEEDS, type Feed, type PriceDemand, type Progress } from '../../domain/ports.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../domain/time.js'
import { type MinutesRow, minuteRunsOf, type PointsRow, priceColumnOf, signalColumnOf } from './columns.js'
import { asClickHouseError } from './errors.js'
import { Ingestions } from './ingestions.js'
import { cellsQuery, minutesQuery, rowsQuery } from './queries.js'
import { discoverMarket, type MarketSchema } from './schema.js'

/** A week of many symbols aggregated to cells is one quick statement; a month would hold the others up. */
const CELLS_CHUNK_MS = 7 * DAY_MS
const MINUTES_CHUNK_MS = BAR_LIFETIME_MS / 2 + MINUTE_MS
/** How far back, and how often, minutes are looked at again for events that came late. */
const LATE_MINUTES_MS = 2 * HOUR_MS
const LATE_MINUTES_EVERY_MS = MINUTE_MS
/** The schema is looked at again this often: what it gains is used. */
const DISCOVER_EVERY_MS = MINUTE_MS

export interface MarketSourceOptions {
  readonly client: ClickHouseClient
  readonly sink: FactSink
  readonly overlapMs: number
  /** The machine's clock: what happens at intervals here does so in real time. */
  readonly wallNow: () => EpochMs
  readonly onStatement: (name: string) => void
}

export interface MarketPoll {
  readonly at: EpochMs
  readonly demand: PriceDemand
  /** Rows from here on are read one by one; older ones as the last of each cell. */
  readonly fineFrom: EpochMs
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/**
 * Bars and signals, read for all books at once: the symbols they hold or need, and nothing twice.
 *
 * A poll is one statement for both feeds. What a symbol needs of the past is read when it is first asked for: its history
 * aggregated to cells, its recent rows, and the minutes in which it had any.
 */
export class MarketSource {
  readonly #options: MarketSourceOptions
  /** Symbols whose history has been read, each with the length of its cells. */
  readonly #loaded = new Map<string, number>()
  readonly #lateCounts = new Map<string, number>()
  readonly #minutesLoaded = new Set<string>()
  /** Instants at which prices had to be exact when last asked; undefined before the first poll. */
  #pins: ReadonlySet<EpochMs> | undefined
  readonly #ingestions = new Ingestions()
  #cursor: EpochMs | undefined
  #schema: MarketSchema | undefined
  #discoverAtWall = 0
  #lateMinutesAtWall = 0

  constructor(options: MarketSourceOptions) {
    this.#options = options
  }

  /** What the server's schema does not have, by need; nothing before the first poll. */
  get lacking(): ReadonlyMap<Need, string> {
    return this.#schema?.lacking ?? NOTHING
  }

  /** The next poll reads the history of all symbols again. */
  forgetHistory(): void {
    this.#loaded.clear()
    this.#lateCounts.clear()
    this.#minutesLoaded.clear()
  }

  /**
   * Reads the history of symbols that were not asked for before, then what is new. Answers with the times of ingestion
   * of rows newer than any seen of their symbol. A schema that has changed meanwhile is looked at, once, and read again.
   */
  async poll(poll: MarketPoll): Promise<readonly EpochMs[]> {
    if (this.#options.wallNow() >= this.#discoverAtWall) await this.#discover()
    try {
      return await this.#poll(poll)
    } catch (error) {
      if (!(error instanceof QuantError) || error.code !== 'schema_unsupported') throw error
      await this.#discover()
      return await this.#poll(poll)
    }
  }

  async #poll(poll: MarketPoll): Promise<readonly EpochMs[]> {
    const { at, demand } = poll
    const { overlapMs } = this.#options
    await this.#loadHistory(poll)
    await this.#readAtLatePins(poll)
    const symbols = [...new Set([...demand.kept.keys(), ...demand.watched])].sort()
    await this.#loadMinutes(poll, symbols)
    const rows = await this.#readRows({ symbols, from: (this.#cursor ?? at) - overlapMs, to: at })
    this.#cursor = at
    return this.#ingestions.newOnes(rows)
  }

  async #discover(): Promise<void> {
    const { client, onStatement, wallNow } = this.#options
    onStatement('discover')
    const before = this.#schema
    this.#schema = await discoverMarket(client)
    this.#discoverAtWall = wallNow() + DISCOVER_EVERY_MS
    const gained = FEEDS.some((feed) => before?.lacking.has(feed) && !this.#schema?.lacking.has(feed))
    if (gained || (before?.hasQuotes === false && this.#schema.hasQuotes)) this.forgetHistory()
  }

  async #loadHistory({ at, demand, fineFrom, signal, onProgress }: MarketPoll): Promise<void> {
    const lateCounts = new Map([...demand.kept.keys()].map((symbol) => [symbol, demand.pinsOf?.get(symbol)?.lateCount]))
    const missing = [...demand.kept].filter(
      ([symbol, cellMs]) =>
        (this.#loaded.get(symbol) ?? Number.POSITIVE_INFINITY) > cellMs ||
        this.#lateCounts.get(symbol) !== lateCounts.get(symbol),
    )
    // On a coarser grid what was read is thinned; of a symbol that nobody asks for no more nothing is read any more.
    for (const [symbol, cellMs] of this.#loaded) {
      const demanded = demand.kept.get(symbol)
      if (demanded === undefined) this.#loaded.delete(symbol)
      else this.#loaded.set(symbol, Math.max(cellMs, demanded))
    }
    const from = at - BAR_LIFETIME_MS
    for (const cellMs of new Set(missing.map(([, cell]) => cell))) {
      const symbols = missing.filter(([, cell]) => cell === cellMs).map(([symbol]) => symbol)
      // The grid decides which rows are the last of their cell, so the recent past begins on it.
      const boundary = Math.floor(fineFrom / cellMs) * cellMs
      for (let start = from; start < boundary; start += CELLS_CHUNK_MS) {
        signal.throwIfAborted()
        const to = Math.min(start + CELLS_CHUNK_MS, boundary)
        const signalsFrom = Math.min(Math.max(start, at - QUOTE_LIFETIME_MS), to)
        await this.#readCells({
          symbols,
          barsFrom: start,
          signalsFrom,
          to,
          cellMs,
          pins: pinsIn(demand, symbols, start, to),
        })
        onProgress({ stage: 'bars', done: to - from, total: at - from })
      }
      this.#ingestions.newOnes(await this.#readRows({ symbols, from: boundary, to: at }))
      onProgress({ stage: 'bars', done: at - from, total: at - from })
      for (const symbol of symbols) {
        this.#loaded.set(symbol, cellMs)
        const lateCount = lateCounts.get(symbol)
        if (lateCount !== undefined) this.#lateCounts.set(symbol, lateCount)
      }
    }
  }

  /**
   * A snapshot or an order that came late can make an instant count whose rows have been thinned meanwhile: they are read
   * again, so that the price then is what a process would read that starts now.
   */
  async #readAtLatePins({ at, demand, fineFrom, signal }: MarketPoll): Promise<void> {
    const known = this.#pins
    const late = demand.pins.filter((pin) => known?.has(pin) === false && pin <= fineFrom && pin > at - BAR_LIFETIME_MS)
    const longestCellMs = Math.max(0, ...demand.kept.values())
    for (const pin of late) {
      signal.throwIfAborted()
      await this.#readRows({ symbols: [...demand.kept.keys()], from: pin - longestCellMs, to: pin })
    }
    this.#pins = new Set(demand.pins)
  }

  async #loadMinutes({ at, signal }: MarketPoll, symbols: readonly string[]): Promise<void> {
    const missing = symbols.filter((symbol) => !this.#minutesLoaded.has(symbol))
    const { wallNow } = this.#options
    // The oldest minute that counts may have begun before; it is read whole.
    const oldest = Math.floor((at - BAR_LIFETIME_MS) / MINUTE_MS) * MINUTE_MS
    for (let to = at; missing.length > 0 && to > oldest; to -= MINUTES_CHUNK_MS) {
      signal.throwIfAborted()
      await this.#readMinutes({ symbols: missing, from: Math.max(to - MINUTES_CHUNK_MS, oldest), to })
    }
    for (const symbol of missing) this.#minutesLoaded.add(symbol)
    if (wallNow() < this.#lateMinutesAtWall) return
    if (missing.length < symbols.length) await this.#readMinutes({ symbols, from: at - LATE_MINUTES_MS, to: at })
    this.#lateMinutesAtWall = wallNow() + LATE_MINUTES_EVERY_MS
  }

  /** Feeds that the schema has. */
  get #feeds(): readonly Feed[] {
    return FEEDS.filter((feed) => !this.lacking.has(feed))
  }

  get #hasQuotes(): boolean {
    return this.#schema?.hasQuotes ?? false
  }

  async #readRows(parameters: {
    symbols: readonly string[]
    from: EpochMs
    to: EpochMs
  }): Promise<readonly PointsRow[]> {
    return this.#applyPoints(await this.#ask<PointsRow>('rows', rowsQuery(this.#feeds, this.#hasQuotes), parameters))
  }

  async #readCells(parameters: {
    symbols: readonly string[]
    barsFrom: EpochMs
    signalsFrom: EpochMs
    to: EpochMs
    cellMs: number
    pins: readonly EpochMs[]
  }): Promise<void> {
    this.#applyPoints(await this.#ask<PointsRow>('history', cellsQuery(this.#feeds, this.#hasQuotes), parameters))
  }

  async #readMinutes(parameters: { symbols: readonly string[]; from: EpochMs; to: EpochMs }): Promise<void> {
    const rows = await this.#ask<MinutesRow>('minutes', minutesQuery(this.#feeds), parameters)
    for (const feed of this.#feeds)
      this.#options.sink.applyMinutes(feed, rows.filter((row) => row.feed === feed).map(minuteRunsOf))
  }

  #applyPoints(rows: readonly PointsRow[]): readonly PointsRow[] {
    const { sink } = this.#options
    const rejections: FactRejection[] = []
    sink.applyPrices(rows.filter(({ feed }) => feed === 'bars').map((row) => priceColumnOf(row, rejections)))
    sink.applySignals(rows.filter(({ feed }) => feed === 'signals').map(signalColumnOf))
    if (rejections.length > 0) sink.reject(rejections)
    return rows
  }

  async #ask<Row>(
    name: string,
    query: string,
    { symbols, ...parameters }: { readonly symbols: readonly string[] } & Readonly<Record<string, unknown>>,
  ): Promise<Row[]> {
    if (symbols.length === 0 || this.#feeds.length === 0) return []
    const { client, onStatement } = this.#options
    onStatement(name)
    try {
      const query_params = { ...parameters, symbols: symbols.flatMap(spellings) }
      const answer = await client.query({ query, query_params, format: 'JSON' })
      return (await answer.json<Row>()).data
    } catch (error) {
      throw asClickHouseError(error)
    }
  }
}

const NOTHING: ReadonlyMap<Need, string> = new Map()

/**
 * Pins of a stretch of history, those of single symbols for all that are read with them: what is too many is thinned. The
 * first of what is answered lies before all rows, so that every row has one below it.
 */
function pinsIn(
  { pins, pinsOf }: PriceDemand,
  symbols: readonly string[],
  from: EpochMs,
  to: EpochMs,
): readonly EpochMs[] {
  const all = [pins, ...symbols.map((symbol) => pinsOf?.get(symbol)?.instants ?? [])].flat()
  const within = new Set(all.filter((pin) => pin > from && pin < to))
  return [from - 1, ...[...within].sort((a, b) => a - b)]
}

/** Bars of a currency pair are stored with the slash that the core leaves out; the index needs the stored form. */
function spellings(symbol: string): string[] {
  const pair = /^([A-Z0-9]{2,})(USD|USDT|USDC|BTC|EUR|GBP)$/.exec(symbol)
  return pair === null ? [symbol] : [symbol, `${pair[1]}/${pair[2]}`]
}
