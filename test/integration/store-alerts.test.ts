import type pg from 'pg'
import { AlertRows } from '../../src/app/materialize/alert-rows.js'
import { alertPage } from '../../src/domain/alert-page.js'
import type { AlertEpisode, AlertQuery } from '../../src/domain/alerts.js'
import { ShardOwnership } from '../../src/domain/shards.js'
import { closeAlerts, findAlerts, openAlerts, saveAlerts } from '../../src/stores/postgres/alerts.js'
import { readStrategies, writeStrategies } from '../../src/stores/postgres/strategies.js'
import type { StoreQuery } from '../../src/stores/postgres/writer-session.js'
import { episode, alertId as id } from '../support/alerts.js'
import { strategySummary, T } from '../support/frames.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { accountOn, strategyOn } from '../support/shard-apis.js'
import { createStoreDatabase, openedStore } from '../support/store.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const withServer = hasPostgresServer ? describe : describe.skip

withServer('alert episodes on a real Postgres 15 (package postgresql-15)', () => {
  let server: PostgresServer
  let pool: pg.Pool
  let databases = 0
  let query: StoreQuery

  beforeAll(async () => {
    server = await startPostgresServer()
  })
  beforeEach(async () => {
    databases += 1
    pool = await openedStore(await createStoreDatabase(server, `alerts_${databases}`))
    query = async (text, values = []) => (await pool.query(text, [...values])).rows
  })
  afterEach(async () => pool.end())
  afterAll(async () => server?.stop())

  const found = async (parts: Partial<AlertQuery> = {}) => findAlerts(pool, { state: 'all', limit: 10, ...parts })
  const ids = async (parts: Partial<AlertQuery> = {}) => (await found(parts)).alerts.map(({ alertId }) => alertId)

  test('come back as they were written, to the millisecond', async () => {
    const episodes = [
      episode(1, { openedAt: T + 123, observed: null, meta: undefined }),
      episode(2, { resolved: { at: T + 9_999, reason: 'recovered' } }),
      episode(3, { strategyId: "it's", account: 'ünï "c"', threshold: -0.5, window: '20d', unit: 'USD' }),
    ]
    await saveAlerts(query, 0, episodes)
    expect((await found()).alerts).toEqual([episodes[2], episodes[1], episodes[0]])
    expect(await openAlerts(query)).toEqual([episodes[0], episodes[2]])
  })

  test('written again are the same episode, and one that is over stays over', async () => {
    await saveAlerts(query, 0, [episode(1)])
    await saveAlerts(query, 0, [episode(1, { observed: 0.08, consecutiveFrames: 9 })])
    expect((await found()).alerts).toEqual([episode(1, { observed: 0.08, consecutiveFrames: 9 })])
    const over = episode(1, { resolved: { at: T + 50_000, reason: 'no_data' } })
    await saveAlerts(query, 0, [over])
    await saveAlerts(query, 0, [episode(1, { observed: 0.3 })])
    expect((await found()).alerts).toEqual([over])
  })

  test('that nobody holds open after a restart are closed, whoever wrote them', async () => {
    await saveAlerts(query, 0, [
      episode(1),
      episode(2),
      episode(3, { resolved: { at: T + 4_000, reason: 'recovered' } }),
    ])
    await saveAlerts(query, 1, [episode(4)])
    expect((await openAlerts(query)).map(({ alertId }) => alertId)).toEqual([id(1), id(2), id(4)])
    expect(await closeAlerts(query, [id(1), id(3)], { at: T + 1_500, reason: 'policy_changed' })).toBe(1)
    const byId = new Map((await found()).alerts.map(({ alertId, resolved }) => [alertId, resolved]))
    expect(byId).toEqual(
      new Map([
        [id(1), { at: T + 1_500, reason: 'policy_changed' }],
        [id(2), undefined],
        [id(3), { at: T + 4_000, reason: 'recovered' }],
        [id(4), undefined],
      ]),
    )
    // Never before it opened, whatever the clock says.
    await closeAlerts(query, [id(4)], { at: T, reason: 'disabled' })
    expect((await found({ state: 'resolved' })).alerts[0]?.resolved).toEqual({ at: T + 4_000, reason: 'disabled' })
  })

  test('go on with the shard that has their book now, when there are more shards than before', async () => {
    const ownership = new ShardOwnership({ index: 2, count: 3 })
    const [kept, over, others] = [
      episode(1, { strategyId: strategyOn(2, { count: 3 }) }),
      episode(2, { strategyId: strategyOn(2, { count: 3 }), account: accountOn(2, strategyOn(2, { count: 3 }), 3) }),
      episode(3, { strategyId: strategyOn(0, { count: 3 }) }),
    ]
    await saveAlerts(query, 0, [kept, over, others])
    let remembered: readonly AlertEpisode[] = []
    const rows = new AlertRows(
      {
        // What was open goes on, save one that the new process finds over.
        open: () => remembered.filter(({ alertId }) => alertId === kept.alertId),
        resolved: () => [],
        hasMemory: false,
        remember: (episodes) => {
          remembered = episodes
        },
      },
      ownership,
    )
    await rows.write(query, true, T + 9_000)
    expect(remembered).toEqual([kept, over])
    const { rows: written } = await pool.query(
      'SELECT alert_id, shard FROM quant.quant_alerts WHERE resolved_at IS NULL',
    )
    expect(new Map(written.map(({ alert_id, shard }) => [alert_id, shard]))).toEqual(
      new Map([
        [kept.alertId, 2],
        [others.alertId, 0],
      ]),
    )
    expect((await found({ state: 'resolved' })).alerts.map(({ alertId, resolved }) => [alertId, resolved])).toEqual([
      [over.alertId, { at: T + 9_000, reason: 'no_data' }],
    ])
  })

  test.each<[string, Partial<AlertQuery>, readonly number[]]>([
    ['all', {}, [5, 4, 3, 2, 1]],
    ['open', { state: 'open' }, [4, 3, 2, 1]],
    ['resolved', { state: 'resolved' }, [5]],
    ['of a strategy', { strategyId: 'mean-2' }, [2]],
    ['of an account', { account: 'PA-2' }, [3]],
    ['of a severity', { severity: 'warning' }, [4]],
    ['of a policy', { policy: 'min_sharpe' }, [1]],
    ['opened from an instant on', { from: T + 4_000 }, [5, 4]],
    ['opened before an instant', { to: T + 2_000 }, [1]],
    ['nothing is both', { strategyId: 'mean-2', account: 'PA-2' }, []],
    ['nor is SQL in a name', { strategyId: "' OR true --" }, []],
  ])('are found: %s', async (_name, parts, numbers) => {
    const episodes = [
      episode(1, { policy: 'min_sharpe' }),
      episode(2, { strategyId: 'mean-2' }),
      episode(3, { account: 'PA-2' }),
      episode(4, { severity: 'warning' }),
      episode(5, { resolved: { at: T + 6_000, reason: 'recovered' } }),
    ]
    await saveAlerts(query, 0, episodes)
    expect(await ids(parts)).toEqual(numbers.map(id))
    // What is only in memory is found alike.
    expect(alertPage(episodes, { state: 'all', limit: 10, ...parts })).toEqual(await found(parts))
  })

  test('come in pages that neither repeat nor miss one, also where several opened together', async () => {
    const episodes = [1, 2, 3, 4, 5, 6, 7].map((number) => episode(number, { openedAt: T + (number > 4 ? 1_000 : 0) }))
    await saveAlerts(query, 0, episodes)
    const pages: string[][] = []
    let after: AlertQuery['after']
    do {
      const page = await found({ limit: 3, ...(after === undefined ? {} : { after }) })
      pages.push(page.alerts.map(({ alertId }) => alertId))
      expect(alertPage(episodes, { state: 'all', limit: 3, after })).toEqual(page)
      after = page.next
      // What opens meanwhile is newer than any page to come.
      await saveAlerts(query, 0, [episode(100 + pages.length)])
    } while (after !== undefined)
    expect(pages).toEqual([[id(7), id(6), id(5)], [id(4), id(3), id(2)], [id(1)]])
  })

  test('strategies of several shards are told once, with all their accounts', async () => {
    const write = (shard: number, parts: Parameters<typeof strategySummary>[0]) => {
      const strategies = [strategySummary(parts)]
      return writeStrategies(query, { index: shard, count: 3 }, strategies, strategies)
    }
    await write(0, { accounts: ['PA-2', 'b'], firstFactAt: null, lastFactAt: T })
    await write(1, { accounts: ['a', 'PA-2'], firstFactAt: T - 5_000, lastFactAt: T - 1 })
    await write(2, { strategyId: 'Zeta', accounts: [] })
    expect(await readStrategies(pool)).toEqual([
      strategySummary({ strategyId: 'Zeta', accounts: [] }),
      strategySummary({ accounts: ['PA-2', 'a', 'b'], firstFactAt: T - 5_000, lastFactAt: T }),
    ])
    // Of two shards from now on: what the third one told is gone.
    await writeStrategies(query, { index: 0, count: 2 }, [], [strategySummary({})])
    expect((await readStrategies(pool)).map(({ strategyId }) => strategyId)).toEqual([strategySummary({}).strategyId])
  })
})
