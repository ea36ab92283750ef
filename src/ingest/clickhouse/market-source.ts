import type { ClickHouseClient } from '@clickhouse/client'
import { QuantError } from '../../domain/errors.js'
import type { FactRejection } from '../../domain/facts.js'
import { BAR_LIFETIME_MS, QUOTE_LIFETIME_MS } from '../../domain/history.js'
import type { Need } from '../../domain/metric.js'
import { type FactSink, FEEDS, type Feed, type PriceDemand, type Progress } from '../../domain/ports.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.js'
import { ClockOffset } from '../../lib/clock-offset.js'
import { partitionPoint } from '../../lib/sorted-search.js'
import { ask } from './ask.js'
import {
  clockAmong,
  minuteRunsOf,
  minutesRowsOf,
  type PointsRow,
  pointsRowsOf,
  priceColumnOf,
  signalColumnOf,
} from './columns.js'
import { Ingestions } from './ingestions.js'
import { cellsQuery, minutesQuery, rowsQuery } from './queries.js'
import { discoverMarket, type MarketSchema } from './schema.js'

/** A week of many symbols aggregated to cells is one quick statement; a month would hold the others up. */
const CELLS_CHUNK_MS = 7 * DAY_MS
/** Nor more cells than these, two days’ minutes of a hundred symbols: taking them in holds up everything else. */
const CELLS_AT_ONCE = 288_000
/** The least of a history that is worth a statement. */
const LEAST_CHUNK_MS = HOUR_MS
/** Rows of a feed, one a second and symbol: an hour of a hundred takes as much memory, while it is taken in, as all that is kept. */
const ROWS_AT_ONCE = 60_000
const LEAST_ROWS_CHUNK_MS = MINUTE_MS
/** Instants named in a statement: they are part of its address, and a server takes none longer than a mebibyte. */
const MOST_PINS = 10_000
const MINUTES_CHUNK_MS = BAR_LIFETIME_MS / 2 + MINUTE_MS
/** How far back, and how often, minutes are looked at again for events that came late. */
const LATE_MINUTES_MS = 2 * HOUR_MS
const LATE_MINUTES_EVERY_MS = MINUTE_MS
/** After an outage what was missed is read in pieces, each kept: a night in one answer might never come in time. */
const CATCH_UP_MS = HOUR_MS
/** Nor do they hold more rows of a feed than these, one a second and symbol. */
const CATCH_UP_ROWS = 120_000
/** For so long a feed that says nothing may be a writer that is late: what it brings then happened meanwhile. */
const LATE_FEED_MS = HOUR_MS / 2
/** The schema is looked at again this often: what it gains is used. */
const DISCOVER_EVERY_MS = MINUTE_MS
/** While a long history is being read, what is new is read this often between its pieces. */
const NEWS_EVERY_MS = 2_000

export interface MarketSourceOptions {
  readonly client: ClickHouseClient
  readonly sink: FactSink
  /** How long a statement may take, its whole answer included. */
  readonly timeoutMs: number
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
  /** Of a process that lives on while it reads; without it all is as it was at `at`. */
  readonly live?: {
    now(): EpochMs
    /** Told of each read of what is new: T at its beginning, and when rows newer than any seen of their symbol were ingested. */
    onNews(asOf: EpochMs, ingestedAts: readonly EpochMs[]): void
  }
}

