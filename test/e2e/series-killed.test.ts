import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { startTestClickHouse } from '../support/embedded.js'
import { type PolledTorghut, pollTorghut } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { startCli } from '../support/process.js'
import { clientOf, storedLines } from '../support/series-store.js'
import { until } from '../support/until.js'

const TABLE = { database: 'killed', cluster: undefined, isThinned: true }
/** Far more than it takes: a flush each ten seconds, and a machine with other things to do. */
const LIMIT_MS = 120_000
const FLUSH_MS = 10_000
const withServer = hasPostgresServer ? describe : describe.skip

withServer('an exporter that is killed while it writes series (needs package postgresql-15)', () => {
  let folder: string
  let server: PostgresServer
  let torghut: PolledTorghut
  let series: Awaited<ReturnType<typeof startTestClickHouse>>
  let client: ClickHouseClient
  let environment: Record<string, string>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quant-series-killed-'))
    server = await startPostgresServer()
    torghut = await pollTorghut(server)
    series = await startTestClickHouse()
    client = clientOf(series.clickhouse.url)
    environment = {
      TORGHUT_DB_DSN: server.dsn.replace('/postgres?', `/${torghut.admin.database}?`),
      JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
      QUANT_LISTEN: '127.0.0.1:0',
      QUANT_SERIES_CLICKHOUSE_URL: `${series.clickhouse.url}/${TABLE.database}`,
      QUANT_SERIES_SAMPLING_MS: '1000',
      QUANT_SERIES_SPILL_DIR: folder,
    }
  }, 120_000)

  afterAll(async () => {
    await client?.close()
    await torghut?.stop()
    await Promise.all([server?.stop(), series?.stop()])
    rmSync(folder, { recursive: true })
  })

  /** An order that fills at once, a few times a second: values that are others at nearly each sample. */
  async function trade(signal: AbortSignal): Promise<void> {
    for (let orders = 0; !signal.aborted; orders += 1) {
      const now = new Date().toISOString()
      const decisionId = await torghut.decision({ created_at: now })
      await torghut.order(decisionId, {
        ...{ created_at: now, updated_at: now, last_update_at: now, side: orders % 2 === 0 ? 'buy' : 'sell' },
        ...{ filled_qty: '10', avg_fill_price: String(100 + (orders % 7)), status: 'filled' },
        raw_order: { submitted_at: now, filled_at: now },
      })
      await sleep(300)
    }
  }

  const stored = () => storedLines(client, TABLE)
  /** None while nobody has made the table. */
  const rowsThere = async () => {
    const query = 'SELECT ifNull(sum(total_rows), 0) AS n FROM system.tables WHERE database = {database:String}'
    const answer = await client.query({ query, query_params: { database: TABLE.database }, format: 'JSON' })
    return Number((await answer.json<{ n: string }>()).data[0]?.n)
  }
  const files = () => readdirSync(folder).filter((name) => name.endsWith('.batch'))
  const spilledLines = () =>
    files().flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(1, -1))

  function serve() {
    const cli = startCli(['serve'], environment)
    return {
      async kill() {
        cli.child.kill('SIGKILL')
        await cli.finished
      },
    }
  }

  test('loses nothing but what it had not flushed, and has nothing twice', async () => {
    const writing = new AbortController()
    const trading = trade(writing.signal)
    // In the middle of its work, twice.
    for (let round = 0; round < 2; round += 1) {
      const before = await rowsThere()
      const exporter = serve()
      await until(async () => (await rowsThere()) > before, LIMIT_MS, 500)
      await sleep(Math.random() * FLUSH_MS)
      await exporter.kill()
    }
    const acknowledged = await stored()

    // While what it could not write waits on disk.
    await series.clickhouse.setFault({ kind: 'status', status: 500 })
    const withoutStore = serve()
    await until(() => files().length >= 2, LIMIT_MS)
    await withoutStore.kill()
    const spilled = spilledLines()

    // While it writes that.
    await series.clickhouse.setFault({ kind: 'delay', delayMs: 1_000 })
    const [oldest = ''] = files().sort()
    const catchingUp = serve()
    await until(() => !files().includes(oldest), LIMIT_MS)
    await catchingUp.kill()

    await series.clickhouse.setFault(undefined)
    const left = spilledLines()
    const last = serve()
    await until(() => files().length === 0, LIMIT_MS)
    await last.kill()
    writing.abort()
    await trading

    const lines = await stored()
    expect(new Set(lines).size).toBe(lines.length)
    const there = new Set(lines)
    expect(acknowledged.filter((line) => !there.has(line))).toEqual([])
    expect(spilled.length).toBeGreaterThan(0)
    expect(spilled.filter((line) => !there.has(line))).toEqual([])
    expect(left.filter((line) => !there.has(line))).toEqual([])
  }, 600_000)
})
