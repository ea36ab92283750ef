// How long a start takes on a large history: the real source and the real core, with what they cost the process.
import { setImmediate as immediate } from 'node:timers/promises'
import { LedgerCheckpoints } from '../../dist/app/checkpoints/ledger-checkpoints.js'
import { TickTurn } from '../../dist/app/tick-turn.js'
import { historyFrom } from '../../dist/domain/history.js'
import { openTorghutPool } from '../../dist/ingest/postgres/pool.js'
import { TorghutSource } from '../../dist/ingest/postgres/torghut-source.js'
import { openStorePool } from '../../dist/stores/postgres/client.js'
import { migrateStore } from '../../dist/stores/postgres/migrate.js'
import { CALENDARS, createBenchEngine } from './engine.mjs'
import { watchLoop } from './loop-watch.mjs'
import { fillHistory, hasPostgres, startPostgres } from './postgres.mjs'

const T = Date.parse('2026-11-20T19:30:00Z')
const ORDERS = 200_000
const SNAPSHOTS = 100_000

/** Two years of the same: what ledger checkpoints are for. */
const LONG_DAYS = 730

export async function benchHydration() {
  if (!hasPostgres) return console.log('hydration is left out: apt-get install postgresql-15')
  const server = await startPostgres()
  try {
    await fillHistory(server.dsn, { at: T, books: 10, orders: ORDERS, snapshots: SNAPSHOTS })
    console.table([await measure(server)])
  } finally {
    await server.stop()
  }
  await benchCheckpoints()
}

/** A start on a long history from the first row on, what it leaves in the store, and a start from that. */
async function benchCheckpoints() {
  const server = await startPostgres()
  try {
    await fillHistory(server.dsn, { at: T, books: 10, orders: ORDERS, snapshots: SNAPSHOTS, days: LONG_DAYS })
    const store = openBenchStore(server)
    await migrateStore(store)
    console.table([await measureStart(server, store), await measureStart(server, store)])
    const { rows } = await store.query(
      'SELECT sum(orders)::int AS "orders spared", sum(octet_length(state))::int AS bytes FROM quant.quant_ledger_checkpoints',
    )
    console.table(rows)
    await store.end()
  } finally {
    await server.stop()
  }
}

async function measureStart(server, store) {
  const pool = openBenchPool(server)
  const engine = createBenchEngine(T)
  const torghut = openSource(pool, engine)
  const log = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error }
  const checkpoints = new LedgerCheckpoints({
    ...{ engine, turn: new TickTurn(), torghut, pool: store, shard: { index: 0, count: 1 } },
    ...{ madeBy: 'bench', calendars: CALENDARS, log },
  })
  const watch = watchLoop()
  const startedMs = performance.now()
  const seconds = () => round((performance.now() - startedMs) / 1000)
  const read = new Map()
  const reached = {}
  const start = await checkpoints.startAt(T)
  await torghut.hydrate(T, {
    ...{ historyFrom: historyFrom(CALENDARS, T), signal: new AbortController().signal, start },
    onPositions: async () => {
      while (engine.settleOne()) await immediate()
      reached.positions = seconds()
    },
    onProgress: ({ stage, done }) => read.set(stage, done),
  })
  const total = seconds()
  const { longestBlockMs, peakRssMb } = watch.stop()
  const frames = engine.tick(T, { ordersAsOf: T, feedsAsOf: T, lacking: new Map() })
  const digests = [...frames.books.values()].map(({ inputsDigest }) => inputsDigest)
  const writing = watchLoop()
  const writeStartedMs = performance.now()
  await checkpoints.write(T, (work) => work(async (text, values = []) => (await store.query(text, [...values])).rows))
  const writeMs = Math.round(performance.now() - writeStartedMs)
  const ofWriting = writing.stop()
  await pool.end()
  return {
    'begun with': start === undefined ? 'the first row' : 'checkpoints',
    'orders read': read.get('executions'),
    'positions s': reached.positions,
    'all s': total,
    'longest block ms': longestBlockMs,
    'peak RSS MB': peakRssMb,
    'writing ms': writeMs,
    'its longest block ms': ofWriting.longestBlockMs,
    digests: digests.join('').slice(0, 12),
  }
}

function openBenchStore({ port }) {
  const address = { host: '127.0.0.1', port, database: 'postgres', user: 'postgres', password: undefined }
  return openStorePool({ connection: { ...address, tls: { mode: 'disable' } }, timeoutMs: 60_000 }, () => undefined)
}

async function measure(server) {
  const pool = openBenchPool(server)
  const engine = createBenchEngine(T)
  const source = openSource(pool, engine)
  const watch = watchLoop()
  const startedMs = performance.now()
  const seconds = () => round((performance.now() - startedMs) / 1000)
  const reached = {}
  await source.hydrate(T, {
    historyFrom: historyFrom(CALENDARS, T),
    signal: new AbortController().signal,
    onPositions: async () => {
      while (engine.settleOne()) await immediate()
      reached.positions = seconds()
    },
    onProgress: () => undefined,
  })
  const total = seconds()
  const { longestBlockMs, peakRssMb } = watch.stop()
  const reconcileStartedMs = performance.now()
  const scanning = watchLoop()
  await source.reconcile(T, {
    historyFrom: historyFrom(CALENDARS, T),
    signal: new AbortController().signal,
    onReconciled: (table, kind, count) => {
      throw new Error(`${count} rows of ${table} are ${kind}`)
    },
  })
  const reconcileMs = Math.round(performance.now() - reconcileStartedMs)
  const ofScan = scanning.stop()
  const firstTick = performance.now()
  engine.tick(T, { ordersAsOf: T, feedsAsOf: T, lacking: new Map() })
  const tickMs = Math.round(performance.now() - firstTick)
  await pool.end()
  return {
    orders: ORDERS,
    snapshots: SNAPSHOTS,
    'positions s': reached.positions,
    'all s': total,
    'rows/s': Math.round((ORDERS + SNAPSHOTS) / total),
    'longest block ms': longestBlockMs,
    'peak RSS MB': peakRssMb,
    'reconcile ms': reconcileMs,
    'its longest block ms': ofScan.longestBlockMs,
    'first tick ms': tickMs,
  }
}

export function openSource(pool, engine, { onStatement = () => undefined, wallNow = () => Date.now() } = {}) {
  return new TorghutSource({
    pool,
    sink: engine,
    overlapMs: 30_000,
    decisionOverlapMs: 300_000,
    wallNow,
    onStatement,
  })
}

export function openBenchPool({ port }) {
  return openTorghutPool(
    { host: '127.0.0.1', port, database: 'postgres', user: 'postgres', password: undefined, tls: { mode: 'disable' } },
    () => undefined,
  )
}

function round(value) {
  return Math.round(value * 100) / 100
}
