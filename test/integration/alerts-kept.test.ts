import type pg from 'pg'
import type { AlertEpisode } from '../../src/domain/alerts.js'
import type { PolicyEvaluator } from '../../src/policy/evaluator.js'
import { findAlerts, saveAlerts } from '../../src/stores/postgres/alerts.js'
import { bookFrame, frameReader } from '../support/frames.js'
import { evaluatorOf, judgedFrame, judgedSet, ok, TICK } from '../support/policy.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { createStoreDatabase, openedStore, type RunningStore, startStore } from '../support/store.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

const DEEP = { max_drawdown: ok(0.06) }

withServer('episodes kept in a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer
  let pool: pg.Pool
  let dsn: string
  let running: RunningStore | undefined
  let databases = 0
  let now = TICK

  beforeAll(async () => {
    server = await startPostgresServer()
  })
  afterAll(async () => server?.stop())
  beforeEach(async () => {
    databases += 1
    now = TICK
    dsn = await createStoreDatabase(server, `kept_${databases}`)
    pool = await openedStore(dsn)
  })
  afterEach(async () => {
    await running?.stop()
    running = undefined
    await pool.end()
  })

  /** A process that judges: what it holds is written as the store's loops run. */
  const start = async (evaluator: PolicyEvaluator) => {
    running = await startStore(
      dsn,
      () => frameReader({ books: [bookFrame()], now }),
      {},
      {
        open: () => evaluator.board.open(),
        resolved: () => evaluator.board.resolved(),
        get hasMemory() {
          return evaluator.hasMemory
        },
        remember: (episodes) => evaluator.remember(episodes),
      },
    )
    return running
  }
  const tick = (evaluator: PolicyEvaluator, results: Parameters<typeof judgedFrame>[1], count = 1) => {
    for (let done = 0; done < count; done += 1) {
      now += 1_000
      evaluator.tick(judgedSet(now, [judgedFrame(now, results)]), () => true)
    }
  }
  const stored = async () => (await findAlerts(pool, { state: 'all', limit: 50 })).alerts
  const stop = async () => {
    await running?.stop()
    running = undefined
  }

  test('are written as they open, change and end', async () => {
    const evaluator = evaluatorOf()
    await start(evaluator)
    tick(evaluator, { results: DEEP }, 2)
    await until(async () => (await stored()).length === 1)
    expect(await stored()).toEqual(evaluator.board.open())
    tick(evaluator, { results: { max_drawdown: ok(0.09) } })
    await until(async () => (await stored())[0]?.observed === 0.09)
    tick(evaluator, {}, 100)
    await until(async () => (await stored())[0]?.resolved !== undefined)
    expect(await stored()).toEqual(evaluator.board.resolved())
  })

  test('go on after a restart as the episodes that they were', async () => {
    const first = evaluatorOf()
    await start(first)
    tick(first, { results: DEEP }, 2)
    await until(async () => (await stored()).length === 1)
    const [before] = await stored()
    await stop()
    // The store answers only after the new process has judged: what it opened as of its start is the old episode.
    const second = evaluatorOf()
    tick(second, { results: DEEP }, 3)
    expect(second.board.open()[0]?.alertId).not.toBe(before?.alertId)
    await start(second)
    await until(async () => second.board.open()[0]?.alertId === before?.alertId)
    tick(second, {}, 100)
    await until(async () => (await stored()).every(({ resolved }) => resolved !== undefined))
    expect((await stored()).map(({ alertId, openedAt }) => [alertId, openedAt])).toEqual([
      [before?.alertId, before?.openedAt],
    ])
  })

  test('that nobody holds open any more are closed at the start', async () => {
    const evaluator = evaluatorOf()
    tick(evaluator, { results: DEEP }, 2)
    const [episode] = evaluator.board.open()
    if (episode === undefined) throw new Error('no episode')
    const zombie: AlertEpisode = { ...episode, strategyId: 'gone', alertId: '00000000-0000-5000-8000-000000000001' }
    await saveAlerts(async (text, values = []) => (await pool.query(text, [...values])).rows, 0, [zombie])
    await start(evaluator)
    await until(async () => (await stored()).length === 2)
    await until(async () => (await stored()).some(({ resolved }) => resolved !== undefined))
    const byStrategy = (await stored()).map(({ strategyId, resolved }) => [strategyId, resolved?.reason])
    expect(byStrategy.sort()).toEqual([
      ['gone', 'no_data'],
      ['momentum-1', undefined],
    ])
  })
})
