import pg from 'pg'
import type { Engine } from '../../src/compute/engine.js'
import { formatScaled, QUANTITY_DIGITS } from '../../src/domain/exact.js'
import type { ExecutionFact } from '../../src/domain/facts.js'
import type { FrameSet } from '../../src/domain/frame.js'
import { historyFrom } from '../../src/domain/history.js'
import { type EpochMs, SECOND_MS } from '../../src/domain/time.js'
import type { TorghutSource } from '../../src/ingest/postgres/torghut-source.js'
import { createRandom } from '../../src/simulator/random.js'
import { AT_ONCE, answered, CALENDARS, createEngine, expectSameFrames, resultsOf } from '../support/engine.js'
import {
  type HostileStage,
  type HostileWriter,
  startHostileWriter,
  TRICKS,
  tenThousandOrders,
} from '../support/hostile-writer.js'
import { INDEPENDENT_LEDGER } from '../support/independent-ledger.sql.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { openReaderPool, type RecordedSource, recordSource } from '../support/torghut-reader.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

/** Friday, half past two in New York. */
const T = Date.parse('2026-11-20T19:30:00Z')

/** An exporter without its processes: a source on the writer's database and the engine that it feeds. */
interface Reader extends RecordedSource {
  readonly engine: Engine
  readonly pool: pg.Pool
}

