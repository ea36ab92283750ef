import type { Config } from '../config/config.js'
import { QuantError } from '../domain/errors.js'
import { openStorePool } from '../stores/postgres/client.js'
import { inspectStore, migrateStore, type StoreSchema } from '../stores/postgres/migrate.js'

/**
 * Brings the schema of the configured store up to date, or with `checkOnly` only looks; the schema as it was found, and
 * what was applied. Rejects with a QuantError where no store is configured or it cannot be reached.
 */
export async function migrate(
  { store }: Config,
  { checkOnly }: { readonly checkOnly: boolean },
): Promise<{ readonly found: StoreSchema; readonly applied: readonly string[] }> {
  if (store === undefined)
    throw new QuantError('usage', 'there is no store to migrate: set QUANT_STORE_DSN to a Postgres database')
  // One connection: the migrations and the lock that keeps others out share it.
  const pool = openStorePool(store, () => undefined, 1)
  try {
    const found = await inspectStore(pool)
    return { found, applied: checkOnly ? [] : await migrateStore(pool) }
  } finally {
    await pool.end()
  }
}
