import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SECOND_MS } from '../../src/domain/time.js'
import { expectSameFrames } from '../support/engine.js'
import { framesAt } from '../support/exporter.js'
import { type PolledTorghut, pollTorghut } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { startCli } from '../support/process.js'
import { replayedFrames } from '../support/replay.js'
import { until } from '../support/until.js'

const KILLS = 20
const withServer = hasPostgresServer ? describe : describe.skip

withServer('a recording process that is killed at any moment (needs package postgresql-15)', () => {
  let folder: string
  let server: PostgresServer
  let torghut: PolledTorghut
  let environment: Record<string, string>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quant-killed-'))
    server = await startPostgresServer()
    torghut = await pollTorghut(server)
    environment = {
      TORGHUT_DB_DSN: server.dsn.replace('/postgres?', `/${torghut.admin.database}?`),
      JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
    }
  }, 60_000)

  afterAll(async () => {
    await torghut?.stop()
    await server?.stop()
    rmSync(folder, { recursive: true })
  })

  /** Trades until told to stop: orders that fill in two steps, now and then a snapshot. */
  async function trade(signal: AbortSignal): Promise<number> {
    let orders = 0
    for (; !signal.aborted; orders += 1) {
      const now = new Date().toISOString()
      const made = { created_at: now, updated_at: now }
      const decisionId = await torghut.decision({ created_at: now })
      const id = await torghut.order(decisionId, {
        ...made,
        side: orders % 2 === 0 ? 'buy' : 'sell',
        raw_order: { submitted_at: now },
      })
      await sleep(30)
      await torghut.admin.query(
        `UPDATE executions SET filled_qty = 10, avg_fill_price = $2, status = 'filled', updated_at = now(), last_update_at = now(),
         raw_order = raw_order || jsonb_build_object('filled_at', $3::text) WHERE id = $1`,
        [id, 100 + (orders % 7), new Date().toISOString()],
      )
      if (orders % 10 === 0) {
        const position = { symbol: 'AAPL', qty: '0', side: 'long', avg_entry_price: '100', current_price: '101' }
        await torghut.snapshot({ as_of: new Date().toISOString(), created_at: now, positions: [position] })
      }
      await sleep(70)
    }
    return orders
  }

  test('leaves files that replay to what a fresh process says', async () => {
    const writing = new AbortController()
    const trading = trade(writing.signal)
    /** Resolves once the process has said something. */
    const serve = async (said: string) => {
      const cli = startCli(['serve', '--record', folder], { ...environment, QUANT_LISTEN: '127.0.0.1:0' })
      let log = ''
      cli.child.stderr?.on('data', (chunk: Buffer) => {
        log += chunk.toString()
      })
      await until(() => log.includes(`"message":"${said}"`), 30_000)
      return cli
    }
    for (let kill = 0; kill < KILLS; kill += 1) {
      const cli = await serve('recording')
      await sleep(Math.random() * 1_200)
      cli.child.kill('SIGKILL')
      await cli.finished
    }
    writing.abort()
    const orders = await trading
    const last = await serve('ready')
    const at = Math.floor(Date.now() / SECOND_MS) * SECOND_MS
    // What was written a second before is not lost.
    await sleep(1_500)
    last.child.kill('SIGKILL')
    await last.finished

    expect(readdirSync(folder)).toHaveLength(KILLS + 1)
    const replayed = (await replayedFrames(folder, [at])).get(at)
    const fresh = await framesAt(environment, at)
    if (replayed === undefined) throw new Error('no frame')
    expect(replayed.books.size).toBe(1)
    expect(orders).toBeGreaterThan(20)
    expectSameFrames(replayed, fresh)
  }, 150_000)
})
