import pg from 'pg'
import { METRIC_DESCRIPTIONS } from '../../src/app/dictionary.js'
import type { BookFrame, FrameSet } from '../../src/domain/frame.js'
import type { Meta, MetricResult } from '../../src/domain/metric.js'
import { DAY_MS } from '../../src/domain/time.js'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import type { Simulator } from '../../src/simulator/simulation.js'
import { startTestEngines } from '../support/embedded.js'
import { framesAt } from '../support/exporter.js'
import { INDEPENDENT_LEDGER } from '../support/independent-ledger.sql.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { type Addresses, environmentOf, fillTorghut } from '../support/simulated-torghut.js'

const START = Date.parse('2026-11-20T19:30:00Z')
/** Fewer than the longest window covers, so that it reaches back before the first row. */
const SESSIONS = 3
const MOMENTS = [START - 2 * DAY_MS, START]

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

withServer('serve on a real Postgres 15 (package postgresql-15)', () => {
  let engines: EmbeddedEngines
  let server: PostgresServer
  let simulators: Simulator[]
  let embedded: Addresses
  let real: Addresses

  beforeAll(async () => {
    ;[engines, server] = await Promise.all([startTestEngines(), startPostgresServer()])
    embedded = { dsn: engines.postgres.dsn, clickhouse: engines.clickhouse }
    real = { dsn: server.dsn, clickhouse: engines.clickhouse }
    simulators = [await fillTorghut(embedded, START, SESSIONS), await fillTorghut(real, START, SESSIONS)]
  }, 180_000)

  afterAll(async () => {
    await Promise.all((simulators ?? []).map((simulator) => simulator.stop()))
    await Promise.all([engines?.stop(), server?.stop()])
  })

  test.each(MOMENTS)(
    'shows the values of the embedded engine for the same rows at %d',
    async (at) => {
      const ofReal = await framesAt(environmentOf(real), at)
      const ofEmbedded = await framesAt(environmentOf(embedded), at)
      expect(ofReal.books.size).toBeGreaterThanOrEqual(5)
      expect(valuesOf(ofReal)).toEqual(valuesOf(ofEmbedded))
    },
    180_000,
  )

  test('agrees with an independent SQL over the tables in every book', async () => {
    const client = new pg.Client({ connectionString: server.dsn })
    await client.connect()
    try {
      await client.query(INDEPENDENT_LEDGER)
      await client.query('BEGIN')
      const { rows } = await client.query(
        'SELECT * FROM pg_temp.book_totals(to_timestamp($1::double precision / 1000))',
        [START],
      )
      await client.query('COMMIT')
      const frames = await framesAt(environmentOf(real), START)
      const ours = [...frames.books.values()].map((frame) => ({
        book: `${frame.book.strategyId}|${frame.book.account}`,
        notional: cents(valueIn(frame, 'traded_notional')),
        fills: metaIn(frame, 'traded_notional').fill_count,
        realized: cents(valueIn(frame, 'realized_pnl')),
        costs: cents(valueIn(frame, 'cost_total')),
        openSymbols: valueIn(frame, 'open_positions'),
      }))
      const theirs = rows.map((row) => ({
        book: `${row.strategy_id}|${row.account}`,
        notional: cents(Number(row.notional)),
        fills: Number(row.fills),
        realized: cents(Number(row.realized)),
        costs: cents(Number(row.costs)),
        openSymbols: Number(row.open_symbols),
      }))
      const byBook = (a: { book: string }, b: { book: string }) => (a.book < b.book ? -1 : 1)
      expect(theirs.length).toBeGreaterThanOrEqual(5)
      expect(ours.sort(byBook)).toEqual(theirs.sort(byBook))
      for (const row of rows) expect(cents(Number(row.realized_of_closed))).toBe(cents(Number(row.cash_of_closed)))
    } finally {
      await client.end()
    }
  })
})

function valuesOf(frames: FrameSet): object {
  return Object.fromEntries([...frames.books].map(([id, { windows }]) => [id, windows]))
}

function resultOf(frame: BookFrame, name: string): MetricResult | undefined {
  return frame.windows['20d'].results[METRIC_DESCRIPTIONS.findIndex((definition) => definition.name === name)]
}

function valueIn(frame: BookFrame, name: string): number {
  const result = resultOf(frame, name)
  if (result?.status !== 'ok') throw new Error(`${name} is ${JSON.stringify(result)}`)
  return result.value
}

function metaIn(frame: BookFrame, name: string): Meta {
  return resultOf(frame, name)?.meta ?? {}
}

/** Compared to the cent: the sums themselves are exact on our side and numeric on theirs. */
function cents(value: number): number {
  return Math.round(value * 100) / 100
}
