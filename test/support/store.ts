import pg from 'pg'
import type { JudgedAlerts } from '../../src/app/materialize/alert-rows.js'
import { LatestStore } from '../../src/app/materialize/latest-store.js'
import type { StoreConfig } from '../../src/config/store.js'
import { createCalendars } from '../../src/domain/calendars.js'
import type { FrameReader } from '../../src/domain/ports.js'
import { ONLY_SHARD, ShardOwnership } from '../../src/domain/shards.js'
import { SelfMetrics } from '../../src/exporter/self-metrics.js'
import { openStorePool } from '../../src/stores/postgres/client.js'
import { migrateStore } from '../../src/stores/postgres/migrate.js'
import { SMALL_DICTIONARY } from './frames.js'
import type { PostgresServer } from './postgres-server.js'

/** A new database for stores on a test's server. */
export async function createStoreDatabase(server: PostgresServer, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: server.dsn })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.end()
  return server.dsn.replace('/postgres?', `/${name}?`)
}

/** A store's configuration as a DSN of a test's server gives it. */
export function storeConfig(dsn: string, parts: Partial<StoreConfig> = {}): StoreConfig {
  const { hostname, port, pathname, username } = new URL(dsn)
  return {
    connection: {
      ...{ host: hostname, port: Number(port), database: pathname.slice(1), user: username, password: undefined },
      tls: { mode: 'disable' },
    },
    ...{ timeoutMs: 2_000, migrates: true, latestPeriodMs: 1_000 },
    ...parts,
  }
}

export interface RunningStore {
  readonly store: LatestStore
  readonly log: readonly string[]
  readonly metrics: () => Promise<string>
  stop(): Promise<void>
}

/** The newest values being written, from a reader of the test's. */
export async function startStore(
  dsn: string,
  reader: FrameReader | (() => FrameReader),
  parts: Partial<StoreConfig> = {},
  alerts?: JudgedAlerts,
): Promise<RunningStore> {
  const log: string[] = []
  const write = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields ?? {})}`)
  const now = typeof reader === 'function' ? reader : () => reader
  const selfMetrics = new SelfMetrics({ version: '0', revision: '0', shard: ONLY_SHARD, tiers: ['light'] })
  const config = storeConfig(dsn, parts)
  const pool = openStorePool(config, () => undefined)
  const store = new LatestStore({
    ...{
      config,
      pool,
      ownership: new ShardOwnership(ONLY_SHARD),
      dictionary: SMALL_DICTIONARY,
      calendars: createCalendars(),
    },
    reader: {
      frames: () => now().frames(),
      strategies: () => now().strategies(),
      health: () => now().health(),
      now: () => now().now(),
    },
    clock: { speed: 1 },
    alerts,
    metrics: selfMetrics.stores,
    maxStalenessMs: 15_000,
    log: { debug: write, info: write, warn: write, error: write },
    random: () => 0,
  })
  store.start()
  return {
    store,
    log,
    metrics: () => selfMetrics.render(),
    async stop() {
      await store.stop()
      await pool.end()
    },
  }
}

/** A connection to a store whose schema is up to date. */
export async function openedStore(dsn: string): Promise<pg.Pool> {
  const pool = openStorePool(storeConfig(dsn), () => undefined, 4)
  await migrateStore(pool)
  return pool
}
