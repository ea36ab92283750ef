// What keeping the newest values costs a Postgres 15: WAL, rows, and how many of the updates stay in their page, with a
// hundred books at the pace of a live demo. Beside it what the program before this one wrote.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { LatestStore } from '../../dist/app/materialize/latest-store.js'
import { DICTIONARY } from '../../dist/compute/dictionary.js'
import { ShardOwnership } from '../../dist/domain/shards.js'
import { SelfMetrics } from '../../dist/exporter/self-metrics.js'
import { openStorePool } from '../../dist/stores/postgres/client.js'
import { T } from './book-history.mjs'
import { CALENDARS } from './engine.mjs'
import { createWorld } from './live-books.mjs'
import { hasPostgres, startPostgres } from './postgres.mjs'

const BOOKS = 100
const PERIOD_MS = 10_000
const INCUMBENT = { 'WAL MiB/s': 0.603, 'rows updated a minute': 33_012 }

export async function benchStore({ minutes }) {
  if (!hasPostgres) {
    console.log('store: left out, there is no Postgres 15 (apt-get install postgresql-15)')
    return
  }
  const server = await startPostgres()
  try {
    await measure(server, minutes)
  } finally {
    await server.stop()
  }
}

async function measure({ port, dsn }, minutes) {
  const world = createWorld(BOOKS)
  let frames = world.tick(T)
  const selfMetrics = new SelfMetrics({ version: '0', revision: '0', shard: { index: 0, count: 1 }, tiers: [] })
  const connection = {
    ...{ host: '127.0.0.1', port, database: 'postgres', user: 'postgres', password: undefined },
    tls: { mode: 'disable' },
  }
  const config = { connection, timeoutMs: 5_000, migrates: true, latestPeriodMs: PERIOD_MS }
  const failures = []
  const pool = openStorePool(config, () => undefined)
  const store = new LatestStore({
    ...{
      config,
      pool,
      ownership: new ShardOwnership({ index: 0, count: 1 }),
      dictionary: DICTIONARY,
      calendars: CALENDARS,
      metrics: selfMetrics.stores,
    },
    reader: {
      frames: () => frames,
      strategies: () => world.strategies(),
      health: () => ({ stages: [store.health(frames.stamp.at)] }),
      now: () => frames.stamp.at,
    },
    ...{ clock: { speed: 1 }, maxStalenessMs: 15_000, random: Math.random },
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message) => failures.push(message),
      error: (message, fields) => failures.push(`${message} ${JSON.stringify(fields)}`),
    },
  })
  const admin = new pg.Client({ connectionString: dsn })
  await admin.connect()
  store.start()
  let now = T
  const live = async (untilMs) => {
    for (; performance.now() < untilMs; now += 1000) {
      const dueMs = performance.now() + 1000
      frames = world.tick(now + 1000)
      await sleep(Math.max(0, dueMs - performance.now()))
    }
  }
  // The first round writes everything and comes once in a process's life.
  while (store.health(now).verifiedAt === null) await live(performance.now() + 1000)
  const before = await counts(admin)
  const startedMs = performance.now()
  await live(startedMs + minutes * 60_000)
  const seconds = (performance.now() - startedMs) / 1000
  const after = await counts(admin)
  const updates = after.updates - before.updates
  console.log(`\nstore: ${BOOKS} books for ${minutes} min, the newest values each ${PERIOD_MS / 1000} s`)
  console.table({
    'this one': {
      'WAL MiB/s': round((after.wal - before.wal) / 2 ** 20 / seconds, 4),
      'rows updated a minute': Math.round((updates * 60) / seconds),
      'HOT %': round((100 * (after.hot - before.hot)) / updates, 1),
      'table MiB': round(after.bytes / 2 ** 20, 1),
    },
    incumbent: INCUMBENT,
    aim: { 'WAL MiB/s': '≤ 0.05' },
  })
  if (failures.length > 0) console.log(`it failed ${failures.length} times: ${failures[0]}`)
  await store.stop()
  await pool.end()
  await admin.end()
}

async function counts(admin) {
  // The server counts with a delay, and what one reads of it is kept for a transaction.
  await sleep(1_500)
  const { rows } = await admin.query(
    `SELECT (pg_current_wal_lsn() - '0/0')::float8 AS wal, sum(n_tup_upd)::float8 AS updates, sum(n_tup_hot_upd)::float8 AS hot,
            pg_total_relation_size('quant.quant_metrics_latest')::float8 AS bytes
       FROM pg_stat_user_tables WHERE schemaname = 'quant'`,
  )
  return rows[0]
}

function round(value, decimals) {
  return Number(value.toFixed(decimals))
}
