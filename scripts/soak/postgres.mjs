// A real Postgres 15 with Torghut's database and the store's, which can be stopped and started on its data; each statement
// is counted by the role that sent it.
//
// Its clock is the machine's. Under libfaketime its timeouts fire at random: a timer's signal that comes while it waits finds
// the library stepped aside, and so the true time, by which everything is long due.
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { accepts, initCluster, POSTGRES, POSTGRES_BINARIES, serverArguments } from '../postgres-server.mjs'
import { until } from './processes.mjs'

export const READER = 'quant_exporter'
export const STORE = 'quant_store'
const STORE_DATABASE = 'quant'
/** The exporter's two, a second exporter's, those that frames are compared with, and some that a kill left behind. */
const READER_CONNECTIONS = 16
const SETTINGS = ['fsync=off', 'max_connections=60', 'shared_preload_libraries=pg_stat_statements', 'max_wal_size=4GB']
const PATIENCE = { withinMs: 60_000, describe: () => 'postgres accepts connections' }

export async function startPostgres({ processes, folder, port }) {
  const data = join(folder, 'postgres')
  mkdirSync(data)
  const options = initCluster(data)
  const dsnOf = (role, database) => `postgresql://${role}@127.0.0.1:${port}/${database}?sslmode=disable`
  const run = async () => {
    const server = processes.start('postgres', POSTGRES, serverArguments(data, port, SETTINGS), options)
    await until(() => accepts(dsnOf('postgres', 'postgres')), PATIENCE)
    return server
  }
  let server = await run()
  const admin = openPool(dsnOf('postgres', 'postgres'))
  await admin.query(`CREATE DATABASE ${STORE_DATABASE}`)
  await admin.query('CREATE EXTENSION pg_stat_statements')
  const storeAdmin = openPool(dsnOf('postgres', STORE_DATABASE))
  return {
    ...{ dsnOf, admin, storeAdmin, dsn: dsnOf('postgres', 'postgres') },
    readerDsn: dsnOf(READER, 'postgres'),
    storeDsn: dsnOf(STORE, STORE_DATABASE),
    /** The roles and rights that are shipped; once Torghut's tables are there. */
    grant() {
      runScript(port, 'postgres', 'torghut-reader.sql', `connection_limit=${READER_CONNECTIONS}`)
      runScript(port, STORE_DATABASE, 'quant-store.sql')
    },
    async close() {
      await Promise.all([admin.end(), storeAdmin.end()])
      await server.stop('SIGINT')
    },
    /** A fast shutdown, as of an operator: connections are cut, what was committed stays. */
    stop: () => server.stop('SIGINT'),
    async start() {
      server = await run()
    },
    /** Since the server counts: statements and bytes of WAL by role, and revisions of orders. */
    async counts() {
      const { rows } = await admin.query(
        `SELECT rolname AS role, sum(calls)::float8 AS statements, sum(wal_bytes)::float8 AS wal
           FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid GROUP BY rolname`,
      )
      const { rows: tables } = await admin.query(
        `SELECT (n_tup_ins + n_tup_upd)::float8 AS revisions FROM pg_stat_user_tables WHERE relname = 'executions'`,
      )
      return {
        roles: Object.fromEntries(rows.map(({ role, ...counts }) => [role, counts])),
        orderRevisions: tables[0]?.revisions ?? 0,
      }
    },
  }
}

/** Connections of the soak's own; one that was cut is replaced by the next statement. */
export function openPool(dsn, max = 2) {
  const pool = new pg.Pool({ connectionString: dsn, max, connectionTimeoutMillis: 5_000 })
  pool.on('error', () => undefined)
  return pool
}

function runScript(port, database, file, ...variables) {
  const path = fileURLToPath(new URL(`../../deploy/sql/${file}`, import.meta.url))
  execFileSync(
    join(POSTGRES_BINARIES, 'psql'),
    [
      ...['-X', '-q', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', database],
      ...variables.flatMap((variable) => ['-v', variable]),
      ...['-f', path],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
}