withServer('a writer that keeps to no rule, on a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer
  let writer: HostileWriter
  let running: Reader
  let now: EpochMs
  /** In [0, 1): when connections are lost; undefined: never. */
  let luck: (() => number) | undefined
  let losses = 0

  beforeAll(async () => {
    server = await startPostgresServer()
  })
  afterAll(() => server?.stop())

  beforeEach(async () => {
    now = T
    writer = await startHostileWriter(server, T)
    running = openReader()
    await hydrate(running.source)
  })
  afterEach(async () => {
    luck = undefined
    await Promise.all([running.pool.end(), writer.stop()])
  })

  function openReader(): Reader {
    const pool = openReaderPool(server.dsn, writer.database)
    const engine = createEngine({ startAt: now, settings: AT_ONCE })
    return Object.assign(recordSource(pool, engine), { engine, pool })
  }

  async function hydrate(source: TorghutSource): Promise<void> {
    const signal = new AbortController().signal
    await source.hydrate(now, { historyFrom: historyFrom(CALENDARS, now), signal, onProgress: () => undefined })
  }

  /** Loses the connection at one of so many statements of the work, and then does it again. */
  async function lossy<Result>(statements: number, work: () => Promise<Result>): Promise<Result> {
    running.statementsLeft = luck === undefined ? Number.POSITIVE_INFINITY : Math.floor(luck() * statements)
    try {
      return await work()
    } catch (error) {
      if (luck === undefined || running.statementsLeft > 0) throw error
      losses += 1
    } finally {
      running.statementsLeft = Number.POSITIVE_INFINITY
    }
    return await work()
  }

  async function poll(): Promise<void> {
    now += SECOND_MS
    await lossy(6, () => running.source.poll(now, true))
    running.engine.tick(now, answered(now))
  }

  async function reconcile(): Promise<string[]> {
    const found: string[] = []
    await lossy(50, () =>
      running.source.reconcile(now, {
        historyFrom: historyFrom(CALENDARS, now),
        signal: new AbortController().signal,
        onReconciled: (table, kind, count) => void found.push(`${table} ${kind} ${count}`),
      }),
    )
    return found
  }

  /** After a poll and at most one reconciliation a running process is as one that starts now. */
  async function settle(): Promise<void> {
    await poll()
    await reconcile()
    // What has been read since a tier's instant is for its next one.
    now += SECOND_MS
    const fresh = openReader()
    try {
      await hydrate(fresh.source)
      expectSameFrames(running.engine.tick(now, answered(now)), fresh.engine.tick(now, answered(now)))
    } finally {
      await fresh.pool.end()
    }
  }

  const stageOf = (seed: string): HostileStage => {
    const random = createRandom(seed)
    return { now: () => now, random: () => random.next(), poll, settle }
  }

  test.each(Object.keys(TRICKS))('is followed through %s', async (name) => {
    await TRICKS['plain rows']?.(writer, stageOf('plain'))
    await settle()
    await TRICKS[name]?.(writer, stageOf(name))
    await settle()
    await expectIndependentTotals()
    expect(await reconcile()).toEqual([])
  })

  test.each(['one'])('is followed through all of it in the order of seed %s', async (seed) => {
    const stage = stageOf(seed)
    const order = Object.entries(TRICKS)
      .map(([name, trick]) => ({ name, trick, place: stage.random() }))
      .sort((a, b) => a.place - b.place)
    for (const { trick } of order) {
      await trick(writer, stage)
      if (stage.random() < 0.5) await poll()
    }
    await settle()
    await expectIndependentTotals()
  })

  test.each(['three'])('is followed through all of it while connections are lost, with seed %s', async (seed) => {
    const stage = stageOf(seed)
    const random = createRandom(`${seed} losses`)
    luck = () => random.next()
    losses = 0
    for (const trick of Object.values(TRICKS)) {
      await trick(writer, stage)
      await settle()
    }
    expect(losses).toBeGreaterThan(20)
    await expectIndependentTotals()
  })

  test('is followed through ten thousand orders in one second', async () => {
    await tenThousandOrders(writer, stageOf('burst'))
    await settle()
    await expectIndependentTotals()
    now += 60 * SECOND_MS
    await poll()
    await writer.query(`UPDATE executions SET avg_fill_price = 101 WHERE symbol = 'BURST' AND side = 'sell'`)
    await poll()
    expect(await reconcile()).toEqual(Array(10).fill('executions changed 500'))
    await settle()
    await expectIndependentTotals()
  }, 60_000)

  /** Filled quantity, notional, realised PnL and costs of every book, by SQL over the tables. */
  async function expectIndependentTotals(): Promise<void> {
    const client = new pg.Client({ connectionString: server.dsn.replace('/postgres?', `/${writer.database}?`) })
    await client.connect()
    try {
      await client.query(INDEPENDENT_LEDGER)
      await client.query('BEGIN')
      const { rows } = await client.query(
        'SELECT * FROM pg_temp.book_totals(to_timestamp($1::double precision / 1000))',
        [now],
      )
      await client.query('COMMIT')
      const theirs = rows.map((row) => ({
        book: `${row.strategy_id} ${row.account}`,
        quantity: Number(row.filled_quantity),
        notional: cents(row.notional),
        realized: cents(row.realized),
        costs: cents(row.costs),
      }))
      expect(theirs.length).toBeGreaterThan(0)
      expect(totalsOf(running.engine.tick(now, answered(now)))).toEqual(theirs.sort(byBook))
    } finally {
      await client.end()
    }
  }

  function totalsOf(frames: FrameSet) {
    const quantities = filledQuantities(running)
    return [...frames.books.values()]
      .map((frame) => {
        const results = resultsOf(frame, '20d')
        const value = (name: string) => {
          const result = results[name]
          return result?.status === 'ok' ? cents(result.value) : Number.NaN
        }
        const book = `${frame.book.strategyId} ${frame.book.account}`
        const quantity = quantities.get(book) ?? 0
        const money = {
          notional: value('traded_notional'),
          realized: value('realized_pnl'),
          costs: value('cost_total'),
        }
        return { book, quantity, ...money }
      })
      .filter(({ notional }) => notional !== 0)
      .sort(byBook)
  }
})

/** What the latest revisions of the orders say, without those that were taken back. */
function filledQuantities({ facts }: RecordedSource): Map<string, number> {
  const orders = new Map<string, ExecutionFact>()
  for (const fact of facts) {
    if (fact.fact === 'execution') orders.set(fact.executionId, fact)
    else if (fact.fact === 'retraction' && fact.of === 'execution') orders.delete(fact.identity[0] ?? '')
  }
  const quantities = new Map<string, bigint>()
  for (const { strategyId, account, filledQty } of orders.values()) {
    const book = `${strategyId} ${account}`
    quantities.set(book, (quantities.get(book) ?? 0n) + filledQty)
  }
  return new Map([...quantities].map(([book, total]) => [book, Number(formatScaled(total, QUANTITY_DIGITS))]))
}

function byBook(a: { book: string }, b: { book: string }): number {
  return a.book < b.book ? -1 : 1
}

function cents(value: number | string): number {
  return Math.round(Number(value) * 100) / 100
}
