// What series cost: bytes a sample on disk in ClickHouse's MergeTree after merges, the same in the own Postgres, and how
// long a large read takes in both.
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import pg from 'pg'
import { DICTIONARY } from '../../dist/compute/dictionary.js'
import { startEmbeddedClickHouse } from '../../dist/embedded/embedded-clickhouse.js'
import { ClickHouseReader } from '../../dist/stores/clickhouse/series-reader.js'
import { ClickHouseSink, encodeRows, nameOf } from '../../dist/stores/clickhouse/series-sink.js'
import { migrateStore } from '../../dist/stores/postgres/migrate.js'
import { SeriesEncoder } from '../../dist/stores/postgres/series-encoder.js'
import { layoutOf } from '../../dist/stores/postgres/series-layout.js'
import { PostgresSeriesReader } from '../../dist/stores/postgres/series-reader.js'
import { PostgresSink } from '../../dist/stores/postgres/series-sink.js'
import { dayOf } from '../../dist/stores/series/batch.js'
import { Sampler } from '../../dist/stores/series/sampler.js'
import { CALENDARS, createBenchEngine } from './engine.mjs'
import { hasPostgres, startPostgres } from './postgres.mjs'

const OPEN = Date.parse('2026-11-20T14:30:00Z')
const SAMPLING_MS = 10_000
const BOOKS = 10
const HOURS = 1
const SYMBOLS_A_BOOK = 8
const METRICS = 20
const POINTS = 11_000
/** checkpoint_timeout of a server that nobody has tuned. */
const CHECKPOINT_MS = 300_000
const NO_END = new AbortController().signal

export async function benchSeries() {
  const { clickhouse, stop } = await startEmbeddedClickHouse({
    ...{ port: 0, temporaryDirectory: tmpdir(), signal: NO_END, onExit: () => undefined },
    childDirectory: fileURLToPath(new URL('../../dist/embedded', import.meta.url)),
  })
  const client = createClient({ url: clickhouse.url, log: { level: ClickHouseLogLevel.OFF } })
  try {
    console.table([await measureWriting(client)])
    console.table([await measureReading(client)])
  } finally {
    await client.close()
    await stop()
  }
  if (!hasPostgres) return console.log('the own Postgres is left out: apt-get install postgresql-15')
  const server = await startPostgres()
  const pool = new pg.Pool({ connectionString: server.dsn, max: 2 })
  // The server may be gone before its last session is.
  pool.on('error', () => undefined)
  try {
    await pool.query('CREATE SCHEMA quant')
    await migrateStore(pool)
    console.table([await measurePostgres(pool)])
  } finally {
    await pool.end()
    await server.stop()
  }
}

