import pg from 'pg'
import { migrateStore } from '../../src/stores/postgres/migrate.js'
import { WriterSession } from '../../src/stores/postgres/writer-session.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { createStoreDatabase, openedStore, storeConfig } from '../support/store.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

withServer('one writer a shard, on a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer
  let dsn: string
  let admin: pg.Client
  const sessions: WriterSession[] = []

  beforeAll(async () => {
    server = await startPostgresServer()
    dsn = await createStoreDatabase(server, 'writers')
    admin = new pg.Client({ connectionString: dsn })
    await admin.connect()
  })
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.close()))
  })
  afterAll(async () => {
    await admin?.end()
    await server?.stop()
  })

  const session = (shard = 0) => {
    const changes: boolean[] = []
    const made = new WriterSession({
      ...{ ...storeConfig(dsn), shard },
      onChange: (isWriter) => void changes.push(isWriter),
    })
    sessions.push(made)
    return { made, changes }
  }
  const writers = async () =>
    (await admin.query("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")).rows.map((row) => row.pid)

  test('is whoever asks first; the other shard has its own', async () => {
    const [first, second, other] = [session(), session(), session(1)]
    expect(await first.made.beat()).toBe(true)
    expect(await second.made.beat()).toBe(false)
    expect(await other.made.beat()).toBe(true)
    expect(await first.made.beat()).toBe(true)
    expect([first.changes, second.changes, first.made.term]).toEqual([[true], [], 1])
    await expect(second.made.write(async (query) => query('SELECT 1'))).rejects.toThrow(
      'another process writes this shard',
    )
    expect(await first.made.write(async (query) => query('SELECT 1 AS one'))).toEqual([{ one: 1 }])
  })

  test('is another one at once when the first gives up its lock', async () => {
    const [first, second] = [session(), session()]
    await first.made.beat()
    await first.made.close()
    expect(first.changes).toEqual([true, false])
    expect(await second.made.beat()).toBe(true)
  })

  test('is another one within five seconds when the first falls silent, and the first cannot write then', async () => {
    const [hanging, second] = [session(), session()]
    await hanging.made.beat()
    const from = performance.now()
    await until(() => second.made.beat())
    const tookMs = performance.now() - from
    expect(tookMs).toBeGreaterThan(3_000)
    expect(hanging.made.isWriter).toBe(false)
    await expect(hanging.made.write(async (query) => query('SELECT 1'))).rejects.toThrow('another process writes')
    expect(await hanging.made.beat()).toBe(false)
    expect(await writers()).toHaveLength(1)
  })

  test('notices that its connection was cut, connects anew, and counts another term', async () => {
    const { made, changes } = session()
    await made.beat()
    const [pid] = await writers()
    await admin.query('SELECT pg_terminate_backend($1)', [pid])
    await until(() => !made.isWriter)
    await until(() => made.beat())
    expect(made.term).toBe(2)
    expect(changes).toEqual([true, false, true])
  })

  test('gives its session up when a statement fails, since nobody knows what state it is in', async () => {
    const { made } = session()
    await made.beat()
    await expect(made.write(async (query) => query('SELECT * FROM no_such_table'))).rejects.toMatchObject({
      ...{ code: 'schema_unsupported', message: expect.stringContaining('run quant-exporter migrate') },
    })
    expect(made.isWriter).toBe(false)
    await until(() => made.beat())
    expect(made.term).toBe(2)
  })

  test('that cannot reach the store says why, and connects when it can', async () => {
    const made = new WriterSession({
      ...storeConfig(dsn.replace(/:\d+\//, ':1/')),
      ...{ shard: 0, onChange: () => undefined },
    })
    await expect(made.beat()).rejects.toMatchObject({ code: 'source_unreachable', retryable: true })
    await made.close()
  })

  test('two processes migrate at once: all is there, once', async () => {
    const fresh = await createStoreDatabase(server, 'migrated_at_once')
    const { openStorePool } = await import('../../src/stores/postgres/client.js')
    const pools = [1, 2, 3].map(() => openStorePool(storeConfig(fresh), () => undefined, 1))
    const applied = await Promise.all(pools.map((pool) => migrateStore(pool)))
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
    await Promise.all(pools.map((pool) => pool.end()))
    const again = await openedStore(fresh)
    const { rows } = await again.query('SELECT count(*)::int AS count FROM quant.kysely_migration')
    expect(rows[0].count).toBe(applied.flat().length)
    await again.end()
  })

  test('a connection that is cut between two statements, as of a migration, fails these and nothing else', async () => {
    const { openStorePool } = await import('../../src/stores/postgres/client.js')
    const pool = openStorePool(storeConfig(dsn), () => undefined, 1)
    const client = await pool.connect()
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    await client.query('BEGIN')
    const cut = new Promise((resolve) => client.once('end', resolve))
    await admin.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
    await cut
    await expect(client.query('COMMIT')).rejects.toThrow()
    client.release(true)
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })
})
