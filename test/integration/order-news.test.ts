import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import { SECOND_MS } from '../../src/domain/time.js'
import { openPostgresStore } from '../../src/simulator/stores.js'
import { installPostgres } from '../../src/simulator/torghut/install.js'
import { TORGHUT_TODAY } from '../../src/simulator/torghut/postgres-schema.js'
import { startExporter } from '../support/exporter.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? test : test.skip

/** T crosses its seconds 100 ms before the polls that fall between two ticks of the wall clock. */
const OFFSET_MS = 600
const clock = { speed: 1, now: () => Date.now() + OFFSET_MS }

let server: PostgresServer | undefined
let client: pg.Client | undefined
afterEach(async () => {
  await client?.end()
  await server?.stop()
})

withServer(
  'shows a new order with the poll that finds it, also where T and the loops beat apart (package postgresql-15)',
  async () => {
    server = await startPostgresServer()
    const store = openPostgresStore(server.dsn)
    await installPostgres(store, TORGHUT_TODAY)
    await store.close()
    client = new pg.Client({ connectionString: server.dsn })
    await client.connect()
    const exporter = await startExporter({ TORGHUT_DB_DSN: server.dsn }, clock)
    try {
      await exporter.firstFrame()
      const strategyId = randomUUID()
      await client.query(
        `INSERT INTO strategies (id, name, enabled, base_timeframe, universe_type, universe_symbols, created_at, updated_at)
         VALUES ($1, 'one', true, '1Min', 'static', '[]', now(), now())`,
        [strategyId],
      )
      const index = DICTIONARY.findIndex(({ name }) => name === 'traded_notional')
      const traded = () => {
        const frames = [...(exporter.reader.frames()?.books.values() ?? [])]
        const result = frames.find(({ book }) => book.strategyId === strategyId)?.windows['1d'].results[index]
        return result?.status === 'ok' ? result.value : 0
      }
      const stamps: number[] = []
      for (let order = 0; order < 4; order += 1) {
        // Just after a tick and a poll, so that the next poll is the one between two ticks.
        await new Promise((resolve) => setTimeout(resolve, SECOND_MS - (Date.now() % SECOND_MS) + 120))
        await insertOrder(client, strategyId, clock.now() - 50)
        await until(() => traded() === (order + 1) * 100, 5_000)
        stamps.push(exporter.reader.frames()?.stamp.at ?? 0)
      }
      // A frame of a tick is of a whole second; these are not: nobody waited for one.
      expect(stamps.map((at) => at % SECOND_MS === 0)).toEqual([false, false, false, false])
    } finally {
      await exporter.stop()
    }
  },
  60_000,
)

async function insertOrder(database: pg.Client, strategyId: string, atMs: number): Promise<void> {
  const [decisionId, hash, at] = [randomUUID(), randomUUID(), new Date(atMs).toISOString()]
  await database.query(
    `INSERT INTO trade_decisions (id, strategy_id, alpaca_account_label, symbol, timeframe, decision_json, status, created_at, decision_hash)
     VALUES ($1, $2, 'live', 'AAPL', '1Min', '{}', 'filled', $3, $4)`,
    [decisionId, strategyId, at, hash],
  )
  await database.query(
    `INSERT INTO executions (id, trade_decision_id, alpaca_account_label, alpaca_order_id, client_order_id, symbol, side,
       order_type, time_in_force, submitted_qty, filled_qty, avg_fill_price, status, raw_order, execution_fallback_count,
       last_update_at, created_at, updated_at)
     VALUES ($1, $2, 'live', $3, $3, 'AAPL', 'buy', 'market', 'day', 1, 1, 100, 'filled', $4, 0, $5, $5, $5)`,
    [randomUUID(), decisionId, hash, { submitted_at: at, filled_at: at }, at],
  )
}
