import { readFileSync, writeFileSync } from 'node:fs'
import pg from 'pg'
import type { HeldClock } from '../../src/app/clock.js'
import { inReadOnlyTransaction } from '../../src/ingest/postgres/read-only.js'
import { startTestClickHouse } from '../support/embedded.js'
import { startExporter } from '../support/exporter.js'
import { type FaultProxy, type NetworkFault, startFaultProxy } from '../support/fault-proxy.js'
import { eventually, type Fault, liveClock, PATIENT, Rehearsal, rehearse, Trading } from '../support/outages.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { environmentOf, fillTorghut } from '../support/simulated-torghut.js'
import { openReaderPool } from '../support/torghut-reader.js'

const START = Date.parse('2026-11-20T19:30:00Z')

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

withServer('outages of a real Postgres 15 (package postgresql-15)', () => {
  let embedded: Awaited<ReturnType<typeof startTestClickHouse>>
  let server: PostgresServer
  let admin: pg.Client
  let proxy: FaultProxy
  let trading: Trading
  let clock: HeldClock
  let rehearsal: Rehearsal
  let environment: Readonly<Record<string, string>>

  beforeAll(async () => {
    ;[embedded, server] = await Promise.all([startTestClickHouse(), startPostgresServer()])
    const port = Number(new URL(server.dsn).port)
    proxy = await startFaultProxy(port)
    admin = new pg.Client({ connectionString: server.dsn })
    await admin.connect()
    await createReader(admin)
    const { clickhouse } = embedded
    const simulator = await fillTorghut({ dsn: server.dsn, clickhouse }, START, 1)
    clock = await liveClock(START)
    trading = new Trading(simulator, clock)
    trading.begin()
    const dsnVia = (through: number) => `postgresql://reader:right@127.0.0.1:${through}/postgres?sslmode=disable`
    environment = {
      ...environmentOf({ dsn: dsnVia(proxy.port), clickhouse }),
      ...PATIENT,
      TORGHUT_DB_TIMEOUT_MS: '1000',
    }
    const healthy = environmentOf({ dsn: dsnVia(port), clickhouse })
    rehearsal = new Rehearsal({ environment, healthy, clock, trading })
    await (await rehearsal.start()).firstFrame()
    await rehearsal.until('clickhouse', 1)
  }, 180_000)

  afterAll(async () => {
    await proxy?.setFault(undefined)
    await rehearsal?.stop()
    await Promise.all([proxy?.close(), admin?.end(), trading?.stop()])
    await Promise.all([embedded?.stop(), server?.stop()])
  })

  const network = (fault: NetworkFault) => ({
    begin: () => proxy.setFault(fault),
    end: () => proxy.setFault(undefined),
  })
  const endConnections = () =>
    admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'`)

  const OUTAGES: readonly (readonly [name: string, kind: string, code: string, fault: Fault])[] = [
    ['is stopped', 'unreachable', 'source_unreachable', network({ kind: 'stopped' })],
    ['does not answer', 'timeout', 'source_timeout', network({ kind: 'black_hole' })],
    ['is cut off amid its answers', 'unreachable', 'source_unreachable', network({ kind: 'cut_after', bytes: 700 })],
    [
      'keeps a table locked',
      'timeout',
      'source_timeout',
      {
        begin: () => admin.query('BEGIN; LOCK TABLE executions IN ACCESS EXCLUSIVE MODE'),
        end: () => admin.query('ROLLBACK'),
      },
    ],
    [
      'takes another password',
      'authentication',
      'source_authentication_failed',
      {
        begin: async () => {
          await admin.query(`ALTER ROLE reader PASSWORD 'another'`)
          await endConnections()
        },
        end: () => admin.query(`ALTER ROLE reader PASSWORD 'right'`),
      },
    ],
  ]

  test.each(OUTAGES)(
    'one that %s is told, delays nobody, and is over when it ends',
    async (_name, kind, code, fault) => {
      const expected = { source: 'postgres', whole: 'failing', metric: 'traded_notional', quality: 'stale' } as const
      await rehearse(rehearsal, { ...expected, kind, code }, fault)
    },
  )

  test('connections that are ended are opened again', async () => {
    const failed = await rehearsal.failedTicks()
    for (let round = 0; round < 10; round += 1) {
      await endConnections()
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    await rehearsal.until('postgres', 1)
    expect(await rehearsal.failedTicks()).toBe(failed)
  })

  test('a session refuses to write, and reading goes on', async () => {
    const pool = openReaderPool(server.dsn)
    try {
      const before = await countOf('trade_decisions')
      for (const attempt of ['DELETE FROM trade_decisions', 'CREATE TABLE planted (a int)'])
        await expect(
          inReadOnlyTransaction(
            pool,
            () => undefined,
            (query) => query(attempt),
          ),
        ).rejects.toMatchObject({
          code: 'source_query_failed',
          message: 'postgres refused a query (25006)',
        })
      // Even by a session that says nothing of a transaction.
      await expect(pool.query('DELETE FROM trade_decisions')).rejects.toMatchObject({ code: '25006' })
      expect(await countOf('trade_decisions')).toBe(before)
    } finally {
      await pool.end()
    }
    expect(await rehearsal.up('postgres')).toBe(1)
  })

  test('after all of that frames are those of a process that starts', () => rehearsal.expectNoGap(), 180_000)

  test('a history whose reading is broken off is read when the database is back', async () => {
    await proxy.setFault({ kind: 'cut_after', bytes: 100_000 })
    const reconciling = { ...environment, QUANT_RECONCILE_INTERVAL_SECONDS: '1' }
    const second = new Rehearsal({ environment: reconciling, healthy: environment, clock, trading })
    try {
      const { log, reader, firstFrame, urls } = await second.start()
      const downs = () => log.filter((line) => line.startsWith('source down')).length
      await eventually(() => downs() > 0)
      expect(reader.health()).toMatchObject({ status: 'warming_up', frames: { lastAt: null, missingSeconds: null } })
      expect((await fetch(`${urls.api}/readyz`)).status).toBe(503)
      expect((await fetch(`${urls.api}/healthz`)).status).toBe(200)
      await proxy.setFault({ kind: 'black_hole' })
      await eventually(async () => ((await second.errors('postgres', 'timeout')) ?? 0) > 0)
      await proxy.setFault(undefined)
      await firstFrame()
      expect(downs()).toBe(1)
      await second.expectNoGap()
    } finally {
      await second.stop()
      await proxy.setFault(undefined)
    }
  }, 90_000)

  test('an exporter whose database hangs can be stopped', async () => {
    const hanging = await startExporter(environment, clock)
    await hanging.firstFrame()
    await proxy.setFault({ kind: 'black_hole' })
    try {
      await eventually(() => hanging.reader.health().stages[0]?.status !== 'ok')
      await hanging.stop()
      await expect(fetch(hanging.urls.api)).rejects.toThrow()
    } finally {
      await proxy.setFault(undefined)
    }
  })

  async function countOf(table: string): Promise<number> {
    return (await admin.query(`SELECT count(*)::int AS count FROM ${table}`)).rows[0].count
  }
})

/** A role that has to give a password; everybody else on this server need not. */
async function createReader(admin: pg.Client): Promise<void> {
  await admin.query(`CREATE ROLE reader LOGIN PASSWORD 'right'; GRANT pg_read_all_data TO reader`)
  const file: string = (await admin.query('SHOW hba_file')).rows[0].hba_file
  writeFileSync(file, `host all reader 127.0.0.1/32 scram-sha-256\n${readFileSync(file, 'utf8')}`)
  await admin.query('SELECT pg_reload_conf()')
}
