import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  createClient,
} from '@clickhouse/client'

import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import { startTestEngines } from '../support/embedded.js'

let engines: EmbeddedEngines
let client: ClickHouseClient

beforeAll(async () => {
  engines = await startTestEngines()
  client = connect()
})
afterEach(() => engines.clickhouse.setFault(undefined))
afterAll(async () => {
  await client.close()
  await engines.stop()
})

/** A client as production makes it, but silent about the errors that these tests cause. */
function connect(options: ClickHouseClientConfigOptions = {}): ClickHouseClient {
  const log = { level: ClickHouseLogLevel.OFF }
  return createClient({ url: engines.clickhouse.url, database: 'torghut', log, ...options })
}

const COLUMNS = "symbol LowCardinality(String), event_ts DateTime64(3, 'UTC'), seq UInt64, c Float64"

/** The rows of a query through the client, as production reads them. */
async function select<Row>(query: string, query_params: Record<string, unknown> = {}, from = client): Promise<Row[]> {
  const result = await from.query({ query, query_params, format: 'JSONEachRow' })
  return result.json<Row>()
}

async function createBars(table: string): Promise<void> {
  await client.command({ query: `CREATE TABLE ${table} (${COLUMNS}) ENGINE = MergeTree ORDER BY (symbol, event_ts)` })
  const values = Array.from({ length: 1000 }, (_, index) => ({
    symbol: `SYM${index % 4}`,
    event_ts: new Date(1_700_000_000_000 + index * 1000 + 5).toISOString().replace('T', ' ').replace('Z', ''),
    seq: index,
    c: index / 8,
  }))
  await client.insert({ table, values, format: 'JSONEachRow' })
}

test('answers a ping, by its path and by a statement', async () => {
  expect(await client.ping()).toEqual({ success: true })
  expect(await client.ping({ select: true })).toEqual({ success: true })
})

test('has the database torghut from the start', async () => {
  expect(await select('SELECT currentDatabase() AS name')).toEqual([{ name: 'torghut' }])
})

test('creates, inserts a thousand rows and selects them by an instant in milliseconds', async () => {
  await createBars('ta_microbars')
  expect(await select('SHOW TABLES')).toEqual([{ name: 'ta_microbars' }])
  const query = `
    SELECT symbol, toUnixTimestamp64Milli(event_ts) AS at, seq, c FROM ta_microbars
    WHERE event_ts > fromUnixTimestamp64Milli({t:Int64}) AND symbol IN {symbols:Array(String)} ORDER BY event_ts`
  const rows = await select(query, { t: 1_700_000_997_004, symbols: ['SYM1', 'SYM2', 'SYM3'] })
  expect(rows).toEqual([
    { symbol: 'SYM1', at: '1700000997005', seq: '997', c: 124.625 },
    { symbol: 'SYM2', at: '1700000998005', seq: '998', c: 124.75 },
    { symbol: 'SYM3', at: '1700000999005', seq: '999', c: 124.875 },
  ])
})

test('inserts a packed body as well', async () => {
  const packing = connect({ compression: { request: true } })
  await packing.command({ query: 'CREATE TABLE packed (n UInt32) ENGINE = Memory' })
  const values = Array.from({ length: 1000 }, (_, n) => ({ n }))
  await packing.insert({ table: 'packed', values, format: 'JSONEachRow' })
  await packing.close()
  expect(await select('SELECT count() AS rows, sum(n) AS total FROM packed')).toEqual([
    { rows: '1000', total: '499500' },
  ])
})

test('gives back every text that a parameter can hold', async () => {
  const texts = ["it's", 'back\\slash', 'tab\tline\n', 'ünï → ✓', "'; DROP TABLE ta_microbars; --", '', '\\N', 'nul\0.']
  for (const text of texts) {
    expect(await select('SELECT {text:String} AS text, {list:Array(String)} AS list', { text, list: [text] })).toEqual([
      { text, list: [text] },
    ])
  }
})