/**
 * Bars and signals, read for all books at once: the symbols they hold or need, and nothing twice.
 *
 * A poll is one statement for both feeds. What a symbol needs of the past is read when it is first asked for: its history
 * aggregated to cells, its recent rows, and the minutes in which it had any. News does not wait for it: what other symbols
 * are worth would grow old meanwhile.
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
  readonly #clock = new ClockOffset()
  #cursor: EpochMs | undefined
  readonly #newestOf = new Map<Feed, EpochMs>()
  #schema: MarketSchema | undefined
  #discoverAtWall = 0
  #lateMinutesAtWall = 0
  #newsAtWall = 0

  constructor(options: MarketSourceOptions) {
    this.#options = options
  }

  /** What the server's schema does not have, by need; nothing before the first poll. */
  get lacking(): ReadonlyMap<Need, string> {
    return this.#schema?.lacking ?? NOTHING
  }

  /**
   * How far the server's clock is ahead of the machine's, in milliseconds; undefined before it has been measured. Nothing
   * is asked for by it: statements are bounded by the events' own times.
   */
  get clockOffsetMs(): number | undefined {
    return this.#clock.ms
  }

  /** The next poll reads the history of all symbols again. */
  forgetHistory(): void {
    this.#loaded.clear()
    this.#lateCounts.clear()
    this.#minutesLoaded.clear()
  }

  /**
   * Reads the history of symbols that were not asked for before, and what is new. A schema that has changed meanwhile is
   * looked at, once, and read again.
   */
  async poll(poll: MarketPoll): Promise<void> {
    const { signal } = poll
    if (this.#options.wallNow() >= this.#discoverAtWall) await this.#discover(signal)
    try {
      await this.#poll(poll)
    } catch (error) {
      if (!(error instanceof QuantError) || error.code !== 'schema_unsupported') throw error
      await this.#discover(signal)
      await this.#poll(poll)
    }
  }

  async #poll(poll: MarketPoll): Promise<void> {
    this.#cursor ??= poll.at
    this.#newsAtWall = this.#options.wallNow() + NEWS_EVERY_MS
    await this.#loadHistory(poll)
    await this.#readAtLatePins(poll)
    await this.#loadMinutes(poll)
    await this.#readNews(poll)
  }

  async #readNews({ at, demand, signal, live }: MarketPoll): Promise<void> {
    const { overlapMs, wallNow } = this.#options
    const asOf = live?.now() ?? at
    const symbols = symbolsOf(demand)
    const rowsMs = Math.max(LEAST_ROWS_CHUNK_MS, Math.floor(CATCH_UP_ROWS / Math.max(1, symbols.length)) * SECOND_MS)
    const pieceMs = Math.min(CATCH_UP_MS, rowsMs)
    const newOnes: EpochMs[] = []
    let cursor = this.#newsFrom(asOf)
    do {
      const from = Math.max(cursor, asOf - BAR_LIFETIME_MS)
      cursor = Math.min(asOf, from + pieceMs)
      const rows = await this.#readRows({ symbols, from: from - overlapMs, to: cursor }, signal)
      // One by one: an hour of many symbols is more than a call takes as arguments.
      for (const ingestedAt of this.#ingestions.newOnes(rows)) newOnes.push(ingestedAt)
      this.#cursor = cursor
    } while (cursor < asOf)
    this.#newsAtWall = wallNow() + NEWS_EVERY_MS
    live?.onNews(asOf, newOnes)
  }

  /** After what was read last; where a feed has fallen silent, after its last row. */
  #newsFrom(asOf: EpochMs): EpochMs {
    const cursor = this.#cursor ?? asOf
    return Math.min(cursor, ...[...this.#newestOf.values()].filter((newest) => newest > cursor - LATE_FEED_MS))
  }

  /** Before each piece of history. */
  async #pause(poll: MarketPoll): Promise<void> {
    poll.signal.throwIfAborted()
    if (poll.live !== undefined && this.#options.wallNow() >= this.#newsAtWall) await this.#readNews(poll)
  }

  async #discover(signal: AbortSignal): Promise<void> {
    const { client, timeoutMs, onStatement, wallNow } = this.#options
    onStatement('discover')
    const before = this.#schema
    this.#schema = await discoverMarket(client, { timeoutMs, signal })
    this.#discoverAtWall = wallNow() + DISCOVER_EVERY_MS
    const gained = FEEDS.some((feed) => before?.lacking.has(feed) && !this.#schema?.lacking.has(feed))
    if (gained || (before?.hasQuotes === false && this.#schema.hasQuotes)) this.forgetHistory()
  }

  async #loadHistory(poll: MarketPoll): Promise<void> {
    const { at, demand, fineFrom, signal, onProgress } = poll
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
      const pins = pinsIn(demand, symbols, from, boundary)
      const cellsMs = Math.floor(CELLS_AT_ONCE / symbols.length) * cellMs
      const chunkMs = Math.max(LEAST_CHUNK_MS, Math.min(CELLS_CHUNK_MS, cellsMs))
      for (let start = from; start < boundary; ) {
        await this.#pause(poll)
        const { to, within } = nextPiece(pins, start, Math.min(start + chunkMs, boundary))
        const signalsFrom = Math.min(Math.max(start, at - QUOTE_LIFETIME_MS), to)
        // The first lies before all rows, so that every row has one below it.
        const ofPiece = { barsFrom: start, signalsFrom, to, cellMs, pins: [start - 1, ...within] }
        await this.#readCells({ symbols, ...ofPiece, signal })
        onProgress({ stage: 'bars', done: to - from, total: at - from })
        start = to
      }
      const rowsMs = Math.max(LEAST_ROWS_CHUNK_MS, Math.floor(ROWS_AT_ONCE / symbols.length) * SECOND_MS)
      for (let start = boundary; start < at; start += rowsMs) {
        if (start > boundary) await this.#pause(poll)
        const to = Math.min(start + rowsMs, at)
        this.#ingestions.newOnes(await this.#readRows({ symbols, from: start, to }, signal))
        onProgress({ stage: 'bars', done: to - from, total: at - from })
      }
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
  async #readAtLatePins(poll: MarketPoll): Promise<void> {
    const { at, demand, fineFrom, signal } = poll
    const known = this.#pins
    const late = demand.pins.filter((pin) => known?.has(pin) === false && pin <= fineFrom && pin > at - BAR_LIFETIME_MS)
    const longestCellMs = Math.max(0, ...demand.kept.values())
    for (const pin of late) {
      await this.#pause(poll)
      await this.#readRows({ symbols: [...demand.kept.keys()], from: pin - longestCellMs, to: pin }, signal)
    }
    this.#pins = new Set(demand.pins)
  }

  async #loadMinutes(poll: MarketPoll): Promise<void> {
    const { at, demand, signal } = poll
    const symbols = symbolsOf(demand)
    const missing = symbols.filter((symbol) => !this.#minutesLoaded.has(symbol))
    const { wallNow } = this.#options
    // The oldest minute that counts may have begun before; it is read whole.
    const oldest = Math.floor((at - BAR_LIFETIME_MS) / MINUTE_MS) * MINUTE_MS
    for (let to = at; missing.length > 0 && to > oldest; to -= MINUTES_CHUNK_MS) {
      await this.#pause(poll)
      await this.#readMinutes({ symbols: missing, from: Math.max(to - MINUTES_CHUNK_MS, oldest), to, signal })
    }
    for (const symbol of missing) this.#minutesLoaded.add(symbol)
    if (wallNow() < this.#lateMinutesAtWall) return
    if (missing.length < symbols.length)
      await this.#readMinutes({ symbols, from: at - LATE_MINUTES_MS, to: at, signal })
    this.#lateMinutesAtWall = wallNow() + LATE_MINUTES_EVERY_MS
  }

  /** Feeds that the schema has. */
  get #feeds(): readonly Feed[] {
    return FEEDS.filter((feed) => !this.lacking.has(feed))
  }

  get #hasQuotes(): boolean {
    return this.#schema?.hasQuotes ?? false
  }

  async #readRows(
    { symbols, from, to }: { readonly symbols: readonly string[]; readonly from: EpochMs; readonly to: EpochMs },
    signal: AbortSignal,
  ): Promise<readonly PointsRow[]> {
    const { wallNow } = this.#options
    const sentMs = wallNow()
    const query = rowsQuery(this.#feeds, this.#hasQuotes)
    const rows = await this.#ask('rows', query, { symbols, from, to, signal })
    const answeredMs = wallNow()
    const { theirsMs, others } = clockAmong(rows)
    if (theirsMs !== undefined) this.#clock.read({ sentMs, theirsMs, answeredMs })
    const points = this.#applyPoints(pointsRowsOf(others))
    for (const { feed, points: ofSymbol } of points) {
      const newest = Number(ofSymbol.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY)
      this.#newestOf.set(feed, Math.max(newest, this.#newestOf.get(feed) ?? newest))
    }
    return points
  }

  async #readCells({
    signal,
    ...parameters
  }: {
    symbols: readonly string[]
    barsFrom: EpochMs
    signalsFrom: EpochMs
    to: EpochMs
    cellMs: number
    pins: readonly EpochMs[]
    signal: AbortSignal
  }): Promise<void> {
    const query = cellsQuery(this.#feeds, this.#hasQuotes)
    this.#applyPoints(pointsRowsOf(await this.#ask('history', query, { ...parameters, signal })))
  }

  async #readMinutes(parameters: {
    symbols: readonly string[]
    from: EpochMs
    to: EpochMs
    signal: AbortSignal
  }): Promise<void> {
    const rows = minutesRowsOf(await this.#ask('minutes', minutesQuery(this.#feeds), parameters))
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

  async #ask(
    name: string,
    query: string,
    {
      symbols,
      signal,
      ...parameters
    }: { readonly symbols: readonly string[]; readonly signal: AbortSignal } & Readonly<Record<string, unknown>>,
  ): Promise<readonly unknown[]> {
    if (symbols.length === 0 || this.#feeds.length === 0) return []
    const { client, timeoutMs, onStatement } = this.#options
    onStatement(name)
    const query_params = { ...parameters, symbols: symbols.flatMap(spellings) }
    return ask(client, { query, query_params }, { timeoutMs, signal })
  }
}

const NOTHING: ReadonlyMap<Need, string> = new Map()

function symbolsOf({ kept, watched }: PriceDemand): readonly string[] {
  return [...new Set([...kept.keys(), ...watched])].sort()
}

/** Pins of a stretch of history, those of single symbols for all that are read with them: what is too many is thinned. */
function pinsIn(
  { pins, pinsOf }: PriceDemand,
  symbols: readonly string[],
  from: EpochMs,
  to: EpochMs,
): readonly EpochMs[] {
  const within = new Set<EpochMs>()
  for (const instants of [pins, ...symbols.map((symbol) => pinsOf?.get(symbol)?.instants ?? [])])
    for (const pin of instants) if (pin > from && pin < to) within.add(pin)
  return [...within].sort((a, b) => a - b)
}

/** The piece of history that begins at an instant: up to `longest`, or to a pin where there would be too many in it. */
function nextPiece(
  pins: readonly EpochMs[],
  start: EpochMs,
  longest: EpochMs,
): { readonly to: EpochMs; readonly within: readonly EpochMs[] } {
  const first = partitionPoint(pins.length, (index) => (pins[index] ?? 0) <= start)
  const to = Math.min(pins[first + MOST_PINS] ?? longest, longest)
  const within = pins.slice(
    first,
    partitionPoint(pins.length, (index) => (pins[index] ?? 0) < to),
  )
  return { to, within }
}

/** Bars of a currency pair are stored with the slash that the core leaves out; the index needs the stored form. */
function spellings(symbol: string): string[] {
  const pair = /^([A-Z0-9]{2,})(USD|USDT|USDC|BTC|EUR|GBP)$/.exec(symbol)
  return pair === null ? [symbol] : [symbol, `${pair[1]}/${pair[2]}`]
}
