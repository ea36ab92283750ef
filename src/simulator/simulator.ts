import { QuantError } from '../domain/errors.js'
import { createSimulation, type SimulationOptions, type Simulator } from './simulation.js'
import { type ClickHouseAddress, openClickHouseStore, openPostgresStore } from './stores.js'
import { installClickHouse, installPostgres } from './torghut/install.js'
import { assertMayWrite } from './torghut/ownership.js'
import { TORGHUT_TODAY } from './torghut/postgres-schema.js'

export interface SimulatorOptions extends SimulationOptions {
  readonly dsn: string
  readonly clickhouse: ClickHouseAddress
}

const PLAIN_NAME = /^[A-Za-z_]\w{0,62}$/

/**
 * A simulator on the databases at these addresses. Nothing is opened before its first call.
 *
 * Throws QuantError `configuration_invalid` for a database name that is not a plain identifier.
 */
export function createSimulator({ dsn, clickhouse, ...options }: SimulatorOptions): Simulator {
  const { database } = clickhouse
  if (!PLAIN_NAME.test(database)) {
    throw new QuantError(
      'configuration_invalid',
      `the simulator needs a plain database name (letters, digits, _), not ${database}`,
    )
  }
  return createSimulation(
    { postgres: openPostgresStore(dsn), clickhouse: openClickHouseStore(clickhouse), database },
    options,
  )
}

/** The trading system's tables, empty; refused where rows of somebody else are. */
export async function createEmptyTorghut({
  dsn,
  clickhouse,
}: Pick<SimulatorOptions, 'dsn' | 'clickhouse'>): Promise<void> {
  const postgres = openPostgresStore(dsn)
  const store = openClickHouseStore(clickhouse)
  try {
    await assertMayWrite(postgres, store, clickhouse.database)
    await installPostgres(postgres, TORGHUT_TODAY)
    await installClickHouse(store, clickhouse.database)
  } finally {
    await Promise.all([postgres.close(), store.close()])
  }
}
