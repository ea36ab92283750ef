import type pg from 'pg'
import type { Config } from '../../config/config.js'
import type { StoredReader } from '../../domain/ports.js'
import { describeError } from '../../lib/logger.js'
import type { Releasers } from '../../lib/releasers.js'
import { findAlerts } from '../../stores/postgres/alerts.js'
import { openStorePool } from '../../stores/postgres/client.js'
import { readStrategies } from '../../stores/postgres/strategies.js'
import { LatestStore, type LatestStoreOptions } from './latest-store.js'

/** The own Postgres as the rest of the process uses it. */
export interface OpenStore {
  readonly latest: LatestStore
  readonly reader: StoredReader
}

type StoreOptions = Omit<LatestStoreOptions, 'config' | 'pool'> & {
  readonly config: Config
  readonly releasers: Releasers
  readonly pool: pg.Pool | undefined
}

/** Sessions on the store that is configured, for reading and for what is not the writer's; none is opened before it is needed. */
export function openSharedPool({
  config,
  releasers,
  log,
}: Pick<StoreOptions, 'config' | 'releasers' | 'log'>): pg.Pool | undefined {
  if (config.store === undefined || !config.isEnabled) return undefined
  const pool = openStorePool(config.store, (error) =>
    log.warn('an idle connection was lost', { store: 'latest', error: describeError(error) }),
  )
  releasers.push('store pool', () => pool.end())
  return pool
}

/** Opens the store that is configured; nothing is connected to before it is started. Undefined where there is none. */
export function openStore({ config, releasers, pool, ...options }: StoreOptions): OpenStore | undefined {
  const { store } = config
  if (store === undefined || pool === undefined) return undefined
  const latest = new LatestStore({ ...options, config: store, pool })
  releasers.push('store', () => latest.stop())
  return { latest, reader: { strategies: () => readStrategies(pool), alerts: (query) => findAlerts(pool, query) } }
}
