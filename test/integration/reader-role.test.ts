import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { openTorghutPool } from '../../src/ingest/postgres/pool.js'
import { inReadOnlyTransaction } from '../../src/ingest/postgres/read-only.js'
import { TABLE_NAMES } from '../../src/ingest/postgres/schema.js'
import { TORGHUT_EARLY } from '../../src/simulator/torghut/schema-history.js'
import { framesAt } from '../support/exporter.js'
import { type PolledTorghut, pollTorghut, T } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { PROJECT_ROOT } from '../support/process.js'
import { dsnAs, makeReader, READER } from '../support/reader-role.js'
import { seededTorghut } from '../support/seeded-torghut.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

const CHANGES = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']

withServer("the reader's role on a real Postgres 15 (package postgresql-15)", () => {
  let server: PostgresServer
  let torghut: PolledTorghut
  let database: string

  beforeAll(async () => {
    server = await startPostgresServer()
    torghut = await seededTorghut(server)
    database = String(torghut.admin.database)
    await torghut.admin.query(`CREATE ROLE ${READER} SUPERUSER CREATEDB`)
    await torghut.admin.query(`GRANT pg_read_all_data TO ${READER}`)
    await torghut.admin.query(`GRANT INSERT, SELECT ON trade_cursor TO ${READER}`)
    await torghut.admin.query(`GRANT UPDATE (status) ON executions TO ${READER}`)
    makeReader(server, database)
  })

  afterAll(async () => {
    await torghut?.stop()
    await server?.stop()
  })

  async function as<Result>(role: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = new pg.Client({ connectionString: dsnAs(server, database, role) })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  const privileges = async () =>
    (
      await torghut.admin.query(
        `SELECT c.relname AS table, p AS privilege FROM pg_class c, unnest(ARRAY['SELECT', '${CHANGES.join("', '")}']) p
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S')
           AND (has_table_privilege('${READER}', c.oid, p) OR (p NOT IN ('DELETE', 'TRUNCATE', 'TRIGGER') AND has_any_column_privilege('${READER}', c.oid, p)))
         ORDER BY 1, 2`,
      )
    ).rows

  test('may read exactly the tables that the code reads, and nothing of what it had before is left', async () => {
    const expected = [...TABLE_NAMES].sort().map((table) => ({ table, privilege: 'SELECT' }))
    expect(await privileges()).toEqual(expected)
    makeReader(server, database)
    expect(await privileges()).toEqual(expected)
  })

  test('names them in the script in the order of the code', () => {
    const script = readFileSync(join(PROJECT_ROOT, 'deploy/sql/torghut-reader.sql'), 'utf8')
    const [, list = ''] = /INSERT INTO read_tables VALUES(.*?);/s.exec(script) ?? []
    expect([...list.matchAll(/'(\w+)'/g)].map(([, name]) => name)).toEqual([...TABLE_NAMES])
  })

  test('is no more than a reader with two connections, read-only and limited in time', async () => {
    const { rows } = await torghut.admin.query(
      `SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolconnlimit, rolconfig,
         (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships FROM pg_roles r WHERE rolname = $1`,
      [READER],
    )
    expect(rows).toEqual([
      {
        ...{ rolcanlogin: true, rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolreplication: false },
        ...{ rolbypassrls: false, rolconnlimit: 2, memberships: 0 },
        rolconfig: [
          'default_transaction_read_only=on',
          'statement_timeout=30s',
          'idle_in_transaction_session_timeout=60s',
          'search_path=public',
        ],
      },
    ])
  })

  test('cannot write, also where it turns its read-only sessions off', async () => {
    const statementsOf = (table: string) => [
      `INSERT INTO ${table} SELECT * FROM ${table}`,
      `UPDATE ${table} SET id = id`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
    ]
    await as(READER, async (client) => {
      for (const statement of [...TABLE_NAMES.flatMap(statementsOf), 'CREATE TABLE mine (id int)']) {
        await expect(client.query(statement)).rejects.toMatchObject({ code: '25006' })
        await client.query('BEGIN READ WRITE')
        await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' })
        await client.query('ROLLBACK')
      }
      await expect(client.query('SELECT 1 FROM trade_cursor')).rejects.toMatchObject({ code: '42501' })
    })
  })

  test('suffices for serve: the frames are those of a superuser', async () => {
    const ofReader = await framesAt({ TORGHUT_DB_DSN: dsnAs(server, database, READER) }, T)
    const ofSuperuser = await framesAt({ TORGHUT_DB_DSN: dsnAs(server, database, 'postgres') }, T)
    expect(ofReader.books.size).toBe(1)
    expect(JSON.stringify([...ofReader.books.values()].map(({ windows }) => windows))).toBe(
      JSON.stringify([...ofSuperuser.books.values()].map(({ windows }) => windows)),
    )
  })

  test('a third connection is refused, and the exporter says which limit it is', async () => {
    await as(READER, () =>
      as(READER, async () => {
        const connection = { host: '127.0.0.1', port: server.port, database, user: READER, password: undefined }
        const pool = openTorghutPool({ ...connection, tls: { mode: 'disable' } }, () => undefined)
        await expect(
          inReadOnlyTransaction(
            pool,
            () => undefined,
            (query) => query('SELECT 1'),
          ),
        ).rejects.toMatchObject({
          code: 'source_unreachable',
          message: expect.stringContaining('CONNECTION LIMIT (2 a process)'),
        })
        await pool.end()
      }),
    )
  })

  test('tables of later schemas are skipped where they are not there, and a role made elsewhere gets grants alone', async () => {
    const early = await pollTorghut(server, TORGHUT_EARLY)
    try {
      const printed = makeReader(server, String(early.admin.database), {
        role: 'Quant Reader',
        connection_limit: '4',
      })
      expect(printed).toMatch(/execution_order_events\s+\| not there yet/)
      expect(printed).toMatch(/position_snapshots\s+\| SELECT/)
      const { rows } = await early.admin.query(`SELECT rolconnlimit FROM pg_roles WHERE rolname = 'Quant Reader'`)
      expect(rows).toEqual([{ rolconnlimit: 4 }])
      // As the owner of the database, who is no superuser and may make no role.
      await early.admin.query('CREATE ROLE app LOGIN')
      await early.admin.query(`ALTER DATABASE ${early.admin.database} OWNER TO app`)
      for (const table of ['strategies', 'trade_decisions', 'executions', 'position_snapshots', 'llm_decision_reviews'])
        await early.admin.query(`ALTER TABLE ${table} OWNER TO app`)
      makeReader(server, String(early.admin.database), { role: READER, grants_only: '1' }, 'app')
      const allowed = await early.admin.query(`SELECT has_table_privilege('${READER}', 'executions', 'SELECT') AS may`)
      expect(allowed.rows).toEqual([{ may: true }])
    } finally {
      await early.stop()
    }
  })
})
