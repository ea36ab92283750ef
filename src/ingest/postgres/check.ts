import pg from 'pg'
import { tlsOf } from '../../connections/postgres-client.js'
import type { PostgresConnection, TlsState } from '../../domain/connections.js'
import type { EpochMs } from '../../domain/time.js'
import { openTorghutPool } from './pool.js'
import { inReadOnlyTransaction, type Query } from './read-only.js'
import {
  columnsReadOf,
  countBooks,
  NO_BOOKS,
  readSchema,
  TABLE_NAMES,
  type TableName,
  type TorghutState,
} from './schema.js'

/** What the role may do with one of the tables that are read. */
export interface TableAccess {
  readonly table: TableName
  readonly isThere: boolean
  /** Of the columns that this version reads, those that are there and that the role may read. */
  readonly readable: readonly string[]
  /** … that are there and that it may not read. */
  readonly forbidden: readonly string[]
  /** … that are not there. */
  readonly missing: readonly string[]
  /** Privileges to change it: none when all is well. */
  readonly mayWrite: readonly string[]
}

export interface TorghutCheck extends TorghutState {
  readonly role: string
  readonly isSuperuser: boolean
  /** Tables of any schema that the role may read and that are not read here, system tables left out. */
  readonly otherTables: number
  readonly tls: TlsState | undefined
  readonly writing: {
    /** default_transaction_read_only; an engine with one session behind all connections does not keep it. */
    readonly sessionIsReadOnly: boolean
    /** A statement that changes nothing even if it were let through; undefined: no table to try it on. */
    readonly attempted: string | undefined
    /** The server's code for its refusal (25006: the transaction is read-only); undefined: it was not refused. */
    readonly refusedWith: string | undefined
  }
  /** The server's clock less ours, at the middle of the question; wrong by at most the uncertainty. */
  readonly clock: { readonly offsetMs: number; readonly uncertaintyMs: number }
  readonly connections: Connections
  readonly access: readonly TableAccess[]
}

/** How many connections there are, ours of this moment among them. */
export interface Connections {
  /** -1: without a limit. */
  readonly roleLimit: number
  readonly roleUsed: number
  readonly serverLimit: number
  readonly serverUsed: number
  /** Others of this role that call themselves quant-exporter. */
  readonly exporters: number
}

/**
 * Asks the trading database, over one connection and in one read-only transaction, what this role sees and may do.
 *
 * Rejects with a QuantError when it cannot be asked, at the latest soon after the signal aborts: the connection is then
 * cut, whatever it waits for.
 */
export async function checkTorghut(
  connection: PostgresConnection,
  wallNow: () => EpochMs,
  signal: AbortSignal,
): Promise<TorghutCheck> {
  const pool = openTorghutPool(connection, () => undefined)
  let tls: TlsState | undefined
  pool.on('connect', (client) => {
    tls = tlsOf(client, connection)
    const cut = () => cutOff(client)
    if (signal.aborted) cut()
    else signal.addEventListener('abort', cut, { once: true })
  })
  try {
    const seen = await inReadOnlyTransaction(
      pool,
      () => undefined,
      (query) => look(query, wallNow),
    )
    return { ...seen, tls }
  } finally {
    await pool.end()
  }
}

function cutOff(client: pg.PoolClient): void {
  if (client instanceof pg.Client) client.connection.stream.destroy()
}

async function look(query: Query, wallNow: () => EpochMs): Promise<Omit<TorghutCheck, 'tls'>> {
  const clock = await clockOf(query, wallNow)
  const session = await sessionOf(query)
  const access = await accessOf(query)
  const schema = await readSchema(query)
  const counted = schema.problems.length === 0 ? await countBooks(query) : NO_BOOKS
  // Last: a refusal leaves a transaction that answers nothing more.
  const writing = { sessionIsReadOnly: session.sessionIsReadOnly, ...(await attemptToWrite(query, access)) }
  const { role, isSuperuser, otherTables, ...connections } = session
  return { ...{ schema, ...counted, role, isSuperuser, otherTables, writing, clock, access }, connections }
}

