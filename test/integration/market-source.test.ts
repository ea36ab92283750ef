import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { openClickHouse } from '../../src/connections/clickhouse-client.js'
import type { FactRejection } from '../../src/domain/facts.js'
import { BAR_LIFETIME_MS } from '../../src/domain/history.js'
import type { Feed, MinuteRuns, PriceColumn, SignalColumn } from '../../src/domain/ports.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import { type MarketPoll, MarketSource } from '../../src/ingest/clickhouse/market-source.js'
import { clickHouseSchema } from '../../src/simulator/torghut/clickhouse-schema.js'
import { startTestEngines } from '../support/embedded.js'

const T = Date.parse('2026-11-20T19:30:00Z')
const FINE_FROM = T - HOUR_MS
const CELL_MS = 5 * MINUTE_MS
let databases = 0

const stamp = (at: number) => new Date(at).toISOString().replace('T', ' ').replace('Z', '')

describe('bars and signals from an embedded ClickHouse', () => {
  let engines: EmbeddedEngines
  let client: ClickHouseClient
  let source: MarketSource
  let prices: PriceColumn[]
  let signals: SignalColumn[]
  let minutes: Map<Feed, MinuteRuns[]>
  let rejections: FactRejection[]
  let statements: string[]
  let wallMs: number
  /** How long each statement takes. */
  let slowMs: number

  beforeAll(async () => {
    engines = await startTestEngines()
  })
  afterAll(() => engines?.stop())

  beforeEach(async () => {
    const database = `market_${databases++}`
    const admin = createClient({ url: engines.clickhouse.url })
    for (const query of clickHouseSchema()) await admin.command({ query, query_params: { database } })
    await admin.close()
    client = openClickHouse({
      url: engines.clickhouse.url,
      database,
      user: 'default',
      password: undefined,
      ca: undefined,
      timeoutMs: 5_000,
    })
    ;[prices, signals, minutes, rejections, statements] = [[], [], new Map(), [], []]
    wallMs = 0
    slowMs = 0
    source = new MarketSource({
      client,
      sink: {
        apply: () => undefined,
        applyPrices: (columns) => void prices.push(...columns.filter(({ ats }) => ats.length > 0)),
        applySignals: (columns) => void signals.push(...columns.filter(({ ats }) => ats.length > 0)),
        applyMinutes: (feed, runs) => void minutes.set(feed, [...(minutes.get(feed) ?? []), ...runs]),
        reject: (some) => void rejections.push(...some),
      },
      timeoutMs: 5_000,
      overlapMs: 30_000,
      wallNow: () => wallMs,
      onStatement: (name) => {
        statements.push(name)
        wallMs += slowMs
      },
    })
  })
  afterEach(() => client.close())

  interface Ta {
    readonly symbol?: string
    readonly at: number
    readonly seq?: number
    readonly ingestedAt?: number
    readonly source?: string
  }
  const envelope = ({ symbol = 'AAPL', at, seq = 0, ingestedAt = at + 600, source: of = 'ta' }: Ta) => ({
    symbol,
    event_ts: stamp(at),
    seq,
    ingest_ts: stamp(ingestedAt),
    source: of,
  })
  const bar = (close: number | null, row: Ta) =>
    client.insert({ table: 'ta_microbars', values: [{ ...envelope(row), c: close }], format: 'JSONEachRow' })
  const signal = (bid: number | null, ask: number | null, row: Ta) =>
    client.insert({
      table: 'ta_signals',
      values: [{ ...envelope(row), imbalance_bid_px: bid, imbalance_ask_px: ask }],
      format: 'JSONEachRow',
    })

  const poll = (
    at: number,
    options: { kept?: string[]; watched?: string[]; pins?: number[]; live?: MarketPoll['live'] } = {},
  ) =>
    source.poll({
      at,
      demand: {
        kept: new Map((options.kept ?? ['AAPL']).map((symbol) => [symbol, CELL_MS])),
        watched: new Set(options.watched ?? []),
        pins: options.pins ?? [],
      },
      fineFrom: at - HOUR_MS,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      ...(options.live === undefined ? {} : { live: options.live }),
    })
  const clear = () => {
    ;[prices, signals, rejections, statements] = [[], [], [], []]
    minutes.clear()
  }

  test('reads an hour of many symbols that nobody has read yet', async () => {
    const symbols = Array.from({ length: 50 }, (_, index) => `S${index}`)
    const insert = (fromSecond: number, seconds: number) =>
      client.command({
        query: `INSERT INTO ta_microbars (symbol, event_ts, seq, ingest_ts, source, c)
          SELECT concat('S', toString(number % 50)) AS symbol,
            fromUnixTimestamp64Milli(toInt64(${T} + 1000 * (${fromSecond} + intDiv(number, 50)))) AS event_ts,
            1 AS seq, event_ts AS ingest_ts, 'ta' AS source, 100 AS c
          FROM numbers(${seconds * 50})`,
      })
    await insert(0, 1)
    await poll(T, { kept: [], watched: symbols })
    await insert(1, 3_600)
    let news = 0
    const live = {
      now: () => T + HOUR_MS,
      onNews(_: number, ingestedAts: readonly number[]) {
        news += ingestedAts.length
      },
    }
    await poll(T + HOUR_MS, { kept: [], watched: symbols, live })
    expect(news).toBe(50 * 3_600)
  }, 60_000)

  test('reads bars and signals of a poll with one statement, the row ingested last of each key', async () => {
    await poll(T)
    clear()
    await bar(100, { at: T + 1_000, seq: 1, ingestedAt: T + 1_600 })
    await bar(101, { at: T + 1_000, seq: 2, ingestedAt: T + 1_700 })
    await bar(102, { at: T + 1_000, seq: 3, ingestedAt: T + 1_500 })
    await signal(99, 101, { at: T + 1_000, ingestedAt: T + 1_800 })
    await signal(null, null, { at: T + 2_000, seq: 1, ingestedAt: T + 2_700 })
    await signal(99, 101, { at: T + 2_000, seq: 2, ingestedAt: T + 2_600 })
    await poll(T + 3_000)
    expect(statements).toEqual(['rows'])
    expect(prices).toEqual([
      { symbol: 'AAPL', ats: [T + 1_000], closesE8: [10_100_000_000n], newestIngestedAt: T + 1_700 },
    ])
    expect(signals).toEqual([
      { symbol: 'AAPL', ats: [T + 1_000, T + 2_000], midsE8: [0n, 0n], newestIngestedAt: T + 2_700 },
    ])
  })

  test('reads what is new between the pieces of a long history, each row once', async () => {
    await bar(99, { at: T - 1_000 })
    await poll(T)
    clear()
    await bar(100, { at: T + 2_000 })
    await bar(200, { symbol: 'MSFT', at: T - 20 * DAY_MS })
    const told: { asOf: number; ingestedAts: readonly number[] }[] = []
    let now = T + 3_000
    slowMs = 5_000
    await poll(now, {
      kept: ['AAPL', 'MSFT'],
      live: {
        now: () => {
          now += 1_000
          return now
        },
        onNews: (asOf, ingestedAts) => void told.push({ asOf, ingestedAts }),
      },
    })
    const history = statements.lastIndexOf('history')
    expect(statements.slice(0, history).filter((name) => name === 'rows').length).toBeGreaterThan(2)
    expect(told.length).toBeGreaterThan(4)
    expect(told.map(({ asOf }) => asOf)).toEqual(told.map((_, index) => T + 4_000 + index * 1_000))
    expect(told.flatMap(({ ingestedAts }) => ingestedAts)).toEqual([T + 2_600])
    expect(new Set(prices.flatMap(({ symbol, ats }) => ats.map((at) => `${symbol} ${at - T}`)))).toEqual(
      new Set(['AAPL -1000', 'AAPL 2000', `MSFT ${-20 * DAY_MS}`]),
    )
  })

  test('after a long silence reads what it missed in pieces, and nothing is missing or told before it is there', async () => {
    await poll(T)
    clear()
    const ats = [1, 59, 60, 61, 119, 150].map((minutes) => T + minutes * MINUTE_MS)
    for (const at of ats) await bar(100, { at })
    for (const fault of [{ kind: 'half_body' }, { kind: 'garbage' }, { kind: 'status', status: 500 }] as const) {
      await engines.clickhouse.setFault(fault)
      await expect(poll(T + 155 * MINUTE_MS)).rejects.toMatchObject({ name: 'QuantError' })
      expect([prices, signals, rejections]).toEqual([[], [], []])
    }
    await engines.clickhouse.setFault(undefined)
    statements = []
    await poll(T + 160 * MINUTE_MS)
    expect(statements).toEqual(['rows', 'rows', 'rows'])
    expect([...new Set(prices.flatMap((column) => column.ats))].sort()).toEqual(ats)
  })

  test('reads what a feed brings late that was silent while polls went on, however long beyond their overlap', async () => {
    for (const at of [T - 1_000, T]) await bar(100, { at })
    await signal(100, 100, { at: T })
    // Bars go on: each feed is looked at by itself.
    for (const minutes of [1, 2, 3]) {
      await bar(100, { at: T + minutes * MINUTE_MS })
      await poll(T + minutes * MINUTE_MS)
    }
    clear()
    const late = [5, 60, 170].map((seconds) => T + seconds * 1_000)
    for (const at of late) await signal(100, 100, { at })
    await poll(T + 3 * MINUTE_MS + 1_000)
    expect(statements).toEqual(['rows'])
    expect(signals.flatMap(({ ats }) => ats).filter((at) => at > T)).toEqual(late)
    // Of what is silent for hours nothing late is waited for: a closed market would be read again and again.
    clear()
    await poll(T + 5 * HOUR_MS)
    await signal(100, 100, { at: T + 4 * HOUR_MS })
    clear()
    await poll(T + 5 * HOUR_MS + 1_000)
    expect(signals).toEqual([])
  })

  test('tells how far the server’s clock is ahead', async () => {
    expect(source.clockOffsetMs).toBeUndefined()
    wallMs = Date.now() + 5_000
    await poll(T)
    expect(Math.abs((source.clockOffsetMs ?? Number.NaN) + 5_000)).toBeLessThan(5_000)
  })

  test('takes the middle of a quote up to 50 bps wide, and nothing of a row that another source wrote', async () => {
    await poll(T)
    clear()
    await signal(99.75, 100.25, { at: T + 1_000 })
    await signal(99.7, 100.25, { at: T + 2_000 })
    await signal(0, 100, { at: T + 3_000 })
    await signal(100, 99.9, { at: T + 4_000 })
    await signal(100, 100, { at: T + 5_000, source: 'ws' })
    await poll(T + 6_000)
    expect(signals.map(({ ats, midsE8 }) => ({ ats, midsE8 }))).toEqual([
      { ats: [1_000, 2_000, 3_000, 4_000].map((offset) => T + offset), midsE8: [10_000_000_000n, 0n, 0n, 0n] },
    ])
  })

  test('tells the ingestion times of rows newer than any seen of their symbol, each once', async () => {
    const told: (readonly number[])[] = []
    const pollLive = (at: number) =>
      poll(at, { live: { now: () => at, onNews: (_asOf, ingestedAts) => void told.push(ingestedAts) } })
    await bar(100, { at: T - 1_000 })
    await pollLive(T)
    await bar(101, { at: T + 1_000, ingestedAt: T + 1_600 })
    await bar(101, { at: T - 5_000, ingestedAt: T + 1_650 })
    await pollLive(T + 2_000)
    await pollLive(T + 3_000)
    expect(told).toEqual([[], [T + 1_600], []])
  })

  test('reads history as the last row of each cell, a cell that holds a pin ending there as well', async () => {
    const border = T - 2 * DAY_MS
    for (const [offset, close] of [
      [-CELL_MS + 1, 100],
      [-MINUTE_MS, 101],
      [0, 102],
      [1, 103],
      [MINUTE_MS, 104],
      [MINUTE_MS + 1, 105],
      [2 * MINUTE_MS, 106],
    ] as const) {
      await bar(close, { at: border + offset })
      await signal(close - 0.1, close + 0.1, { at: border + offset })
    }
    for (const offset of [0, 1_000, 2_000]) await bar(107, { at: FINE_FROM + offset + 1 })
    await poll(T, { pins: [border + MINUTE_MS] })
    const offsets = prices.map(({ ats }) => ats.map((at) => (at < FINE_FROM ? at - border : at - FINE_FROM)))
    expect(offsets).toEqual([
      [0, MINUTE_MS, 2 * MINUTE_MS],
      [1, 1_001, 2_001],
    ])
    expect(prices[0]?.closesE8).toEqual([10_200_000_000n, 10_400_000_000n, 10_600_000_000n])
    expect(signals.map(({ midsE8 }) => midsE8)).toEqual([[10_200_000_000n, 10_400_000_000n, 10_600_000_000n]])
  })

  test('reads the history of more pins than a statement may name in several, each pin with its row', async () => {
    const first = T - 2 * DAY_MS
    const pins = Array.from({ length: 30_000 }, (_, index) => first + 2_000 * index)
    await client.command({
      query: `INSERT INTO ta_microbars (symbol, event_ts, seq, ingest_ts, source, c)
        SELECT 'AAPL', fromUnixTimestamp64Milli(toInt64(${first}) + 1000 * number) AS event_ts, 1, event_ts, 'ta', 100
        FROM numbers(60000)`,
    })
    await poll(T, { pins })
    const ats = new Set(prices.flatMap((column) => column.ats))
    expect(pins.filter((pin) => !ats.has(pin))).toEqual([])
    // Rows between two pins are in nobody's way, but where a piece or a cell ends.
    expect(ats.size).toBeLessThan(pins.length + 500)
    expect(statements.filter((name) => name === 'history').length).toBeLessThan(12)
    expect(rejections).toEqual([])
  })

  test('reads the rows before a pin again that comes when they have been thinned', async () => {
    const pin = T - 2 * HOUR_MS + MINUTE_MS
    for (const offset of [-CELL_MS, -1_000, 1_000]) await bar(100, { at: pin + offset })
    await poll(T)
    clear()
    await poll(T + 1_000, { pins: [pin] })
    expect(prices.map(({ ats }) => ats)).toEqual([[pin - 1_000]])
    clear()
    await poll(T + 2_000, { pins: [pin] })
    expect(prices).toEqual([])
  })

  test('reads no signals that are older than quotes live', async () => {
    await signal(99.9, 100.1, { at: T - 12 * DAY_MS + MINUTE_MS })
    await signal(99.9, 100.1, { at: T - 12 * DAY_MS - MINUTE_MS })
    await poll(T)
    expect(signals.flatMap(({ ats }) => ats)).toEqual([T - 12 * DAY_MS + MINUTE_MS])
  })

  test('tells the minutes with an event as runs of their ends, of watched symbols too, and late ones within two hours', async () => {
    const minute = T - DAY_MS
    for (const at of [minute - MINUTE_MS + 1, minute, minute + 1, minute + 3 * MINUTE_MS]) await bar(100, { at })
    await signal(null, null, { at: minute, symbol: 'MSFT' })
    await signal(null, null, { at: minute + MINUTE_MS, symbol: 'MSFT', source: 'rest' })
    await bar(100, { at: T - BAR_LIFETIME_MS - MINUTE_MS })
    await poll(T, { watched: ['MSFT'] })
    expect(Object.fromEntries(minutes)).toEqual({
      bars: [
        {
          symbol: 'AAPL',
          runs: [
            [minute, minute + MINUTE_MS],
            [minute + 3 * MINUTE_MS, minute + 3 * MINUTE_MS],
          ],
        },
      ],
      signals: [{ symbol: 'MSFT', runs: [[minute, minute]] }],
    })
    clear()
    await bar(100, { at: T - HOUR_MS })
    await poll(T + 1_000, { watched: ['MSFT'] })
    expect(statements).toEqual(['rows'])
    clear()
    wallMs += MINUTE_MS
    await poll(T + 2_000, { watched: ['MSFT'] })
    expect(statements).toEqual(['discover', 'minutes', 'rows'])
    expect(minutes.get('bars')).toEqual([{ symbol: 'AAPL', runs: [[T - HOUR_MS, T - HOUR_MS]] }])
  })

  test('reads the oldest minute that counts whole', async () => {
    const at = T + 30_000
    await bar(100, { at: at - BAR_LIFETIME_MS - 10_000 })
    await bar(100, { at: at - BAR_LIFETIME_MS - MINUTE_MS })
    await poll(at)
    const end = T + MINUTE_MS - BAR_LIFETIME_MS
    expect(minutes.get('bars')).toEqual([{ symbol: 'AAPL', runs: [[end, end]] }])
  })

  test('reads its history again when it is told that somebody has written into the past', async () => {
    await poll(T)
    await signal(99.9, 100.1, { at: T - DAY_MS })
    await poll(T + 1_000)
    expect(signals).toEqual([])
    source.forgetHistory()
    await poll(T + 2_000)
    expect(signals).toMatchObject([{ ats: [T - DAY_MS], midsE8: [10_000_000_000n] }])
    expect(minutes.get('signals')).toEqual([{ symbol: 'AAPL', runs: [[T - DAY_MS, T - DAY_MS]] }])
  })

  test('reads a currency pair under the name it is stored with and tells it under ours', async () => {
    await bar(50_000, { at: T - 1_000, symbol: 'BTC/USD' })
    await poll(T, { kept: ['BTCUSD'] })
    expect(new Set(prices.map(({ symbol }) => symbol))).toEqual(new Set(['BTCUSD']))
    expect(minutes.get('bars')).toEqual([{ symbol: 'BTCUSD', runs: [[T, T]] }])
  })

  test('rejects a close that is no price and keeps the rest of the column', async () => {
    await poll(T)
    clear()
    await client.command({
      query: `INSERT INTO ta_microbars (symbol, event_ts, seq, ingest_ts, source, c) SELECT 'AAPL', fromUnixTimestamp64Milli(${T} + 1000 * number), 0, fromUnixTimestamp64Milli(${T} + 1000 * number), 'ta', [nan, inf, -1, 0, 100][number] FROM numbers(1, 5)`,
    })
    await poll(T + 6_000)
    expect(prices).toMatchObject([{ ats: [T + 5_000], closesE8: [10_000_000_000n] }])
    expect(rejections.map(({ id, reason }) => `${id} ${reason}`)).toEqual(
      [1, 2, 3, 4].map((second) => `AAPL@${T + second * 1_000} malformed`),
    )
  })

  describe('with a schema that lacks something', () => {
    test('without the quote there are no mids, but signals are still seen', async () => {
      for (const column of ['imbalance_bid_px', 'imbalance_ask_px'])
        await client.command({ query: `ALTER TABLE ta_signals DROP COLUMN ${column}` })
      await client.insert({ table: 'ta_signals', values: [envelope({ at: T - 1_000 })], format: 'JSONEachRow' })
      await poll(T)
      expect(signals[0]).toMatchObject({ symbol: 'AAPL', ats: [T - 1_000], midsE8: [0n] })
      expect(minutes.get('signals')).toEqual([{ symbol: 'AAPL', runs: [[T, T]] }])
      expect(source.lacking).toEqual(new Map())
    })

    test('without a table its feed is lacking and the other is read', async () => {
      await client.command({ query: 'DROP TABLE ta_signals' })
      await bar(100, { at: T - 1_000 })
      await poll(T)
      expect(prices.length).toBeGreaterThan(0)
      expect(source.lacking).toEqual(new Map([['signals', 'table ta_signals']]))
    })

    test('without the close bars are lacking, and without both feeds nothing is asked', async () => {
      await client.command({ query: 'ALTER TABLE ta_microbars DROP COLUMN c' })
      await client.command({ query: 'DROP TABLE ta_signals' })
      await poll(T)
      expect(source.lacking).toEqual(
        new Map([
          ['bars', 'ta_microbars.c'],
          ['signals', 'table ta_signals'],
        ]),
      )
      expect(statements).toEqual(['discover'])
    })

    test('columns that go while it runs are done without, and used again, history included, when they are back', async () => {
      await signal(99.9, 100.1, { at: T - DAY_MS })
      await poll(T)
      clear()
      await client.command({ query: 'ALTER TABLE ta_signals RENAME COLUMN imbalance_bid_px TO gone' })
      await poll(T + 1_000)
      expect(statements).toEqual(['rows', 'discover', 'rows'])
      clear()
      await client.command({ query: 'ALTER TABLE ta_signals RENAME COLUMN gone TO imbalance_bid_px' })
      await poll(T + 2_000)
      expect(signals).toEqual([])
      wallMs += MINUTE_MS
      await poll(T + 3_000)
      expect(signals).toMatchObject([{ ats: [T - DAY_MS], midsE8: [10_000_000_000n] }])
    })
  })
})