/** The same afternoon, and the same read, in the own Postgres. */
async function measurePostgres(pool) {
  const layout = layoutOf(DICTIONARY)
  const encoder = new SeriesEncoder(layout)
  const sink = new PostgresSink({ pool, layout, encoder, keptDays: 60, migrates: false })
  const sampler = new Sampler({ dictionary: DICTIONARY, calendars: CALENDARS, samplingMs: SAMPLING_MS })
  const numberOf = async (query) => Number(Object.values((await pool.query(query)).rows[0])[0])
  const walBytes = () => numberOf("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
  await sink.ping(NO_END)
  const walBefore = await walBytes()
  let [rows, samples, ticks] = [0, 0, 0]
  for (const frames of afternoon()) {
    const books = [...sampler.sample(frames)]
    const lines = books.flatMap((book) => encoder.encode(book))
    samples += books.reduce((sum, book) => sum + book.samples.length + 1, 0)
    rows += lines.length
    ticks += 1
    // As often as a server does by itself: after each the first change of a page is logged as the whole page.
    if (frames.stamp.at % CHECKPOINT_MS === 0) await pool.query('CHECKPOINT')
    await sink.write({ token: '', days: [dayOf(frames.stamp.at)], lines }, NO_END)
  }
  const wal = (await walBytes()) - walBefore
  const disk = await numberOf(
    "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'quant.quant_metrics_series'::regclass",
  )
  const metrics = DICTIONARY.filter(({ windows }) => windows === 'all').slice(0, METRICS)
  const last = OPEN + (POINTS - 1) * SAMPLING_MS
  for (let day = OPEN; day < last + 86_400_000; day += 86_400_000)
    await sink.write(
      { token: '', days: [dayOf(day)], lines: [encoder.gapLine({ strategyId: 'x', account: 'x' }, day)] },
      NO_END,
    )
  const insert = (window, values) =>
    pool.query(
      `INSERT INTO quant.quant_metrics_series SELECT 's', 'a', $1, to_timestamp((${OPEN} + n * ${SAMPLING_MS}) / 1000.0), $2, ${values} FROM generate_series(0, ${POINTS - 1}) n`,
      [window, layout.formulaSet],
    )
  await insert(
    '1d',
    `ARRAY(SELECT ((n * 7919 + k * 104729) % 100000)::real / 100 FROM generate_series(1, ${DICTIONARY.length}) k)`,
  )
  await insert('_frame', 'NULL')
  const reading = await timesOf(new PostgresSeriesReader(pool), metrics)
  return {
    rows,
    'bytes a row on disk': Math.round(disk / rows),
    'bytes a sample on disk': round(disk / samples, 1),
    'WAL bytes a book and second': round(wal / BOOKS / ((ticks * SAMPLING_MS) / 1000), 1),
    'WAL MiB/s for 100 books': round(((wal / BOOKS / ((ticks * SAMPLING_MS) / 1000)) * 100) / 2 ** 20, 3),
    ...reading,
  }
}

/** An afternoon of trading, sampled and written as the exporter does it: one batch each ten seconds. */
async function measureWriting(client) {
  const table = { database: 'written', cluster: undefined, isThinned: false }
  const sink = new ClickHouseSink({ client, table, timeoutMs: 60_000 })
  const sampler = new Sampler({ dictionary: DICTIONARY, calendars: CALENDARS, samplingMs: SAMPLING_MS })
  let [rows, textBytes, samplingMs, slowestMs, batches] = [0, 0, 0, 0, 0]
  for (const frames of afternoon()) {
    const startedAt = performance.now()
    const lines = [...sampler.sample(frames)].flatMap(encodeRows)
    const tookMs = performance.now() - startedAt
    samplingMs += tookMs
    slowestMs = Math.max(slowestMs, tookMs)
    rows += lines.length
    batches += 1
    for (const line of lines) textBytes += line.length + 1
    await sink.write({ token: `b${batches}`, days: [dayOf(frames.stamp.at)], lines }, NO_END)
  }
  await client.command({ query: `OPTIMIZE TABLE ${nameOf(table)} FINAL` })
  const columns = await rowsOf(
    client,
    `SELECT name, data_compressed_bytes AS bytes FROM system.columns WHERE database = 'written' AND data_compressed_bytes > 0`,
  )
  const [parts] = await rowsOf(
    client,
    `SELECT sum(bytes_on_disk) AS bytes, sum(rows) AS rows FROM system.parts WHERE database = 'written' AND active`,
  )
  // A part that is small holds its columns together, and nothing is known of each.
  if (columns.length > 0)
    console.table(
      columns
        .map(({ name, bytes }) => ({ column: name, 'bytes a sample': round(Number(bytes) / rows, 3) }))
        .sort((a, b) => b['bytes a sample'] - a['bytes a sample']),
    )
  return {
    books: BOOKS,
    hours: HOURS,
    samples: Number(parts.rows),
    'samples a book and tick': Math.round(rows / BOOKS / batches),
    'bytes a sample on disk': round(Number(parts.bytes) / rows, 2),
    'MB a book and day': round(((Number(parts.bytes) / BOOKS / HOURS) * 6.5) / 1e6, 2),
    'sampling ms a tick': round(samplingMs / batches, 2),
    'slowest ms': round(slowestMs, 1),
    'text bytes a sample': Math.round(textBytes / rows),
  }
}

/** Frames each ten seconds: prices that wander, fills now and then, snapshots each fifteen seconds. */
function* afternoon() {
  const random = randomFrom(7)
  const engine = createBenchEngine(OPEN)
  const books = Array.from({ length: BOOKS }, (_, index) => {
    const symbols = Array.from({ length: SYMBOLS_A_BOOK }, (_, number) => `B${index}S${number}`)
    return {
      index,
      account: `account-${index}`,
      strategyId: `strategy-${index}`,
      symbols,
      held: new Map(),
      cash: 1_000_000,
    }
  })
  const prices = new Map(books.flatMap(({ symbols }) => symbols.map((symbol) => [symbol, 50 + 200 * random()])))
  for (let at = OPEN; at <= OPEN + HOURS * 3_600_000; at += 5_000) {
    for (const [symbol, price] of prices) prices.set(symbol, price * (1 + (random() - 0.5) * 4e-4))
    const facts = books.flatMap((book) => factsOf(book, at, prices, random))
    if (facts.length > 0) engine.apply(facts)
    engine.demand()
    engine.applyPrices(
      [...prices].map(([symbol, price]) => ({ symbol, ats: [at], closesE8: [scaled(price, 1e4, 10_000n)] })),
    )
    if (at % SAMPLING_MS === 0) yield engine.tick(at, { ordersAsOf: at, feedsAsOf: at, lacking: new Map() })
  }
}

function factsOf(book, at, prices, random) {
  const { strategyId, account, symbols, held } = book
  const facts = []
  if (at === OPEN || random() < 0.08) {
    const symbol = symbols[Math.floor(random() * symbols.length)]
    const isBuy = (held.get(symbol) ?? 0) <= 0 || random() < 0.4
    const lots = 10 * (1 + Math.floor(random() * 10))
    const price = Math.round(prices.get(symbol) * 100) / 100
    held.set(symbol, (held.get(symbol) ?? 0) + (isBuy ? lots : -lots))
    book.cash -= (isBuy ? lots : -lots) * price
    const qty = BigInt(lots) * 1_000_000_000n
    facts.push({
      ...{
        fact: 'execution',
        executionId: `${strategyId}-${at}`,
        strategyId,
        account,
        symbol,
        side: isBuy ? 'buy' : 'sell',
      },
      ...{ submittedQty: qty, filledQty: qty, avgFillPrice: scaled(price, 100, 1_000_000n), status: 'filled', at },
      ...{ submittedAt: at - 700, filledAt: at - 200, endedAt: at - 200 },
    })
  }
  if (at % 15_000 === 0) {
    const positions = [...held].filter(([, lots]) => lots !== 0)
    const value = positions.reduce((sum, [symbol, lots]) => sum + lots * prices.get(symbol), 0)
    facts.push({
      ...{ fact: 'position_snapshot', account, at, equity: money(book.cash + value), cash: money(book.cash) },
      positions: positions.map(([symbol, lots]) => ({
        ...{ symbol, qty: BigInt(lots) * 1_000_000_000n, mark: scaled(prices.get(symbol), 1e4, 10_000n) },
      })),
    })
  }
  return facts
}

function scaled(number, digits, rest) {
  return BigInt(Math.round(number * digits)) * rest
}

function money(dollars) {
  return BigInt(Math.round(dollars * 100)) * 10n ** 15n
}

/** Twenty metrics that change in each of 11,000 steps, from the reader to the values on their points. */
async function measureReading(client) {
  const table = { database: 'read', cluster: undefined, isThinned: false }
  const sink = new ClickHouseSink({ client, table, timeoutMs: 60_000 })
  await sink.ping(NO_END)
  const metrics = DICTIONARY.filter(({ windows }) => windows === 'all').slice(0, METRICS)
  const insert = `INSERT INTO ${nameOf(table)} (strategy_id, account, metric, window, decimals, ts, value, status, formula_version)`
  const row = (metric, window) =>
    `SELECT 's', 'a', '${metric}', '${window}', 2, fromUnixTimestamp64Milli(toInt64(${OPEN} + number * ${SAMPLING_MS})), toInt64(cityHash64(number, '${metric}') % 100000), 'ok', 'v1' FROM numbers(${POINTS})`
  for (const { name } of metrics) await client.command({ query: `${insert} ${row(name, '1d')}` })
  await client.command({ query: `${insert} ${row('_frame', 'level')}` })
  await client.command({ query: `OPTIMIZE TABLE ${nameOf(table)} FINAL` })
  const reader = new ClickHouseReader({ client, table, timeoutMs: 60_000, samplingMs: SAMPLING_MS })
  return { metrics: metrics.length, points: POINTS, ...(await timesOf(reader, metrics)) }
}

async function timesOf(reader, metrics) {
  const query = {
    ...{ strategyId: 's', account: 'a', window: '1d', metrics, stepMs: SAMPLING_MS },
    ...{ firstAt: OPEN, lastAt: OPEN + (POINTS - 1) * SAMPLING_MS },
  }
  const times = []
  let known = 0
  for (let run = 0; run < 12; run += 1) {
    const startedAt = performance.now()
    const columns = await reader.read(query)
    times.push(performance.now() - startedAt)
    known = columns.reduce((sum, { values }) => sum + values.filter((value) => value !== null).length, 0)
  }
  const sorted = times.slice(2).sort((a, b) => a - b)
  return {
    'values read': known,
    'median ms': Math.round(sorted[Math.floor(sorted.length / 2)]),
    'fastest ms': Math.round(sorted[0]),
    'slowest ms': Math.round(sorted.at(-1)),
  }
}

async function rowsOf(client, query) {
  const answer = await client.query({ query, format: 'JSON' })
  return (await answer.json()).data
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function randomFrom(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function round(value, decimals) {
  return Number(value.toFixed(decimals))
}
