import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHeldClock } from '../../src/app/clock.js'
import { startExporter } from '../support/exporter.js'
import { at, type PolledTorghut, T } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { runCli } from '../support/process.js'
import { dsnAs, makeReader, READER } from '../support/reader-role.js'
import { seededTorghut } from '../support/seeded-torghut.js'
import { TRAPS } from '../support/traps.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

withServer('Torghut on a real Postgres 15 with a trap on every table (package postgresql-15)', () => {
  let server: PostgresServer
  let torghut: PolledTorghut
  let database: string
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quant-never-'))
    // The server also writes down every statement that changes data or tables, and every one that failed, by program.
    server = await startPostgresServer({ settings: ['log_statement=mod', 'log_line_prefix=%a|'] })
    torghut = await seededTorghut(server)
    database = String(torghut.admin.database)
    await torghut.admin.query(`SET application_name = 'torghut'`)
    await torghut.admin.query(TRAPS)
    makeReader(server, database)
  })

  beforeEach(() => torghut.admin.query('TRUNCATE trap.seen'))

  afterAll(async () => {
    await torghut?.stop()
    await server?.stop()
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  })

  const seen = async () =>
    (await torghut.admin.query('SELECT application, operation, on_table FROM trap.seen ORDER BY 1, 2, 3')).rows
  const linesOf = (log: string) => log.split('\n').filter((line) => line.startsWith('quant-exporter|'))

  test('has traps that see Torghut itself, on each of its tables', async () => {
    await torghut.admin.query('UPDATE executions SET status = status WHERE false')
    expect(await seen()).toEqual([{ application: 'torghut', operation: 'UPDATE', on_table: 'executions' }])
    const { rows } = await torghut.admin.query(
      `SELECT count(*)::int AS tables, count(*) FILTER (WHERE EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'trap'))::int AS trapped
       FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    )
    expect(rows).toEqual([{ tables: 9, trapped: 9 }])
  })

  // As a superuser only what the exporter does protects; as the reader, what it may do protects as well.
  test.each(['postgres', READER])(
    'is never written by a full run as %s',
    async (role) => {
      const before = server.log().length
      const environment = { TORGHUT_DB_DSN: dsnAs(server, database, role), QUANT_RECONCILE_INTERVAL_SECONDS: '1' }
      const clock = createHeldClock({ startAt: T, speed: 1 })
      clock.release()
      const exporter = await startExporter(environment, clock, { recordInto: join(folder, `recorded-${role}`) })
      const gauge = async (name: string) =>
        Number(new RegExp(`^${name}\\{[^\\n]*\\} (\\S+)$`, 'm').exec(await gauges())?.[1] ?? Number.NaN)
      const gauges = async () => (await fetch(`${exporter.urls.metrics}/metrics`)).text()
      try {
        await exporter.firstFrame()
        const traded = () => gauge('quant_traded_notional_usd')
        const held = await traded()
        const decisionId = await torghut.decision({ created_at: at(500) })
        await torghut.order(decisionId, {
          ...{ created_at: at(500), updated_at: at(500), filled_qty: '10', avg_fill_price: '77', status: 'filled' },
          raw_order: { submitted_at: at(500), filled_at: at(500) },
        })
        await until(async () => (await traded()) !== held, 15_000)
        // A deletion is seen by a reconciliation alone.
        await torghut.admin.query('DELETE FROM executions WHERE trade_decision_id = $1', [decisionId])
        await until(async () => (await traded()) === held, 15_000)
        expect(await gauge('quant_reconcile_last_completed_timestamp_seconds')).toBeGreaterThan(0)
        expect(exporter.log.filter((line) => /source down|failed/.test(line))).toEqual([])
      } finally {
        await exporter.stop()
      }
      const moments = ['--to', new Date(T).toISOString()]
      const recorded = await runCli(['record', '--out', join(folder, `range-${role}`), ...moments], environment)
      expect(recorded.err).toMatch(/[1-9]\d* facts written/)
      const replayed = await runCli(['replay', '--database', '--at', new Date(T).toISOString()], environment)
      expect(replayed.code).toBe(0)
      expect(linesOf(server.log().slice(before))).toEqual([])
      const checked = await runCli(['config', '--check'], environment)
      expect(checked.code).toBe(role === READER ? 0 : 1)

      const programs = new Set((await seen()).map(({ application }) => application))
      expect(programs).not.toContain('quant-exporter')
      expect(programs.size).toBeGreaterThan(0)
      // The one attempt of the check that must fail, and nothing else.
      expect(linesOf(server.log().slice(before)).filter((line) => line.includes('ERROR:'))).toEqual([
        'quant-exporter|ERROR:  cannot execute UPDATE in a read-only transaction',
      ])
      expect(
        linesOf(server.log().slice(before)).filter((line) => !/ERROR:|UPDATE public\.strategies/.test(line)),
      ).toEqual([])
    },
    90_000,
  )
})
