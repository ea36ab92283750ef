import pg from 'pg'
import { createCalendars } from '../../src/domain/calendars.js'
import { SECOND_MS } from '../../src/domain/time.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import { createIncidentLog } from '../../src/simulator/incidents/incident-log.js'
import { createDensity } from '../../src/simulator/market/density.js'
import { createMarket } from '../../src/simulator/market/market.js'
import { createSimulation } from '../../src/simulator/simulation.js'
import { createSimulator } from '../../src/simulator/simulator.js'
import { openClickHouseStore, openPostgresStore } from '../../src/simulator/stores.js'
import { installClickHouse } from '../../src/simulator/torghut/install.js'
import { createTaWriter } from '../../src/simulator/torghut/ta-writer.js'
import { startTestEngines } from '../support/embedded.js'

const SEED = 7
const calendars = createCalendars()
const START = Date.parse('2026-11-20T18:00:00Z')
const FIRST = calendars.XNYS.sessionBefore(START, 25).opensAt
const clock = { now: () => START, speed: 1 }

let engines: EmbeddedEngines
let pool: pg.Pool
const durations: { statement: string; tookMs: number }[] = []

beforeAll(async () => {
  engines = await startTestEngines()
  pool = new pg.Pool({ connectionString: engines.postgres.dsn, max: 1 })
})
afterAll(async () => {
  await pool.end()
  await engines.stop()
})

/** The same function, its calls timed under the statement that they send. */
function timed<Arguments extends readonly unknown[], Result>(run: (...given: Arguments) => Promise<Result>) {
  return async (...given: Arguments): Promise<Result> => {
    const startedAt = performance.now()
    const result = await run(...given)
    const statement = String(given[0]).split('\n')[0]?.slice(0, 60) ?? ''
    durations.push({ statement, tookMs: performance.now() - startedAt })
    return result
  }
}

async function select<Row>(sql: string): Promise<Row[]> {
  const store = openClickHouseStore({ url: engines.clickhouse.url, database: 'torghut' })
  const rows = await store.query(sql, {})
  await store.close()
  return rows as Row[]
}

async function countOf(table: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)
  return rows[0]?.count ?? 0
}

test('loads twenty-five sessions, and prints how long that and its statements took', async () => {
  const postgres = openPostgresStore(engines.postgres.dsn)
  const clickhouse = openClickHouseStore({ url: engines.clickhouse.url, database: 'torghut' })
  const simulator = createSimulation(
    {
      postgres: { ...postgres, query: timed(postgres.query) },
      clickhouse: { ...clickhouse, command: timed(clickhouse.command), insert: timed(clickhouse.insert) },
      database: 'torghut',
    },
    { calendars, clock, seed: SEED },
  )
  const startedAt = performance.now()
  await simulator.loadHistory()
  const tookMs = performance.now() - startedAt
  for (let second = 1; second <= 10; second += 1) await simulator.advanceTo(START + second * SECOND_MS)
  await simulator.stop()

  const [bars, signals] = await Promise.all(
    ['ta_microbars', 'ta_signals'].map((table) =>
      select<{ rows: string }>(`SELECT count() AS rows FROM torghut.${table}`),
    ),
  )
  const counts = {
    bars: Number(bars?.[0]?.rows),
    signals: Number(signals?.[0]?.rows),
    decisions: await countOf('trade_decisions'),
    executions: await countOf('executions'),
    snapshots: await countOf('position_snapshots'),
  }
  const slowest = durations.toSorted((a, b) => b.tookMs - a.tookMs).slice(0, 3)
  const slow = slowest.map(({ statement, tookMs: ms }) => `${Math.round(ms)} ms ${statement}`)
  console.info(`history in ${Math.round(tookMs)} ms, ${durations.length} statements, the slowest: ${slow.join('; ')}`)
  console.info(JSON.stringify(counts))
  expect(counts.bars).toBeGreaterThan(1_500_000)
  expect(counts.signals).toBeGreaterThan(1_300_000)
  expect(counts.decisions).toBeGreaterThan(counts.executions)
  expect(counts.executions).toBeGreaterThan(5_000)
  expect(counts.snapshots).toBeGreaterThan(15_000)
}, 120_000)

test('prices in SQL equal those in JavaScript, in bars and in quotes, whatever the symbol and the time', async () => {
  const market = createMarket(calendars, SEED, FIRST)
  const sample = 'cityHash64(symbol, event_ts) % 500 = 0'
  const at = 'toInt64(toUnixTimestamp64Milli(event_ts)) AS at'
  const bars = await select<{ symbol: string; at: string; c: number }>(
    `SELECT symbol, ${at}, c FROM torghut.ta_microbars WHERE ${sample}`,
  )
  const signals = await select<{ symbol: string; at: string; bid: number; ask: number }>(
    `SELECT symbol, ${at}, imbalance_bid_px AS bid, imbalance_ask_px AS ask FROM torghut.ta_signals WHERE ${sample}`,
  )
  expect(bars.length).toBeGreaterThan(2_000)
  expect(new Set(bars.map(({ symbol }) => symbol)).size).toBe(100)
  expect(bars.map(({ c }) => c)).toEqual(bars.map((bar) => Number(market.priceE8(bar.symbol, Number(bar.at))) / 1e8))
  const quotes = signals.map((signal) => market.quote(signal.symbol, Number(signal.at)))
  expect(signals.map(({ bid, ask }) => [bid, ask])).toEqual(
    quotes.map(({ bidE8, askE8 }) => [Number(bidE8) / 1e8, Number(askE8) / 1e8]),
  )
})

