import pg from 'pg'
import { createCalendars } from '../../src/domain/calendars.js'
import { HOUR_MS } from '../../src/domain/time.js'
import { createSimulation } from '../../src/simulator/simulation.js'
import { openPostgresStore } from '../../src/simulator/stores.js'
import type { ClickHouseStore } from '../../src/simulator/torghut/ta-writer.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'

const START = Date.parse('2026-11-20T18:00:00Z')

/** A ClickHouse that takes everything: these tests are about Postgres. */
const noClickHouse: ClickHouseStore = {
  command: async () => {},
  query: async () => [],
  insert: async () => {},
  close: async () => {},
}

;(hasPostgresServer ? describe : describe.skip)('on a real Postgres server', () => {
  let server: PostgresServer
  let client: pg.Client

  beforeAll(async () => {
    server = await startPostgresServer()
    client = new pg.Client({ connectionString: server.dsn })
    await client.connect()
    const simulator = createSimulation(
      { postgres: openPostgresStore(server.dsn), clickhouse: noClickHouse, database: 'torghut' },
      { calendars: createCalendars(), clock: { now: () => START, speed: 1 }, seed: 1, sessions: 3 },
    )
    await simulator.loadHistory()
    for (let minute = 1; minute <= 60; minute += 1) await simulator.advanceTo(START + minute * 60_000)
    await simulator.advanceTo(START + 6 * HOUR_MS)
    await simulator.stop()
  })
  afterAll(async () => {
    await client.end()
    await server.stop()
  })

  async function one(sql: string): Promise<Record<string, unknown> | undefined> {
    return (await client.query<Record<string, unknown>>(sql)).rows[0]
  }

  test('its schema has the types of upstream', async () => {
    const { rows } = await client.query<{ column: string; type: string }>(
      `SELECT table_name || '.' || column_name AS column, udt_name AS type FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name IN ('id', 'filled_qty', 'raw_order', 'as_of', 'positions') ORDER BY 1`,
    )
    expect(Object.fromEntries(rows.map(({ column, type }) => [column, type]))).toMatchObject({
      'executions.filled_qty': 'numeric',
      'executions.id': 'uuid',
      'executions.raw_order': 'jsonb',
      'position_snapshots.as_of': 'timestamptz',
      'position_snapshots.positions': 'jsonb',
    })
  })

  test('rows that were written again are one row each, in their last state', async () => {
    const rows = 'SELECT count(*) > 500 AS many, count(*) = count(DISTINCT client_order_id) AS distinct FROM executions'
    expect(await one(rows)).toEqual({ many: true, distinct: true })
    expect(
      await one(`SELECT count(*)::int AS open FROM executions WHERE alpaca_account_label <> 'crypto-live'
                 AND status NOT IN ('filled', 'canceled', 'expired', 'rejected')`),
    ).toEqual({ open: 0 })
    expect(
      await one(`SELECT count(*)::int AS wrong FROM executions JOIN trade_decisions d ON d.id = trade_decision_id
                      WHERE executions.status <> d.status AND d.status <> 'submitted'`),
    ).toEqual({ wrong: 0 })
  })

  test('cash is what SQL over the orders says, in every account whose orders have ended', async () => {
    const { rows } = await client.query<{ label: string; gap: string }>(`
      WITH traded AS (
        SELECT alpaca_account_label AS label,
          sum(CASE side WHEN 'buy' THEN -1 ELSE 1 END * filled_qty * coalesce(avg_fill_price, 0)
            - coalesce((raw_order->>'commission')::numeric, (raw_order->>'cost_amount')::numeric, 0)) AS cash
        FROM executions GROUP BY 1
      ), shown AS (
        SELECT DISTINCT ON (alpaca_account_label) alpaca_account_label AS label, cash
        FROM position_snapshots ORDER BY alpaca_account_label, as_of DESC
      )
      SELECT label, round(shown.cash - traded.cash, 6)::text AS gap FROM shown JOIN traded USING (label)
      WHERE label <> 'crypto-live' ORDER BY label`)
    expect(rows).toEqual([
      { label: 'alpha-live', gap: '500000.000000' },
      { label: 'lean-paper', gap: '300000.000000' },
      { label: 'shared-paper', gap: '1000000.000000' },
    ])
  })
})
