import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { ExecutionFact, Fact, FactRejection } from '../../src/domain/facts.js'
import type { TorghutSource } from '../../src/ingest/postgres/torghut-source.js'
import { openPostgresStore } from '../../src/simulator/stores.js'
import { installPostgres } from '../../src/simulator/torghut/install.js'
import { TORGHUT_TODAY } from '../../src/simulator/torghut/postgres-schema.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { openReaderPool, recordSource } from '../support/torghut-reader.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

const T = Date.parse('2026-11-20T19:30:00Z')
const at = (offsetMs: number) => new Date(T + offsetMs).toISOString()

withServer('polling a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer
  let admin: pg.Client
  let pool: pg.Pool
  let source: TorghutSource
  let facts: Fact[]
  let rejections: FactRejection[]
  let statements: string[]
  const strategyId = randomUUID()

  beforeAll(async () => {
    server = await startPostgresServer()
    admin = new pg.Client({ connectionString: server.dsn })
    await admin.connect()
  })

  afterAll(async () => {
    await admin?.end()
    await server?.stop()
  })

  beforeEach(async () => {
    const store = openPostgresStore(server.dsn)
    await installPostgres(store, TORGHUT_TODAY)
    await store.close()
    // Upstream has had the column with and without a default; what is not there must not be assumed.
    await admin.query('ALTER TABLE executions ALTER alpaca_account_label DROP NOT NULL')
    await admin.query(
      `INSERT INTO strategies (id, name, enabled, base_timeframe, universe_type, universe_symbols, created_at, updated_at)
      VALUES ($1, 'one', true, '1Min', 'static', '["AAPL"]', $2, $2)`,
      [strategyId, at(-86_400_000)],
    )
    pool = openReaderPool(server.dsn)
    const recorded = recordSource(pool)
    source = recorded.source
    facts = recorded.facts
    rejections = recorded.rejections
    statements = recorded.statements
  })

  afterEach(() => pool.end())

  async function decide(
    id = randomUUID(),
    options: { account?: string; createdAt?: string; strategy?: string } = {},
  ): Promise<string> {
    await admin.query(
      `INSERT INTO trade_decisions (id, strategy_id, alpaca_account_label, symbol, timeframe, decision_json, status, created_at)
       VALUES ($1, $2, $3, 'AAPL', '1Min', $4, 'submitted', $5)`,
      [
        id,
        options.strategy ?? strategyId,
        options.account ?? 'live',
        JSON.stringify({ action: 'buy', qty: '10', params: { price: '100.00' } }),
        options.createdAt ?? at(-60_000),
      ],
    )
    return id
  }

  async function order(
    decisionId: string | null,
    row: {
      id?: string
      filled?: string
      average?: string | null
      status?: string
      updatedAt?: string
      account?: string | null
      raw?: object
    },
  ): Promise<string> {
    const id = row.id ?? randomUUID()
    await admin.query(
      `INSERT INTO executions (id, trade_decision_id, alpaca_order_id, client_order_id, symbol, side, order_type, time_in_force, submitted_qty, filled_qty, avg_fill_price,
         status, raw_order, created_at, updated_at, last_update_at, alpaca_account_label)
       VALUES ($1::uuid, $2, $1::uuid::text, $1::uuid::text, 'AAPL', 'buy', 'limit', 'day', 10, $3, $4, $5, $6, $7, $8, $8, $9)
       ON CONFLICT (id) DO UPDATE SET filled_qty = $3, avg_fill_price = $4, status = $5, updated_at = $8`,
      [
        id,
        decisionId,
        row.filled ?? '0',
        row.average ?? null,
        row.status ?? 'new',
        JSON.stringify(row.raw ?? { submitted_at: at(-50_000) }),
        at(-50_000),
        row.updatedAt ?? at(-50_000),
        row.account === undefined ? 'live' : row.account,
      ],
    )
    return id
  }

  const hydrate = (moment = T) =>
    source.hydrate(moment, {
      historyFrom: T - 20 * 86_400_000,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    })
  const executionsSeen = () => facts.filter((fact): fact is ExecutionFact => fact.fact === 'execution')

  test('hydrates every order from the first row on and then reads only what is new', async () => {
    const decision = await decide(undefined, { createdAt: at(-40 * 86_400_000) })
    await order(decision, { updatedAt: at(-40 * 86_400_000) })
    await hydrate()
    expect(executionsSeen()).toHaveLength(1)
    facts.length = 0
    expect((await source.poll(T + 500, true)).hasOrderNews).toBe(false)
    expect(executionsSeen()).toHaveLength(0)
  })

  test('sees a row version that changed without updated_at moving', async () => {
    const decision = await decide()
    const id = await order(decision, { updatedAt: at(-1_000) })
    await hydrate()
    await source.poll(T + 500, true)
    facts.length = 0
    await order(decision, { id, filled: '4', average: '100.5', status: 'partially_filled', updatedAt: at(-1_000) })
    expect((await source.poll(T + 1_000, false)).hasOrderNews).toBe(true)
    expect(executionsSeen().map(({ filledQty }) => filledQty)).toEqual([4_000_000_000n])
  })

  test('sees a row that commits after a poll with an earlier timestamp', async () => {
    const decision = await decide()
    await hydrate()
    await admin.query('BEGIN')
    await order(decision, { updatedAt: at(-20_000) })
    await source.poll(T + 500, true)
    expect(executionsSeen()).toHaveLength(0)
    await admin.query('COMMIT')
    await source.poll(T + 1_000, true)
    expect(executionsSeen()).toHaveLength(1)
  })

  test('sees a decision whose status is rewritten minutes later, though nothing dates that', async () => {
    const id = await decide(undefined, { createdAt: at(-200_000) })
    await hydrate()
    await source.poll(T + 500, true)
    facts.length = 0
    await admin.query(`UPDATE trade_decisions SET status = 'filled' WHERE id = $1`, [id])
    await source.poll(T + 1_000, true)
    expect(facts.filter((fact) => fact.fact === 'decision')).toMatchObject([{ decisionId: id, status: 'filled' }])
  })

  test('fetches a row that was rewritten without a change once a version, not once a poll', async () => {
    const decision = await decide()
    const id = await order(decision, { updatedAt: at(-1_000) })
    await hydrate()
    await source.poll(T + 500, false)
    facts.length = 0
    for (const offset of [0, 15_000]) {
      await order(decision, { id, updatedAt: at(offset) })
      await source.poll(T + 500 + offset, false)
    }
    expect(executionsSeen()).toHaveLength(2)
    await source.poll(T + 16_000, false)
    expect(executionsSeen()).toHaveLength(2)
  })

  test('takes the account from the order, except where upstream back-filled it', async () => {
    const decision = await decide(undefined, { account: 'decided' })
    await order(decision, { account: 'own' })
    await order(decision, { account: 'paper' })
    await order(decision, { account: null })
    await hydrate()
    expect(
      executionsSeen()
        .map(({ account }) => account)
        .sort(),
    ).toEqual(['decided', 'decided', 'own'])
  })

  test('dates fills in the order of trust and never by updated_at', async () => {
    const decision = await decide()
    const filled = { filled: '10', average: '100', status: 'filled' }
    await order(decision, { ...filled, updatedAt: at(0), raw: { submitted_at: at(-50_000), filled_at: at(-40_000) } })
    await order(decision, {
      filled: '4',
      average: '100',
      status: 'partially_filled',
      updatedAt: at(0),
      raw: { submitted_at: at(-50_000), updated_at: at(-30_000) },
    })
    await order(decision, {
      ...filled,
      raw: { submitted_at: at(-50_000), _broker_reconcile_last_order: { filled_at: at(-20_000) } },
    })
    await order(decision, {
      filled: '4',
      average: '100',
      status: 'partially_filled',
      updatedAt: at(0),
      raw: { submitted_at: at(-50_000) },
    })
    await hydrate()
    expect(
      executionsSeen()
        .map(({ filledAt }) => (filledAt ?? 0) - T)
        .sort((a, b) => a - b),
    ).toEqual([-50_000, -40_000, -30_000, -20_000])
  })

  test('rejects what it cannot read by row and reason, and reads the rest', async () => {
    const decision = await decide()
    await order(decision, { account: null })
    await order(null, { account: null })
    await admin.query(
      `INSERT INTO position_snapshots (id, alpaca_account_label, as_of, equity, cash, buying_power, positions, created_at)
      VALUES ($1, 'live', $2, 1000, 1000, 1000, '{"no": "list"}', $2), ($3, 'live', $4, 1000, 1000, 1000, '[{"symbol": "AAPL", "qty": "NaN"}]', $4)`,
      [randomUUID(), at(-30_000), randomUUID(), at(-15_000)],
    )
    await hydrate()
    expect(executionsSeen()).toHaveLength(1)
    expect(new Set(rejections.map(({ kind, reason }) => `${kind} ${reason}`))).toEqual(
      new Set(['execution no_account', 'position_snapshot malformed']),
    )
    expect(rejections.find(({ detail }) => detail.includes('positions.0.qty'))).toBeDefined()
  })

  test('sends the same number of statements for one book and for many', async () => {
    await hydrate()
    const count = async (work: () => Promise<unknown>) => {
      statements.length = 0
      await work()
      return statements.length
    }
    await decide()
    const ofOne = await count(() => source.poll(T + 500, true))
    for (let book = 0; book < 40; book += 1) {
      const strategy = randomUUID()
      await admin.query(
        `INSERT INTO strategies (id, name, enabled, base_timeframe, universe_type, created_at, updated_at) VALUES ($1::uuid, $1::uuid::text, true, '1Min', 'static', $2, $2)`,
        [strategy, at(-1_000)],
      )
      await order(await decide(undefined, { account: `account-${book}`, strategy }), {
        account: `account-${book}`,
        updatedAt: at(600),
      })
    }
    const ofMany = await count(() => source.poll(T + 1_000, true))
    const ofNothing = await count(() => source.poll(T + 1_500, false))
    expect(executionsSeen()).toHaveLength(40)
    expect({ ofOne, ofMany, ofNothing }).toEqual({ ofOne: 4, ofMany: 4, ofNothing: 3 })
  })

  test('cannot write: the session is read-only', async () => {
    await expect(pool.query(`UPDATE strategies SET enabled = false`)).rejects.toThrow(/read-only/)
  })
})