test('moves that a drawdown makes are the same in SQL as in JavaScript', async () => {
  const shocked = createMarket(calendars, SEED, FIRST)
  const at = START + 1_000
  shocked.shock(
    new Map([
      ['AAPL', -123_457],
      ['XLK', 77_777],
      ['BTC/USD', -500_000],
    ]),
    at,
    Infinity,
  )
  shocked.turnShocks(at + 90_000, at + 150_000)
  shocked.shock(new Map([['AAPL', 31_000]]), at + 400_000, Infinity)
  const store = openClickHouseStore({ url: engines.clickhouse.url, database: 'shocked' })
  await installClickHouse(store, 'shocked')
  const densities = { XNYS: createDensity(calendars.XNYS, START), '24x7': createDensity(calendars['24x7'], START) }
  const ta = createTaWriter({
    ...{ store, database: 'shocked', market: shocked, densities, firstAt: START },
    ...{ incidents: createIncidentLog(), stopped: () => false },
  })
  await ta.prepare()
  await ta.writeUntil('bars', START + 30 * 60_000)
  await store.close()
  const bars = await select<{ symbol: string; at: string; c: number }>(
    `SELECT symbol, toInt64(toUnixTimestamp64Milli(event_ts)) AS at, c FROM shocked.ta_microbars
     WHERE symbol IN ('AAPL', 'XLK', 'BTC/USD', 'MSFT')`,
  )
  expect(bars.length).toBeGreaterThan(4 * 1_600)
  expect(bars.map(({ c }) => c)).toEqual(bars.map((bar) => Number(shocked.priceE8(bar.symbol, Number(bar.at))) / 1e8))
  const closes = bars.filter(({ symbol }) => symbol === 'BTC/USD').map(({ c }) => c)
  expect(Math.min(...closes) / Math.max(...closes)).toBeLessThan(0.75)
})

test('has one bar a minute and symbol in sessions only, and quotes that a mid can be taken from', async () => {
  const [minutes] = await select<Record<string, string>>(
    `SELECT count() AS rows, uniqExact(symbol, event_ts) AS keys, countIf(toSecond(event_ts) != 0) AS seconds,
       countIf(symbol NOT LIKE '%/%' AND (toHour(event_ts) < 13 OR toHour(event_ts) > 21 OR toDayOfWeek(event_ts) > 5)) AS closed
     FROM torghut.ta_microbars WHERE event_ts < fromUnixTimestamp64Milli(${START - 3_600_000})`,
  )
  expect(minutes).toMatchObject({ keys: minutes?.rows, seconds: '0', closed: '0' })
  const [quotes] = await select<Record<string, string>>(
    `SELECT countIf(imbalance_bid_px <= 0 OR imbalance_ask_px < imbalance_bid_px) AS crossed,
       countIf((imbalance_ask_px - imbalance_bid_px) / imbalance_bid_px > 0.005) AS wide, countIf(source != 'ta') AS other
     FROM torghut.ta_signals`,
  )
  expect(quotes).toEqual({ crossed: '0', wide: '0', other: '0' })
})

test('begins anew over its own rows, and leaves those of somebody else alone', async () => {
  const open = () =>
    createSimulator({
      dsn: engines.postgres.dsn,
      clickhouse: { url: engines.clickhouse.url, database: 'torghut' },
      ...{ calendars, clock, seed: SEED, sessions: 1 },
    })
  const again = open()
  await again.loadHistory()
  await again.stop()
  const executions = await countOf('executions')
  expect(executions).toBeGreaterThan(100)
  expect(executions).toBeLessThan(2_000)

  await pool.query(`UPDATE strategies SET description = 'mine' WHERE name = 'mean-reversion'`)
  const refused = open()
  await expect(refused.loadHistory()).rejects.toMatchObject({ code: 'refused' })
  await refused.stop()
  expect(await countOf('executions')).toBe(executions)
})

test('says in a sentence that a database cannot be reached, without its password', async () => {
  const unreachable = createSimulator({
    dsn: 'postgresql://user:secret@127.0.0.1:1/postgres?sslmode=disable',
    clickhouse: { url: engines.clickhouse.url, database: 'torghut' },
    ...{ calendars, clock, seed: SEED, sessions: 1 },
  })
  const failure = await unreachable.loadHistory().catch((error: unknown) => error)
  expect(failure).toMatchObject({
    code: 'source_query_failed',
    message: expect.stringContaining('could not use its Postgres'),
  })
  expect(String(failure)).not.toContain('secret')
  await unreachable.stop()
})