test('keeps the milliseconds of a time, and null', async () => {
  const query = "SELECT toString({at:DateTime64(3, 'UTC')}) AS at, {none:Nullable(String)} AS none"
  expect(await select(query, { at: new Date(1_700_000_000_123), none: null })).toEqual([
    { at: '2023-11-14 22:13:20.123', none: null },
  ])
})

test('answers errors with ClickHouse’s code, name and text', async () => {
  await expect(select('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' })
  await expect(select('SELEC 1')).rejects.toMatchObject({ code: '62', type: 'SYNTAX_ERROR' })
  await expect(select('SELECT {x:Int64}')).rejects.toMatchObject({ code: '456', type: 'UNKNOWN_QUERY_PARAMETER' })
  await expect(select('SELECT throwIf(1)')).rejects.toMatchObject({ code: '395' })
  const elsewhere = connect({ database: 'elsewhere' })
  await expect(select('SELECT 1', {}, elsewhere)).rejects.toMatchObject({ code: '81', type: 'UNKNOWN_DATABASE' })
  await elsewhere.close()
})

test('refuses a setting that the client sends', async () => {
  const query = client.query({ query: 'SELECT 1', clickhouse_settings: { max_threads: 1 } })
  await expect(query).rejects.toMatchObject({
    code: '164',
    type: 'READONLY',
    message: "Cannot modify 'max_threads' setting in readonly mode. ",
  })
})

test('carries nothing over from one statement to the next', async () => {
  await client.command({ query: 'SET max_threads = 3' })
  await select('SELECT {leaked:Int64} AS n SETTINGS max_block_size = 17', { leaked: 1 })
  expect(await select("SELECT value FROM system.settings WHERE name = 'max_block_size'")).not.toEqual([{ value: '17' }])
  expect(await select("SELECT value FROM system.settings WHERE name = 'max_threads'")).not.toEqual([{ value: '3' }])
  await expect(select('SELECT {leaked:Int64} AS n')).rejects.toMatchObject({ code: '456' })
})

test('does not write by GET', async () => {
  const query = encodeURIComponent('CREATE TABLE torghut.by_get (n UInt8) ENGINE = Memory')
  const response = await fetch(`${engines.clickhouse.url}/?query=${query}`)
  expect(response.headers.get('x-clickhouse-exception-code')).toBe('164')
  await response.text()
  expect(await select("SELECT count() AS n FROM system.tables WHERE name = 'by_get'")).toEqual([{ n: '0' }])
})

test('answers 12 MB whole', async () => {
  const rows = await select<{ n: string; text: string }>(
    "SELECT number AS n, repeat('x', 50) AS text FROM numbers(150000)",
  )
  expect([rows.length, rows.at(-1)]).toEqual([150_000, { n: '149999', text: 'x'.repeat(50) }])
})

test('gives each of many concurrent clients its own answers', async () => {
  const clients = Array.from({ length: 8 }, () => connect())
  const answers = await Promise.all(
    clients.flatMap((each, index) =>
      Array.from({ length: 10 }, (_, turn) => select('SELECT {n:Int32} AS n', { n: index * 10 + turn }, each)),
    ),
  )
  for (const each of clients) await each.close()
  expect(answers).toEqual(Array.from({ length: 80 }, (_, n) => [{ n }]))
})

test('meets the faults that it is told to, and is well again after', async () => {
  const { setFault } = engines.clickhouse
  await setFault({ kind: 'status', status: 500 })
  await expect(select('SELECT 1')).rejects.toMatchObject({ code: '1002', type: 'UNKNOWN_EXCEPTION' })
  await setFault({ kind: 'garbage' })
  await expect(select('SELECT 1')).rejects.toThrow(/JSON/)
  await setFault({ kind: 'half_body' })
  await expect(select('SELECT number FROM numbers(1000)')).rejects.toThrow()
  await setFault(undefined)
  expect(await select('SELECT 1 AS one')).toEqual([{ one: 1 }])
})
