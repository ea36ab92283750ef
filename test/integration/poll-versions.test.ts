import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { readVersions, type SeenTo } from '../../src/ingest/postgres/poll-statements.js'
import { inReadOnlyTransaction } from '../../src/ingest/postgres/read-only.js'
import { openPostgresStore } from '../../src/simulator/stores.js'
import { installPostgres } from '../../src/simulator/torghut/install.js'
import { TORGHUT_TODAY } from '../../src/simulator/torghut/postgres-schema.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { openReaderPool } from '../support/torghut-reader.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

const T = Date.parse('2026-11-20T19:30:00Z')
const SECOND_MS = 1_000

withServer('orders that a poll looks at (package postgresql-15)', () => {
  let server: PostgresServer
  let admin: pg.Client
  let other: pg.Client
  let pool: pg.Pool

  beforeAll(async () => {
    server = await startPostgresServer()
    ;[admin, other] = [0, 1].map(() => new pg.Client({ connectionString: server.dsn })) as [pg.Client, pg.Client]
    await Promise.all([admin.connect(), other.connect()])
    pool = openReaderPool(server.dsn)
  })

  afterAll(async () => {
    await Promise.all([admin?.end(), other?.end(), pool?.end()])
    await server?.stop()
  })

  beforeEach(async () => {
    const store = openPostgresStore(server.dsn)
    await installPostgres(store, TORGHUT_TODAY)
    await store.close()
  })

  const stamp = (offsetMs: number) => new Date(T + offsetMs).toISOString()

  async function decide(createdAtMs: number): Promise<string> {
    const id = randomUUID()
    await admin.query(
      `WITH made AS (
         INSERT INTO strategies (id, name, enabled, base_timeframe, universe_type, universe_symbols, created_at, updated_at)
         VALUES ($1, 'one', true, '1Min', 'static', '[]', $2, $2) RETURNING id
       )
       INSERT INTO trade_decisions (id, strategy_id, alpaca_account_label, symbol, timeframe, decision_json, status, created_at)
       SELECT id, id, 'live', 'AAPL', '1Min', '{}', 'planned', $2 FROM made`,
      [id, stamp(createdAtMs)],
    )
    return id
  }

  async function order(client: pg.Client, atMs: number, decisionId: string | null = null): Promise<string> {
    const id = randomUUID()
    await client.query(
      `INSERT INTO executions (id, trade_decision_id, alpaca_account_label, alpaca_order_id, client_order_id, symbol, side,
         order_type, time_in_force, submitted_qty, filled_qty, status, raw_order, last_update_at, created_at, updated_at)
       VALUES ($1::uuid, $3, 'live', $1::uuid::text, $1::uuid::text, 'AAPL', 'buy', 'limit', 'day', 1, 0, 'new', '{}', $2, $2, $2)`,
      [id, stamp(atMs), decisionId],
    )
    return id
  }

  async function look(atMs: number, seenTo?: SeenTo): Promise<{ ids: string[]; seenTo: SeenTo }> {
    const at = T + atMs
    const names = ['executions', 'trade_decisions'] as const
    const scope = { at, cursor: at, overlapMs: 30_000, decisionOverlapMs: 300_000, accounts: [], seenTo }
    const touched = await inReadOnlyTransaction(
      pool,
      () => undefined,
      (query) => readVersions(query, names, scope),
    )
    if (touched.seenTo === undefined) throw new Error('a poll does not say how far it has seen')
    return { ids: (touched.versions.get('executions') ?? []).map(({ id }) => id).sort(), seenTo: touched.seenTo }
  }

  test('are all of the overlap at first, and then those that were written since', async () => {
    const both = [await order(admin, -10_000), await order(admin, -1_000)].sort()
    const first = await look(0)
    expect(first.ids).toEqual(both)
    const second = await look(SECOND_MS, first.seenTo)
    expect(second.ids).toEqual([])
    // Rewritten with every stamp that it had.
    await admin.query(`UPDATE executions SET status = 'filled' WHERE id = $1`, [both[0]])
    const third = await look(2 * SECOND_MS, second.seenTo)
    expect(third.ids).toEqual([both[0]])
    expect((await look(3 * SECOND_MS)).ids).toEqual(both)
  })

  test('are those of a transaction that ran during the poll before, whatever was written after them', async () => {
    await other.query('BEGIN')
    const late = await order(other, -20_000)
    const known = await order(admin, -1_000)
    const first = await look(0)
    expect(first.ids).toEqual([known])
    await order(admin, 0)
    await other.query('COMMIT')
    expect((await look(SECOND_MS, first.seenTo)).ids).toContain(late)
  })

  test('are those that were of the future then', async () => {
    const future = await order(admin, 500)
    const first = await look(0)
    expect(first.ids).toEqual([])
    await order(admin, -1_000)
    const second = await look(SECOND_MS, first.seenTo)
    expect(second.ids).toContain(future)
    expect((await look(2 * SECOND_MS, second.seenTo)).ids).toEqual([])
  })

  test('are those whose decision is another now, as far back as decisions are read again', async () => {
    const [recent, old] = [await decide(-60_000), await decide(-600_000)]
    const ofRecent = await order(admin, -2_000, recent)
    const ofOld = await order(admin, -1_000, old)
    const first = await look(0)
    await admin.query(`UPDATE trade_decisions SET status = 'submitted'`)
    expect((await look(SECOND_MS, first.seenTo)).ids).toEqual([ofRecent])
    expect((await look(SECOND_MS)).ids).toEqual([ofOld, ofRecent].sort())
  })
})
