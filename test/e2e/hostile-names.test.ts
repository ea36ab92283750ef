import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import pg from 'pg'
import type { EmbeddedClickHouse } from '../../src/embedded/embedded-clickhouse.js'
import { clickHouseSchema } from '../../src/simulator/torghut/clickhouse-schema.js'
import { startTestClickHouse } from '../support/embedded.js'
import { type PolledTorghut, pollTorghut } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { type RunningCli, startCli } from '../support/process.js'
import { hasProgram } from '../support/programs.js'
import { startPrometheus } from '../support/prometheus.js'
import { dsnAs, makeReader, READER } from '../support/reader-role.js'
import { createStoreDatabase } from '../support/store.js'
import { TRAPS } from '../support/traps.js'
import { until } from '../support/until.js'

const API = '/api/torghut/trading/control-plane/quant'
/** What somebody may call a strategy, an account, a symbol or an adapter who wants it to be taken for something else. */
const NAMES = [
  "'; DROP TABLE executions; --",
  "' OR pg_sleep(30) IS NULL --",
  `"; TRUNCATE quant.quant_latest; --`,
  "\\'; DROP TABLE ta_microbars; --",
  '{name:String} {database:Identifier} $1 $$',
  '"} 1\nquant_forged{a="b',
  'a\r\nX-Forged: yes\r\n\r\n<b>',
  '<script>alert(1)</script>&amp;',
  '../../etc/passwd?a=b&c=d#e%00%0a',
  '\u202Eliated \u0007\\',
]
/** As the prices of both sources name it: in capitals, and a slash would be that of a coin. */
const symbolOf = (name: string) => name.toUpperCase().replaceAll('/', '')
/** No request can ask for these, and it says so. */
const CONTROL = /\p{Cc}/u
/** Shorter than what they try to make a database wait for. */
const AT_ONCE_MS = 10_000

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip
const withPrometheus = hasProgram('prometheus', 'prometheus') ? test : test.skip