async function clockOf(query: Query, wallNow: () => EpochMs): Promise<TorghutCheck['clock']> {
  const askedAt = wallNow()
  const [row] = await query<{ now: number }>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now')
  const uncertaintyMs = (wallNow() - askedAt) / 2
  return { offsetMs: (row?.now ?? Number.NaN) - askedAt - uncertaintyMs, uncertaintyMs }
}

type Session = Connections & Pick<TorghutCheck, 'role' | 'isSuperuser' | 'otherTables'> & { sessionIsReadOnly: boolean }

/** Of other roles' sessions the server shows little more than their database, which a session of a client always has. */
async function sessionOf(query: Query): Promise<Session> {
  const [row] = await query<Session & Record<string, unknown>>(
    `SELECT current_user AS role, rolsuper AS "isSuperuser", current_setting('default_transaction_read_only') = 'on' AS "sessionIsReadOnly",
       rolconnlimit AS "roleLimit",
       (SELECT count(*)::int FROM pg_stat_activity WHERE usename = current_user) AS "roleUsed",
       current_setting('max_connections')::int - CASE WHEN rolsuper THEN 0 ELSE current_setting('superuser_reserved_connections')::int END AS "serverLimit",
       (SELECT count(*)::int FROM pg_stat_activity WHERE datname IS NOT NULL) AS "serverUsed",
       (SELECT count(*)::int FROM pg_stat_activity WHERE usename = current_user AND application_name = 'quant-exporter' AND pid <> pg_backend_pid()) AS exporters,
       (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
           AND NOT (n.nspname = 'public' AND c.relname = ANY($1::text[])) AND has_table_privilege(c.oid, 'SELECT')) AS "otherTables"
     FROM pg_roles WHERE rolname = current_user`,
    [[...TABLE_NAMES]],
  )
  if (row === undefined) throw new Error('the server does not know the role of its own session')
  return row
}

/** From the catalogue and not information_schema, which does not tell a table that is forbidden from one that is not there. */
async function accessOf(query: Query): Promise<TableAccess[]> {
  const rows = await query<{ table: string; columns: string[]; readable: string[]; may_write: string[] }>(
    `SELECT c.relname AS table,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')) AS readable,
       ARRAY(SELECT p FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
         WHERE CASE WHEN p IN ('INSERT', 'UPDATE') THEN has_any_column_privilege(c.oid, p) ELSE has_table_privilege(c.oid, p) END) AS may_write
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ANY($1::text[])`,
    [[...TABLE_NAMES]],
  )
  return TABLE_NAMES.map((table) => {
    const row = rows.find((candidate) => candidate.table === table)
    const columns = columnsReadOf(table)
    const isThere = (column: string) => row?.columns.includes(column) === true
    const mayRead = (column: string) => row?.readable.includes(column) === true
    return {
      table,
      isThere: row !== undefined,
      readable: columns.filter(mayRead),
      forbidden: columns.filter((column) => isThere(column) && !mayRead(column)),
      missing: columns.filter((column) => !isThere(column)),
      mayWrite: row?.may_write ?? [],
    }
  })
}

/**
 * Tries to write, in a transaction that is read-only and is never committed as far as this goes. The statement names no
 * row, so that nothing would change where it were let through; a refusal comes before any trigger runs.
 */
async function attemptToWrite(
  query: Query,
  access: readonly TableAccess[],
): Promise<Pick<TorghutCheck['writing'], 'attempted' | 'refusedWith'>> {
  const table = access.find(({ isThere }) => isThere)?.table
  if (table === undefined) return { attempted: undefined, refusedWith: undefined }
  const attempted = `UPDATE public.${table} SET id = id WHERE false`
  await query('SAVEPOINT attempt')
  try {
    await query(attempted)
    return { attempted, refusedWith: undefined }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    if (code === undefined) throw error
    return { attempted, refusedWith: code }
  } finally {
    await query('ROLLBACK TO SAVEPOINT attempt')
  }
}
