import pg from 'pg'
import { inReadOnlyTransaction, type Query } from '../../src/ingest/postgres/read-only.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { openReaderPool } from '../support/torghut-reader.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

withServer('a read-only transaction on a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer
  let admin: pg.Client
  let pool: pg.Pool
  const read = <Result>(work: (query: Query) => Promise<Result>) => inReadOnlyTransaction(pool, () => undefined, work)

  beforeAll(async () => {
    server = await startPostgresServer()
    admin = new pg.Client({ connectionString: server.dsn })
    await admin.connect()
    pool = openReaderPool(server.dsn)
  })

  afterAll(async () => {
    await pool?.end()
    await admin?.end()
    await server?.stop()
  })

  test('fails when its connection ends between two statements, and the next one has another', async () => {
    const reading = read(async (query) => {
      const [backend] = await query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      await admin.query('SELECT pg_terminate_backend($1)', [backend?.pid])
      await new Promise((resolve) => setTimeout(resolve, 200))
      return query('SELECT 1')
    })
    await expect(reading).rejects.toMatchObject({ name: 'QuantError' })
    await expect(read((query) => query('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }])
  })

  test('hears of a connection that ends right after it was made, before anybody has it', async () => {
    const fresh = openReaderPool(server.dsn)
    fresh.once('connect', (client) => process.nextTick(() => client.emit('error', new Error('terminating connection'))))
    try {
      const reading = inReadOnlyTransaction(
        fresh,
        () => undefined,
        (query) => query('SELECT 1 AS one'),
      )
      await expect(reading).resolves.toEqual([{ one: 1 }])
    } finally {
      await fresh.end()
    }
  })
})