withServer('names that want to be statements, headers or series, on Postgres 15 and ClickHouse’s engine', () => {
  let folder: string
  let server: PostgresServer
  let torghut: PolledTorghut
  let engine: { readonly clickhouse: EmbeddedClickHouse; stop(): Promise<void> }
  let market: ClickHouseClient
  let exporter: RunningCli
  let url: string
  let strategies: readonly string[]
  let storeDsn: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quant-names-'))
    server = await startPostgresServer({ settings: ['log_statement=mod', 'log_line_prefix=%a|'] })
    torghut = await pollTorghut(server)
    engine = await startTestClickHouse()
    market = createClient({ url: engine.clickhouse.url, log: { level: ClickHouseLogLevel.OFF } })
    for (const query of clickHouseSchema()) await market.command({ query, query_params: { database: 'torghut' } })
    const now = Date.now()
    const traded: string[] = []
    for (const name of NAMES) traded.push(await trade(name, now))
    strategies = traded
    await torghut.admin.query(`SET application_name = 'torghut'`)
    await torghut.admin.query(TRAPS)
    const database = String(torghut.admin.database)
    makeReader(server, database)
    storeDsn = await createStoreDatabase(server, 'quant_store')
    // Coins trade always, so that a price counts at whatever hour this runs.
    const config = join(folder, 'quant.json')
    writeFileSync(
      config,
      JSON.stringify({ strategies: Object.fromEntries(strategies.map((id) => [id, { calendar: '24x7' }])) }),
    )
    exporter = startCli(['serve'], {
      QUANT_CONFIG: config,
      ...{ TORGHUT_DB_DSN: dsnAs(server, database, READER), QUANT_STORE_DSN: storeDsn },
      ...{ JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true', JANGAR_TORGHUT_QUANT_ALERTS_ENABLED: 'true' },
      ...{ CH_HOST: engine.clickhouse.host, CH_PORT: String(engine.clickhouse.port), CH_DATABASE: 'torghut' },
      ...{ QUANT_SERIES_CLICKHOUSE_URL: `${engine.clickhouse.url}/quant`, QUANT_SERIES_SPILL_DIR: folder },
      ...{ QUANT_SERIES_SAMPLING_MS: '1000', QUANT_LISTEN: '127.0.0.1:0', QUANT_RECONCILE_INTERVAL_SECONDS: '5' },
    })
    await until(() => exporter.err().includes('"message":"ready"'), 60_000)
    url = /"api":"(http:[^"]+)"/.exec(exporter.err())?.[1] ?? ''
  }, 180_000)

  afterAll(async () => {
    exporter?.child.kill('SIGTERM')
    await exporter?.finished
    await market?.close()
    await torghut?.stop()
    await Promise.all([server?.stop(), engine?.stop()])
    rmSync(folder, { recursive: true, force: true })
  })

  /** A strategy of that name which bought a symbol of that name in an account of that name, with a price beside it. */
  async function trade(name: string, now: number): Promise<string> {
    const strategyId = randomUUID()
    const made = {
      created_at: new Date(now - 120_000).toISOString(),
      updated_at: new Date(now - 120_000).toISOString(),
    }
    await torghut.admin.query(
      `INSERT INTO strategies (id, name, enabled, base_timeframe, universe_type, universe_symbols, created_at, updated_at)
       VALUES ($1, $2, true, '1Min', 'static', $3, $4, $4)`,
      [strategyId, name, JSON.stringify([symbolOf(name)]), made.created_at],
    )
    const symbol = symbolOf(name)
    const of = { alpaca_account_label: name, symbol }
    const decisionId = await torghut.decision({
      ...{ ...of, strategy_id: strategyId, created_at: made.created_at },
      decision_json: { action: 'buy', qty: '10', params: { price: '100' }, risk_reasons: [name] },
    })
    await torghut.order(decisionId, {
      ...{ ...made, ...of, filled_qty: '10', avg_fill_price: '100', status: 'filled' },
      ...{ execution_actual_adapter: name.slice(0, 32), execution_expected_adapter: name.slice(0, 32) },
      raw_order: { submitted_at: made.created_at, filled_at: made.created_at },
    })
    await torghut.snapshot({
      ...{ alpaca_account_label: name, as_of: made.created_at, created_at: made.created_at },
      positions: [{ symbol, side: 'long', qty: '10', avg_entry_price: '100', current_price: '101' }],
    })
    const event = new Date(now - 60_000).toISOString().replace('T', ' ').replace('Z', '')
    await market.insert({
      table: 'torghut.ta_microbars',
      format: 'JSONEachRow',
      values: [
        {
          ...{ symbol, event_ts: event, seq: 1, ingest_ts: event, is_final: 1, source: 'ta', window_size: 'PT1S' },
          ...{ version: 1, o: 102, h: 102, l: 102, c: 102, v: 1, vwap: 102, count: 1 },
        },
      ],
    })
    return strategyId
  }

  const ask = async (path: string, parameters: Readonly<Record<string, string>>) => {
    const startedMs = performance.now()
    const response = await fetch(`${url}${API}${path}?${new URLSearchParams(parameters)}`)
    const body = await response.text()
    expect(performance.now() - startedMs).toBeLessThan(AT_ONCE_MS)
    return { status: response.status, headers: response.headers, body }
  }
  const rowsOf = async (query: string) =>
    Number((await (await market.query({ query, format: 'JSON' })).json<{ n: string }>()).data[0]?.n)

  test('are told by the API as they are', async () => {
    const { body } = await ask('/strategies', {})
    const told = JSON.parse(body).strategies as { strategy_id: string; name: string }[]
    const seen = NAMES.map((_, index) => told.find(({ strategy_id }) => strategy_id === strategies[index]))
    expect(seen.map((one) => one?.name)).toEqual(NAMES)
    for (const [index, name] of NAMES.entries()) {
      const strategy_id = strategies[index] ?? ''
      const answer = await ask('/snapshot', { strategy_id, account: name, window: '1d' })
      if (CONTROL.test(name)) {
        expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('control character')])
        continue
      }
      expect({ name, status: answer.status }).toEqual({ name, status: 200 })
      const { account, metrics } = JSON.parse(answer.body)
      expect(account).toBe(name)
      const exposure = metrics.find((metric: { metric_name: string }) => metric.metric_name === 'gross_exposure')
      // The bar of the symbol of that name was found.
      expect(exposure.value_numeric ?? exposure.value).toBe(1020)
    }
  }, 120_000)

  test('are no other answer where they are asked for as anything else', async () => {
    for (const name of NAMES)
      for (const path of ['/snapshot', '/series', '/alerts', '/explain', '/gate'])
        for (const parameter of [
          'strategy_id',
          'account',
          'window',
          'metrics',
          'metric_name',
          'cursor',
          'from',
          name,
        ]) {
          const parameters = { strategy_id: strategies[0] ?? '', account: NAMES[0] ?? '', [parameter]: name }
          const { status, headers } = await ask(path, parameters)
          expect({ path, parameter, name, isRefused: status >= 400 && status < 500 }).toEqual({
            ...{ path, parameter, name },
            isRefused: status !== 200,
          })
          expect(headers.get('x-forged')).toBeNull()
        }
  }, 120_000)

  test('are labels of /metrics, and no series of their own', async () => {
    const page = await (await fetch(`${url}/metrics`)).text()
    expect(page).not.toMatch(/^quant_forged/m)
    expect(page.match(/^quant_gross_pnl_usd\{[^\n]*window="1d"/gm)).toHaveLength(NAMES.length)
  })

  withPrometheus(
    'are read by a Prometheus as they are (package prometheus)',
    async () => {
      const prometheus = await startPrometheus(url.replace('http://', ''))
      try {
        const valuesOf = async (label: string) =>
          ((await (await fetch(`${prometheus.url}/api/v1/label/${label}/values`)).json()) as { data: string[] }).data
        await until(async () => (await valuesOf('account')).length > 0, 30_000)
        expect(await valuesOf('account')).toEqual(expect.arrayContaining(NAMES))
        expect((await valuesOf('__name__')).filter((name) => name.includes('forged'))).toEqual([])
      } finally {
        await prometheus.stop()
      }
    },
    120_000,
  )

  test('are kept by the stores as they are, with every table still there', async () => {
    await until(async () => (await storedAccounts()).length >= NAMES.length, 60_000)
    expect(await storedAccounts()).toEqual(expect.arrayContaining(NAMES))
    const query = 'SELECT count(DISTINCT account) AS n FROM quant.quant_metrics_series'
    await until(async () => (await rowsOf(query).catch(() => 0)) >= NAMES.length, 60_000)
    const strategy_id = strategies[0] ?? ''
    const from = new Date(Date.now() - 300_000).toISOString()
    const asked = { strategy_id, account: NAMES[0] ?? '', window: '1d', metrics: 'gross_exposure', from, step: '10' }
    await until(async () => (await ask('/series', asked)).body.includes('1020'), 60_000)
    expect(await rowsOf('SELECT count() AS n FROM torghut.ta_microbars')).toBe(NAMES.length)
  }, 120_000)

  async function storedAccounts(): Promise<readonly string[]> {
    const client = new pg.Client({ connectionString: storeDsn })
    await client.connect()
    try {
      const { rows } = await client.query('SELECT DISTINCT account FROM quant.quant_metrics_latest')
      return rows.map(({ account }) => account)
    } finally {
      await client.end()
    }
  }

  test('of a request that nobody’s client would send are refused, without a header of theirs', async () => {
    const lines = [
      `GET ${API}/snapshot?strategy_id=a\r\nX-Forged: yes HTTP/1.1\r\nHost: a\r\n\r\n`,
      `GET ${API}/snapshot?strategy_id=a%0d%0aX-Forged:%20yes&account=b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      `GET ${API}/stream?strategy_id=${strategies[0]} HTTP/1.1\r\nHost: a\r\nLast-Event-ID: x%0d%0aX-Forged: yes\r\nAccept: a\nX-Forged: yes\r\nConnection: close\r\n\r\n`,
      `GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n`,
      `GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n`,
      `${'X'.repeat(100_000)}\r\n\r\n`,
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      `OPTIONS * HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nAccess-Control-Request-Headers: x\rX-Forged: yes\r\nConnection: close\r\n\r\n`,
    ]
    for (const line of lines) {
      const [head = ''] = (await say(line)).split('\r\n\r\n')
      expect(head).toMatch(/^HTTP\/1\.1 \d{3} /)
      expect(head.toLowerCase()).not.toMatch(/^x-forged/m)
      expect(head).not.toMatch(/^HTTP\/1\.1 5/)
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  }, 60_000)

  /** What a server answers to these bytes, until it hangs up or says no more. */
  async function say(bytes: string): Promise<string> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
      if (answer.length > 10_000) socket.destroy()
    })
    socket.on('error', () => socket.destroy())
    socket.setTimeout(2_000, () => socket.destroy())
    socket.write(bytes)
    await closed
    return answer
  }

  test('have made the exporter write nothing of Torghut’s, and fail nowhere', async () => {
    const { rows } = await torghut.admin.query('SELECT DISTINCT application FROM trap.seen')
    expect(rows.map(({ application }) => application)).not.toContain('quant-exporter')
    expect((await torghut.admin.query('SELECT count(*)::int AS n FROM executions')).rows).toEqual([{ n: NAMES.length }])
    expect(
      exporter
        .err()
        .split('\n')
        .filter((line) => /source down|failed|"level":"error"/.test(line)),
    ).toEqual([])
    expect(exporter.child.exitCode).toBeNull()
  })
})
