import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import pg from 'pg'
import { frameReader } from '../support/frames.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { PROJECT_ROOT, runCli, startCli } from '../support/process.js'
import { createStoreDatabase, startStore } from '../support/store.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

withServer("the store's role and quant-exporter migrate on a real Postgres 15 (package postgresql-15)", () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgresServer()
  })
  afterAll(async () => server?.stop())

  const script = (database: string, variables: readonly string[] = []) =>
    execFileSync(
      '/usr/lib/postgresql/15/bin/psql',
      [
        ...['-X', '-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres', '-d', database],
        ...variables.flatMap((variable) => ['-v', variable]),
        ...['-f', join(PROJECT_ROOT, 'deploy/sql/quant-store.sql')],
      ],
      { encoding: 'utf8', stdio: 'pipe' },
    )
  const dsnOf = (database: string, role: string) =>
    `postgresql://${role}@127.0.0.1:${server.port}/${database}?sslmode=disable`
  const migrate = (dsn: string, ...args: string[]) => runCli(['migrate', ...args], { QUANT_STORE_DSN: dsn })
  const as = async <Result>(dsn: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> => {
    const client = new pg.Client({ connectionString: dsn })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  const writes = async (dsn: string, migrates: boolean) => {
    const running = await startStore(dsn, frameReader(), { migrates })
    try {
      await until(() => running.store.health(0).verifiedAt !== null)
    } finally {
      await running.stop()
    }
    return running.log.filter((line) => line.startsWith('store down'))
  }

  test('a role that owns the schema migrates by itself, and can write nowhere else', async () => {
    await createStoreDatabase(server, 'owned')
    script('owned')
    script('owned')
    const dsn = dsnOf('owned', 'quant_store')
    expect(await writes(dsn, true)).toEqual([])
    await expect(as(dsn, (client) => client.query('CREATE TABLE public.mine (id int)'))).rejects.toThrow(
      'permission denied',
    )
    await expect(as(dsn, (client) => client.query('CREATE SCHEMA other'))).rejects.toThrow('permission denied')
  })

  test('a role that only writes rows waits for the migration of somebody else', async () => {
    await createStoreDatabase(server, 'granted')
    script('granted', ['role=quant_rows', 'migrates=0'])
    const dsn = dsnOf('granted', 'quant_rows')
    const early = await migrate(dsn)
    expect(early.code).not.toBe(0)
    expect(early.err).toContain('deploy/sql/quant-store.sql')
    const missing = await migrate(dsn, '--check')
    expect([missing.code, missing.out]).toEqual([1, expect.stringMatching(/^missing {3}0001-/m)])
    expect(missing.err).toContain('run quant-exporter migrate')

    const done = await migrate(dsnOf('granted', 'postgres'))
    expect([done.code, done.out]).toEqual([0, expect.stringMatching(/^applied {3}0001-.*the store is up to date\n$/ms)])
    const again = await migrate(dsn, '--check')
    expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^there {5}0001-/m)])
    expect(await writes(dsn, false)).toEqual([])
    await expect(as(dsn, (client) => client.query('DROP TABLE quant.quant_alerts'))).rejects.toThrow('must be owner')
  })

  test('a store that a newer version has migrated is left as it is, and still written to', async () => {
    const dsn = await createStoreDatabase(server, 'newer')
    await migrate(dsn)
    await as(dsn, (client) =>
      client.query("INSERT INTO quant.kysely_migration VALUES ('9999-from-the-future', '2030-01-01')"),
    )
    const again = await migrate(dsn)
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('newer     9999-from-the-future')])
    expect(await writes(dsn, true)).toEqual([])
  })

  test('serve keeps nothing of another moment than now', async () => {
    const dsn = await createStoreDatabase(server, 'at_now')
    const schemas = () =>
      as(dsn, async (client) => (await client.query("SELECT FROM pg_namespace WHERE nspname = 'quant'")).rowCount)
    const serving = (args: readonly string[]) =>
      startCli(['serve', ...args], {
        ...{ TORGHUT_DB_DSN: server.dsn, QUANT_STORE_DSN: dsn, QUANT_LISTEN: '127.0.0.1:0' },
        JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
      })
    const past = serving(['--at', '2026-11-20T19:30:00Z'])
    // As long as it takes another to begin with what it keeps.
    const live = serving([])
    await until(async () => (await schemas()) === 1)
    for (const { child, finished } of [live, past]) {
      child.kill('SIGTERM')
      await finished
    }
    const { err } = await past.finished
    expect(err).toContain('"listening"')
    expect(err).not.toContain('store')
    expect((await live.finished).err).toContain('the schema of the store was brought up to date')
  })

  test('migrate without a store says what to set', async () => {
    const { code, err } = await runCli(['migrate'])
    expect([code, err]).toEqual([2, expect.stringContaining('set QUANT_STORE_DSN')])
  })
})
