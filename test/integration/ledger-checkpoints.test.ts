import { readFileSync } from 'node:fs'
import pg from 'pg'
import type { FrameSet } from '../../src/domain/frame.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.js'
import { expectSameFrames } from '../support/engine.js'
import { framesAt, startExporter, type TestExporter } from '../support/exporter.js'
import { type PolledTorghut, pollTorghut } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { startCli } from '../support/process.js'
import { createStoreDatabase } from '../support/store.js'
import { until } from '../support/until.js'

const NOW = Date.now()
const DAYS = 90
const VERSION = String(JSON.parse(readFileSync('package.json', 'utf8')).version)

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

/** One of these happens after the other, to one store. */
withServer('ledger checkpoints on a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer
  let torghut: PolledTorghut
  let upstream: Record<string, string>
  let kept: Record<string, string>
  let store: pg.Client
  /** Orders with their days before now. */
  const orders = new Map<number, string>()

  beforeAll(async () => {
    server = await startPostgresServer()
    torghut = await pollTorghut(server, undefined, 'torghut')
    for (let day = DAYS; day >= 1; day -= 1) await tradeOn(day)
    const storeDsn = await createStoreDatabase(server, 'own')
    upstream = { TORGHUT_DB_DSN: server.dsn.replace('/postgres?', '/torghut?'), QUANT_RECONCILE_INTERVAL_SECONDS: '1' }
    kept = { ...upstream, QUANT_STORE_DSN: storeDsn, JANGAR_TORGHUT_QUANT_LATEST_SAMPLING_MS: '1000' }
    store = new pg.Client({ connectionString: storeDsn })
    await store.connect()
  }, 120_000)

  afterAll(async () => {
    await store?.end()
    await torghut?.stop()
    await server?.stop()
  })

  /** A round trip, flat at the end of the day; some of it with the broker's word of each fill. */
  async function tradeOn(day: number): Promise<void> {
    for (const [index, side] of ['buy', 'sell'].entries()) {
      const at = NOW - day * DAY_MS - 6 * HOUR_MS + index * 10 * MINUTE_MS
      const made = { created_at: iso(at), updated_at: iso(at + SECOND_MS), last_update_at: iso(at + SECOND_MS) }
      const decision = await torghut.decision({ created_at: iso(at - SECOND_MS) })
      const id = await torghut.order(decision, {
        ...{ ...made, side, filled_qty: '10', avg_fill_price: String(100 + ((day * 3 + index) % 7)), status: 'filled' },
        ...{ alpaca_order_id: `order-${day}-${side}` },
        raw_order: { submitted_at: iso(at), filled_at: iso(at + SECOND_MS), commission: '0.35' },
      })
      const fill = { side, price: String(100 + ((day * 3 + index) % 7)), symbol: 'AAPL', quantity: '10' }
      if (day % 5 === 0)
        await torghut.activity({
          ...{ ...fill, activity_type: 'FILL', event_at: iso(at + SECOND_MS), created_at: iso(at + 2 * SECOND_MS) },
          order_id: `order-${day}-${side}`,
        })
      if (day % 5 === 1) await eventOf(`order-${day}-${side}`, at)
      if (index === 0) orders.set(day, id)
    }
    if (day % 3 === 0) {
      const at = NOW - day * DAY_MS - 5 * HOUR_MS
      await torghut.snapshot({ as_of: iso(at), created_at: iso(at) })
    }
  }

  function eventOf(order: string, at: EpochMs): Promise<string> {
    const filled = { event_type: 'fill', filled_qty: '10', avg_fill_price: '101', fill_quantity_basis: 'cumulative' }
    return torghut.event({ ...filled, event_ts: iso(at + 700), created_at: iso(at + 800), alpaca_order_id: order })
  }

  /** The first frame at an instant, and what was said on the way to it. */
  async function startedAt(at: EpochMs): Promise<{ frames: FrameSet; log: readonly string[] }> {
    const exporter = await startExporter(kept, { speed: 1, now: () => at }, { version: VERSION })
    try {
      await exporter.firstFrame()
      const frames = exporter.reader.frames()
      if (frames === undefined) throw new Error(`no frame: ${exporter.log.join('\n')}`)
      return { frames, log: exporter.log }
    } finally {
      await exporter.stop()
    }
  }

  async function rewritten(exporter: TestExporter): Promise<void> {
    await until(() => says(exporter.log, 'were written'), 60_000)
  }

  test('a process that is killed leaves what the next one begins with: the same frames of fewer rows', async () => {
    const cli = startCli(['serve'], {
      ...kept,
      JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
      QUANT_LISTEN: '127.0.0.1:0',
    })
    try {
      await until(
        () => cli.err().includes('checkpoints were written') || cli.out().includes('checkpoints were written'),
        60_000,
      )
    } finally {
      cli.child.kill('SIGKILL')
      await cli.finished
    }
    const { rows } = await store.query(
      'SELECT orders, octet_length(state) AS bytes FROM quant.quant_ledger_checkpoints',
    )
    expect(rows).toHaveLength(1)
    expect(rows[0].orders).toBeGreaterThan(80)

    const at = Date.now()
    const { frames, log } = await startedAt(at)
    expect(log.filter((line) => line.includes('stand for orders'))).toEqual([
      expect.stringContaining(`"orders":${rows[0].orders}`),
    ])
    expectSameFrames(frames, await framesAt(upstream, at))
  }, 180_000)

  test('an old row that changes while a process runs is seen, and so is everything that it was spared', async () => {
    let now = Date.now()
    const exporter = await startExporter(kept, { speed: 1, now: () => now }, { version: VERSION })
    try {
      await exporter.firstFrame()
      expect(says(exporter.log, 'stand for orders')).toBe(true)
      await torghut.admin.query('UPDATE executions SET avg_fill_price = 90 WHERE id = $1', [orders.get(DAYS - 20)])
      await until(() => says(exporter.log, 'do not hold any more'), 60_000)
      now += 5 * MINUTE_MS
      await until(() => exporter.reader.frames()?.stamp.at === now - (now % SECOND_MS), 60_000)
      const frames = exporter.reader.frames()
      if (frames === undefined) throw new Error('no frame')
      expectSameFrames(frames, await framesAt(upstream, frames.stamp.at))
      await rewritten(exporter)
    } finally {
      await exporter.stop()
    }
  }, 180_000)

  test('an old row that changed meanwhile is refused, and all is read', async () => {
    await torghut.admin.query('UPDATE executions SET avg_fill_price = 91 WHERE id = $1', [orders.get(DAYS - 21)])
    await comparedAfter('do not hold: every order is read')
  }, 180_000)

  test('an event that has come to an old order since is refused, and all is read', async () => {
    await eventOf(`order-${DAYS - 22}-buy`, NOW - (DAYS - 22) * DAY_MS - 6 * HOUR_MS)
    await comparedAfter('do not hold any more')
  }, 180_000)

  test('an activity that has come to an old order since is refused, and all is read', async () => {
    const at = NOW - (DAYS - 23) * DAY_MS
    await torghut.activity({
      ...{ activity_type: 'FEE', net_amount: '-1.5', event_at: iso(at), created_at: iso(at) },
      order_id: `order-${DAYS - 23}-buy`,
    })
    await comparedAfter('do not hold any more')
  }, 180_000)

  test('back-filled orders of that time are refused, and all is read', async () => {
    for (const [index, side] of ['buy', 'sell'].entries()) {
      const at = NOW - (DAYS - 24) * DAY_MS + index * MINUTE_MS
      await torghut.order(await torghut.decision({ created_at: iso(at) }), {
        ...{
          created_at: iso(NOW),
          updated_at: iso(NOW),
          side,
          filled_qty: '1',
          avg_fill_price: '99',
          status: 'filled',
        },
        raw_order: { submitted_at: iso(at), filled_at: iso(at) },
      })
    }
    await comparedAfter('do not hold any more')
  }, 180_000)

  test('rows that vanished are refused, and all is read', async () => {
    await torghut.admin.query('DELETE FROM executions WHERE alpaca_order_id LIKE $1', [`order-${DAYS - 24}-%`])
    await comparedAfter('do not hold: every order is read')
  }, 180_000)

  /** The next process says so, shows what one without a store shows, and leaves a new checkpoint. */
  async function comparedAfter(refusal: string): Promise<void> {
    const at = Date.now()
    const exporter = await startExporter(kept, { speed: 1, now: () => at }, { version: VERSION })
    try {
      await exporter.firstFrame()
      expect(exporter.log.join('\n')).toContain(refusal)
      const frames = exporter.reader.frames()
      if (frames === undefined) throw new Error('no frame')
      expectSameFrames(frames, await framesAt(upstream, at))
      await rewritten(exporter)
    } finally {
      await exporter.stop()
    }
    const again = await startedAt(at)
    expect(says(again.log, 'stand for orders') && !says(again.log, 'do not hold')).toBe(true)
    expectSameFrames(again.frames, await framesAt(upstream, at))
  }
})

function says(log: readonly string[], text: string): boolean {
  return log.some((line) => line.includes(text))
}

function iso(at: EpochMs): string {
  return new Date(at).toISOString()
}
