import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { parseDsn } from '../../src/config/dsn.js'
import { openTorghutPool } from '../../src/ingest/postgres/pool.js'
import { inReadOnlyTransaction } from '../../src/ingest/postgres/read-only.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

const PASSWORD = 'p@ss/w:rd%?#1'

withServer('a password on a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgresServer({
      hba: ['host all scram 127.0.0.1/32 scram-sha-256', 'host all hashed 127.0.0.1/32 md5'],
    })
    const admin = new pg.Client({ connectionString: server.dsn })
    await admin.connect()
    await admin.query(`CREATE ROLE scram LOGIN PASSWORD '${PASSWORD}'`)
    await admin.query(`SET password_encryption = 'md5'`)
    await admin.query(`CREATE ROLE hashed LOGIN PASSWORD '${PASSWORD}'`)
    await admin.end()
  })

  afterAll(() => server?.stop())

  async function read(user: string, password: string | undefined): Promise<unknown> {
    const credentials = password === undefined ? user : `${user}:${encodeURIComponent(password)}`
    const dsn = parseDsn(`postgresql://${credentials}@127.0.0.1:${server.port}/postgres`)
    if (typeof dsn === 'string') throw new Error(dsn)
    const pool = openTorghutPool({ ...dsn, tls: { mode: 'disable' } }, () => undefined)
    try {
      return await inReadOnlyTransaction(
        pool,
        () => undefined,
        (query) => query('SELECT current_user AS role'),
      )
    } finally {
      await pool.end()
    }
  }

  test.each(['scram', 'hashed'])('lets %s in', async (user) => {
    await expect(read(user, PASSWORD)).resolves.toEqual([{ role: user }])
  })

  test.each(['wrong', undefined])('that is %s is told as such, and leaves no connection open', async (password) => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    const before = sockets()
    for (const user of ['scram', 'hashed'])
      await expect(read(user, password)).rejects.toMatchObject({
        code: 'source_authentication_failed',
        message: expect.stringContaining('TORGHUT_DB_DSN'),
      })
    await sleep(100)
    expect(sockets()).toBeLessThanOrEqual(before)
  })
})
