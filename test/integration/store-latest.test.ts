import pg from 'pg'
import type { FrameReader } from '../../src/domain/ports.js'
import { bookFrame, frameReader, missing, SMALL_DICTIONARY, strategySummary, T, value } from '../support/frames.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { createStoreDatabase, type RunningStore, startStore } from '../support/store.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

/** Rows of a book: three metrics that are levels, one of two windows, two of all seven. */
const ROWS_A_BOOK = 3 + 2 + 2 * 7

withServer('the newest values on a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer
  let admin: pg.Client
  let dsn: string
  let running: RunningStore | undefined
  let reader: FrameReader
  let databases = 0

  beforeAll(async () => {
    server = await startPostgresServer()
  })
  afterAll(async () => server?.stop())

  beforeEach(async () => {
    databases += 1
    dsn = await createStoreDatabase(server, `store_${databases}`)
    admin = new pg.Client({ connectionString: dsn })
    admin.on('error', () => undefined)
    await admin.connect()
    reader = frameReader()
  })
  afterEach(async () => {
    await running?.stop()
    running = undefined
    await admin.end()
  })

  const start = async (parts = {}) => {
    running = await startStore(dsn, () => reader, parts)
    return running
  }
  const rows = async (where = 'true') =>
    (await admin.query(`SELECT *, xmin FROM quant.quant_metrics_latest WHERE ${where} ORDER BY 1, 2, 3, 4`)).rows
  const isMigrated = async () =>
    (
      await admin.query(
        "SELECT num_nulls(to_regclass('quant.quant_metrics_latest'), to_regclass('quant.quant_pipeline_health')) = 0 AS there",
      )
    ).rows[0].there
  const whole = (books: number) =>
    until(async () => (await isMigrated()) && (await rows()).length === books * ROWS_A_BOOK)
  const reportedAt = async () =>
    (await admin.query('SELECT max(reported_at) AS at FROM quant.quant_pipeline_health')).rows[0].at
  /** Frames are these from now on; resolves when a round has seen them. */
  const show = async (parts: Parameters<typeof frameReader>[0]) => {
    const now = reader.now() + 5_000
    reader = frameReader({ ...parts, now })
    await until(async () => Number(await reportedAt()) >= now)
  }

  test('hold every metric of every book once a window, as frames have it', async () => {
    reader = frameReader({
      books: [
        bookFrame({ results: { cost_bps: missing('no_fills') } }),
        bookFrame({ account: 'PA-2', seq: 9, sources: { prices: { asOf: T - 300_000, stale: true } } }),
      ],
    })
    await start()
    await whole(2)
    const [one] = await rows("account = 'PA-1' AND metric_name = 'net_pnl' AND \"window\" = '1d'")
    expect(one).toMatchObject({
      ...{ strategy_id: 'momentum-1', value: 1234.57, unit: 'USD', status: 'ok', reason: null, quality: 'good' },
      ...{ formula_version: 'v1', frame_seq: '7', shard: 0, frame_as_of: new Date(T), as_of: new Date(T - 1_300) },
    })
    const [lost] = await rows("account = 'PA-1' AND metric_name = 'cost_bps' AND \"window\" = '5m'")
    expect(lost).toMatchObject({
      value: null,
      status: 'insufficient_data',
      reason: 'no_fills',
      quality: 'insufficient_data',
    })
    const [stale] = await rows("account = 'PA-2' AND metric_name = 'gross_exposure'")
    expect(stale).toMatchObject({ window: 'level', value: 250_000.1, quality: 'stale', frame_seq: '9' })
    const windows = await rows("account = 'PA-1' AND metric_name = 'calmar'")
    expect(windows.map((row) => row.window)).toEqual(['20d', '5d'])
  })

  test('are written only where value, status, reason or quality is another', async () => {
    await start()
    await whole(1)
    const before = await rows()
    await show({ books: [bookFrame({ seq: 8, inWindows: { '1h': { net_pnl: value(-5) } } })] })
    const after = await rows()
    const changed = after.filter((row, index) => row.xmin !== before[index]?.xmin)
    expect(changed).toMatchObject([{ window: '1h', metric_name: 'net_pnl', value: -5, frame_seq: '8' }])
    await show({ books: [bookFrame({ seq: 8, inWindows: { '1h': { net_pnl: value(-5) } } })] })
    expect(await rows()).toEqual(after)
  })

  test('of a book that is live no more are deleted', async () => {
    reader = frameReader({ books: [bookFrame(), bookFrame({ account: 'PA-2' })] })
    await start()
    await whole(2)
    await show({ books: [bookFrame()] })
    expect(new Set((await rows()).map((row) => row.account))).toEqual(new Set(['PA-1']))
  })

  test('that a crash has emptied, and that an older version left, are made right by the next connection', async () => {
    await start()
    await whole(1)
    await admin.query('TRUNCATE quant.quant_metrics_latest')
    await admin.query(
      `INSERT INTO quant.quant_metrics_latest VALUES
         ('gone', 'PA-9', '1d', 'net_pnl', 1, 'USD', 'ok', NULL, 'good', now(), 'v1', 1, now(), 0),
         ('momentum-1', 'PA-1', '1d', 'no_such_metric', 1, 'USD', 'ok', NULL, 'good', now(), 'v1', 1, now(), 0),
         ('elsewhere', 'PA-1', '1d', 'net_pnl', 1, 'USD', 'ok', NULL, 'good', now(), 'v1', 1, now(), 1)`,
    )
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quant-exporter writer' AND datname = current_database()",
    )
    await whole(1)
    // A shard that there is no more has left its rows as well.
    expect(await rows("strategy_id <> 'momentum-1' OR metric_name = 'no_such_metric'")).toEqual([])
  })

  test('are written whole again after somebody has dropped their table, or the schema', async () => {
    const { log } = await start()
    for (const [index, drop] of ['DROP TABLE quant.quant_metrics_latest', 'DROP SCHEMA quant CASCADE'].entries()) {
      await whole(1)
      await admin.query(drop)
      // What has changed is what is written.
      reader = frameReader({ books: [bookFrame({ seq: 8 + index, results: { net_pnl: value(index) } })] })
    }
    await whole(1)
    expect(log.filter((line) => line.startsWith('the schema of the store was brought up to date'))).toHaveLength(3)
  })

  test('come with the health of the stages, the newest state alone, and with the strategies', async () => {
    const strategies = [
      strategySummary(),
      strategySummary({ strategyId: 'mean-2', name: 'Mean', accounts: ['A', 'B'] }),
    ]
    reader = frameReader({ strategies })
    await start()
    await whole(1)
    await show({ strategies: strategies.slice(0, 1) })
    const health = await admin.query('SELECT stage, status, errors_total, lag_seconds FROM quant.quant_pipeline_health')
    expect(health.rows).toEqual([{ stage: 'ingest:postgres', status: 'ok', errors_total: '0', lag_seconds: 0.44 }])
    const there = await admin.query(
      'SELECT strategy_id, name, accounts, enabled, calendar, last_fact_at FROM quant.quant_strategies',
    )
    expect(there.rows).toEqual([
      {
        ...{ strategy_id: 'momentum-1', name: 'Momentum', accounts: ['PA-1'], enabled: true, calendar: 'XNYS' },
        last_fact_at: new Date('2026-03-10T15:59:00.000Z'),
      },
    ])
  })

  test('are verified at the T of the last round, also where nothing had to be written', async () => {
    const { store, metrics } = await start()
    await whole(1)
    await until(async () => store.health(T).verifiedAt === T)
    await show({ stamp: { at: T + 60_000 } })
    expect(store.health(reader.now())).toMatchObject({
      ...{ stage: 'materialize:latest', status: 'ok', verifiedAt: T + 60_000 },
    })
    const text = await metrics()
    expect(text).toContain('quant_writer{shard="0"} 1')
    expect(text).toContain('quant_store_up{store="latest",shard="0"} 1')
    expect(text).toContain(`quant_store_rows_written_total{store="latest",shard="0"} ${ROWS_A_BOOK}`)
    expect(SMALL_DICTIONARY).toHaveLength(6)
  })

  test('wait for a store that is not migrated and may not be; the error says what to do', async () => {
    const { store, log } = await start({ migrates: false })
    await until(async () => log.some((line) => line.includes('store down')))
    expect(log.find((line) => line.includes('store down'))).toContain('run quant-exporter migrate')
    expect(store.health(T)).toMatchObject({ status: 'failing', lastErrorCode: 'schema_unsupported', verifiedAt: null })
    expect(store.isWriter).toBe(false)
  })
})
