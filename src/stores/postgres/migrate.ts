import { Kysely, Migrator, PostgresDialect, sql } from 'kysely'
import type pg from 'pg'
import { QuantError } from '../../domain/errors.js'
import { SCHEMA } from './client.js'
import { asStoreError } from './errors.js'
import { MIGRATIONS } from './migrations/all.js'

export interface StoreSchema {
  /** What this version knows and the store has, in order. */
  readonly applied: readonly string[]
  /** What this version knows and the store lacks, or has lost something of, in order. */
  readonly pending: readonly string[]
  /** What the store has and this version does not know: a newer version was here. Migrations only add, so it can stay. */
  readonly unknown: readonly string[]
}

/** What of the schema is there; nothing is written. */
export async function inspectStore(pool: pg.Pool): Promise<StoreSchema> {
  try {
    const there = await pool.query<{ exists: boolean }>(
      "SELECT to_regclass($1 || '.kysely_migration') IS NOT NULL AS exists",
      [SCHEMA],
    )
    const done =
      there.rows[0]?.exists === true
        ? (await pool.query<{ name: string }>(`SELECT name FROM ${SCHEMA}.kysely_migration ORDER BY name`)).rows
        : []
    const names = new Set(done.map(({ name }) => name))
    const known = Object.keys(MIGRATIONS)
    const gone = await goneOf(pool)
    const isWhole = (name: string) => names.has(name) && !MIGRATIONS[name]?.makes.some((made) => gone.has(made))
    return {
      applied: known.filter(isWhole),
      pending: known.filter((name) => !isWhole(name)),
      unknown: [...names].filter((name) => !known.includes(name)),
    }
  } catch (error) {
    throw asStoreError(error)
  }
}

async function goneOf(pool: pg.Pool): Promise<ReadonlySet<string>> {
  const made = Object.values(MIGRATIONS).flatMap(({ makes }) => makes)
  const { rows } = await pool.query<{ name: string }>(
    "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass($2 || '.' || name) IS NULL",
    [made, SCHEMA],
  )
  return new Set(rows.map(({ name }) => name))
}

/**
 * Brings the own schema up to this version: all of it in one transaction, and one process at a time; others wait and
 * find it done. What somebody has dropped is made again. Returns the names of what was applied now.
 *
 * Forward only. A store that a newer version has migrated is left as it is.
 */
export async function migrateStore(pool: pg.Pool): Promise<readonly string[]> {
  const { pending, unknown } = await inspectStore(pool)
  if (pending.length === 0) return []
  if (unknown.length > 0)
    throw new QuantError(
      'schema_unsupported',
      `the store has ${unknown.join(', ')}, which this version does not know, and lacks ${pending.join(', ')}: use the version that made it, or a newer one`,
    )
  // The pool is the caller's: destroying the instance would end it.
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableSchema: SCHEMA,
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw asStoreError(error)
  const applied = results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
  return [...applied, ...(await repair(db, pool))]
}

/** Runs again, from the first that has lost something on, what the store says was run: later ones may have changed it. */
async function repair(db: Kysely<unknown>, pool: pg.Pool): Promise<readonly string[]> {
  const [first] = (await inspectStore(pool)).pending
  if (first === undefined) return []
  const again = Object.keys(MIGRATIONS).filter((name) => name >= first)
  try {
    await db.transaction().execute(async (transaction) => {
      // Others that have seen the same wait here, and find it done.
      await sql`LOCK TABLE ${sql.table(`${SCHEMA}.kysely_migration`)} IN EXCLUSIVE MODE`.execute(transaction)
      for (const name of again) await MIGRATIONS[name]?.up(transaction)
    })
  } catch (error) {
    throw asStoreError(error)
  }
  return again
}
