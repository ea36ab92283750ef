import request from 'supertest'
import { QuantError } from '../../src/domain/errors.js'
import type { SeriesQuery, SeriesReader } from '../../src/domain/series.js'
import { toIso } from '../../src/domain/time.js'
import { WINDOWS } from '../../src/domain/window.js'
import { problemSchema, type SeriesBody, seriesSchema } from '../../src/snapshot-api/schemas.js'
import { bookFrame, frameReader, SMALL_DICTIONARY, strategySummary, T } from '../support/frames.js'
import { BASE, get, testApi } from '../support/snapshot-api.js'

const DAY = 86_400_000

interface StoreParts {
  readonly resolutionMs?: number
  /** By strategy. */
  readonly accounts?: Readonly<Record<string, readonly string[]>>
  readonly valueAt?: (metric: string, index: number) => number | null
  readonly fails?: boolean
}

/** A store that answers with the number of the point, and remembers what it was asked. */
function storeOf({ resolutionMs = 10_000, accounts = {}, valueAt = (_, index) => index, fails }: StoreParts = {}) {
  const asked: SeriesQuery[] = []
  const reader: SeriesReader = {
    resolutionMs: () => resolutionMs,
    accountsOf: async (strategyId) => accounts[strategyId] ?? [],
    read: async (query) => {
      asked.push(query)
      if (fails === true) throw new QuantError('source_unreachable', 'connect ECONNREFUSED 10.0.0.7:8123')
      const count = Math.max(0, (query.lastAt - query.firstAt) / query.stepMs + 1)
      return query.metrics.map(({ name }) => ({
        formulaVersion: name === 'cost_bps' ? undefined : 'v7',
        values: Array.from({ length: count }, (_, index) => valueAt(name, index)),
      }))
    },
  }
  return { reader, asked }
}

async function seriesOf(query: string, parts: StoreParts = {}): Promise<{ body: SeriesBody; asked: SeriesQuery }> {
  const { reader, asked } = storeOf(parts)
  const response = await get(`/series?${query}`, frameReader(), { series: reader }).expect(200)
  const [first] = asked
  if (first === undefined) throw new Error('the store was not asked')
  return { body: seriesSchema.parse(response.body), asked: first }
}

async function refused(status: number, query: string, parts: StoreParts = {}, reader = frameReader()) {
  const response = await get(`/series?${query}`, reader, { series: storeOf(parts).reader }).expect(status)
  expect(response.headers['content-type']).toBe('application/problem+json')
  return problemSchema.parse(response.body)
}

describe('the body of /series', () => {
  test('is columns of one length, with a null where nothing is known', async () => {
    const query =
      'strategy_id=momentum-1&metrics=net_pnl,cost_bps&window=1h&from=2026-03-10T15:00:05Z&to=2026-03-10T15:00:45Z&step=10'
    const { body } = await seriesOf(query, {
      valueAt: (metric, index) => (metric === 'net_pnl' && index === 1 ? null : index / 4),
    })
    expect(body).toEqual({
      strategy_id: 'momentum-1',
      account: 'PA-1',
      window: '1h',
      from: '2026-03-10T15:00:05.000Z',
      to: '2026-03-10T15:00:45.000Z',
      step_seconds: 10,
      resolution_seconds: 10,
      timestamps: [
        '2026-03-10T15:00:10.000Z',
        '2026-03-10T15:00:20.000Z',
        '2026-03-10T15:00:30.000Z',
        '2026-03-10T15:00:40.000Z',
      ],
      series: {
        net_pnl: { unit: 'USD', formula_version: 'v7', values: [0, null, 0.5, 0.75] },
        // Nothing is kept of it: the formula is that of today.
        cost_bps: { unit: 'bps', formula_version: 'v2', values: [0, 0.25, 0.5, 0.75] },
      },
      truncated: false,
      source: 'store',
    })
  })

  test('is CSV for whoever prefers it', async () => {
    const { reader } = storeOf({ valueAt: (metric, index) => (metric === 'net_pnl' && index === 1 ? null : index) })
    const query = 'strategy_id=momentum-1&metrics=net_pnl,cost_bps&from=2026-03-10T15:00:00Z&to=2026-03-10T15:00:20Z'
    const asCsv = await get(`/series?${query}`, frameReader(), { series: reader }).set('Accept', 'text/csv').expect(200)
    expect(asCsv.headers['content-type']).toBe('text/csv; charset=utf-8; header=present')
    expect(asCsv.text.split('\r\n')).toEqual([
      'timestamp,net_pnl,cost_bps',
      '2026-03-10T15:00:00.000Z,0,0',
      '2026-03-10T15:00:10.000Z,,1',
      '2026-03-10T15:00:20.000Z,2,2',
      '',
    ])
    await get(`/series?${query}`, frameReader(), { series: reader }).set('Accept', 'image/png').expect(406)
    const either = await get(`/series?${query}`, frameReader(), { series: reader }).set('Accept', '*/*').expect(200)
    expect(either.headers['content-type']).toBe('application/json; charset=utf-8')
  })

  test('is not stored by anybody, and a HEAD has its headers alone', async () => {
    const { reader } = storeOf()
    const { app } = testApi(frameReader(), { series: reader })
    const path = `${BASE}/series?strategy_id=momentum-1&metrics=net_pnl`
    const response = await request(app).head(path).expect(200)
    expect(response.headers['cache-control']).toBe('no-store')
    expect(Number(response.headers['content-length'])).toBeGreaterThan(1_000)
    expect(response.text).toBeUndefined()
    await request(app).post(path).expect(405)
  })
})

describe('the range of /series', () => {
  test.each([
    ['1m', 60_000],
    ['1h', 3_600_000],
    ['1d', DAY],
    ['20d', 20 * DAY],
  ])(
    'of the window %s ends now and is as long as the window, where nothing else is asked',
    async (window, lengthMs) => {
      const { body } = await seriesOf(`strategy_id=momentum-1&metrics=net_pnl&window=${window}`)
      expect([body.from, body.to]).toEqual([toIso(T - lengthMs), toIso(T)])
    },
  )

  test.each([
    ['a day by default', 'from=2026-03-09T16:00:00Z&to=2026-03-10T16:00:00Z', 10_000, 180],
    ['an hour by default', 'from=2026-03-10T15:00:00Z&to=2026-03-10T16:00:00Z', 10_000, 10],
    ['as asked', 'from=2026-03-10T15:00:00Z&to=2026-03-10T16:00:00Z&step=15', 10_000, 15],
    ['with a unit', 'from=2026-03-10T12:00:00Z&to=2026-03-10T16:00:00Z&step=5m', 10_000, 300],
    ['raised to what is kept', 'from=2026-03-10T15:00:00Z&to=2026-03-10T16:00:00Z&step=1', 10_000, 10],
    ['raised to a roll-up', 'from=2026-03-01T15:00:00Z&to=2026-03-01T16:00:00Z&step=10', 60_000, 60],
    ['of a roll-up by default', 'from=2026-02-09T16:00:00Z&to=2026-03-10T16:00:00Z', 60_000, 5_040],
    ['of old hours', 'from=2025-03-10T16:00:00Z&to=2026-03-10T16:00:00Z', 3_600_000, 64_800],
  ])('has steps of a length %s', async (_name, range, resolutionMs, stepSeconds) => {
    const { body, asked } = await seriesOf(`strategy_id=momentum-1&metrics=net_pnl&${range}`, { resolutionMs })
    expect(body.step_seconds).toBe(stepSeconds)
    expect(body.resolution_seconds).toBe(resolutionMs / 1000)
    expect([asked.firstAt % asked.stepMs, asked.lastAt % asked.stepMs]).toEqual([0, 0])
    expect(body.timestamps).toHaveLength((asked.lastAt - asked.firstAt) / asked.stepMs + 1)
  })

  test('between two points is empty', async () => {
    const range = 'from=2026-03-10T15:00:01Z&to=2026-03-10T15:00:09Z'
    const { reader } = storeOf()
    const query = `/series?strategy_id=momentum-1&metrics=net_pnl&${range}`
    const { body } = await get(query, frameReader(), { series: reader }).expect(200)
    expect(seriesSchema.parse(body)).toMatchObject({ timestamps: [], series: { net_pnl: { values: [] } } })
  })

  test('across the end of daylight saving has an hour more, and no point twice', async () => {
    const { body } = await seriesOf(
      'strategy_id=momentum-1&metrics=net_pnl&from=2026-11-01T04:00:00Z&to=2026-11-02T05:00:00Z&step=1h',
    )
    expect(body.timestamps).toHaveLength(26)
    expect(new Set(body.timestamps).size).toBe(26)
  })
})

describe('bad parameters of /series', () => {
  test('are told all at once', async () => {
    const problem = await refused(400, 'window=2d&metrics=net_pnl,nope&from=yesterday&step=ten&shard=1')
    expect(problem.errors).toEqual([
      {
        parameter: 'shard',
        problem: 'unknown parameter',
        allowed: ['strategy_id', 'account', 'metrics', 'window', 'from', 'to', 'step'],
      },
      { parameter: 'strategy_id', problem: 'required: /strategies lists the strategies there are' },
      { parameter: 'window', problem: 'no window is called "2d"', allowed: [...WINDOWS] },
      {
        parameter: 'from',
        problem: '"yesterday" is no instant',
        allowed: ['RFC 3339 with a zone, such as 2026-11-20T14:30:00Z'],
      },
      {
        parameter: 'step',
        problem: '"ten" is no step',
        allowed: ['whole seconds, such as 60', 'with a unit: 30s, 5m, 1h, 1d', 'at most 366d'],
      },
      { parameter: 'metrics', problem: 'no metric is called "nope"', near: [] },
    ])
  })

  test.each([
    ['no metrics', 'strategy_id=momentum-1', 'metrics'],
    [
      'a range backwards',
      'strategy_id=momentum-1&metrics=net_pnl&from=2026-03-10T15:00:00Z&to=2026-03-10T14:00:00Z',
      'from',
    ],
    [
      'a range of nothing',
      'strategy_id=momentum-1&metrics=net_pnl&from=2026-03-10T15:00:00Z&to=2026-03-10T15:00:00Z',
      'from',
    ],
    ['a time without a zone', 'strategy_id=momentum-1&metrics=net_pnl&from=2026-03-10T15:00:00', 'from'],
    ['a time of no store', 'strategy_id=momentum-1&metrics=net_pnl&to=9999-01-01T00:00:00Z', 'to'],
    ['a step of nothing', 'strategy_id=momentum-1&metrics=net_pnl&step=0', 'step'],
    ['a step of years', 'strategy_id=momentum-1&metrics=net_pnl&step=400d', 'step'],
    ['a metric twice', 'strategy_id=momentum-1&metrics=net_pnl,net_pnl', 'metrics'],
  ])('such as %s name the parameter', async (_name, query, parameter) => {
    const problem = await refused(400, query)
    expect(problem.errors?.map((error) => error.parameter)).toEqual([parameter])
  })

  test('ask for names that are there: 404 with near ones', async () => {
    expect((await refused(404, 'strategy_id=momentum-2&metrics=net_pnl')).errors).toEqual([
      { parameter: 'strategy_id', problem: 'no strategy has the id "momentum-2"', near: ['momentum-1'] },
    ])
    expect((await refused(404, 'strategy_id=momentum-1&metrics=net_pnls')).errors).toEqual([
      { parameter: 'metrics', problem: 'no metric is called "net_pnls"', near: ['net_pnl'] },
    ])
    expect((await refused(404, 'strategy_id=momentum-1&account=PA-2&metrics=net_pnl')).errors).toEqual([
      { parameter: 'account', problem: 'the strategy has no series in an account "PA-2"', near: ['PA-1'] },
    ])
  })
})

describe('a request to /series that is too large', () => {
  test('of points says what would fit: 422, and what it says fits', async () => {
    const range = 'strategy_id=momentum-1&metrics=net_pnl&from=2026-03-01T00:00:00Z&to=2026-03-10T00:00:00Z'
    const problem = await refused(422, `${range}&step=10`)
    expect(problem.detail).toBe(
      '77761 points, and at most 11000 are answered: a step of 71 s or more fits this range, or a range of 109990 s this step',
    )
    expect(problem.errors?.[0]?.parameter).toBe('step')
    expect((await seriesOf(`${range}&step=71`)).body.timestamps.length).toBeLessThanOrEqual(11_000)
  })

  test('of exactly the most points is answered', async () => {
    const range = 'from=2026-03-01T00:00:00Z&to=2026-03-02T06:33:10Z&step=10'
    const { body } = await seriesOf(`strategy_id=momentum-1&metrics=net_pnl&${range}`)
    expect(body.timestamps).toHaveLength(11_000)
  })

  test('of metrics as well', async () => {
    const dictionary = Array.from({ length: 21 }, (_, index) => ({
      ...SMALL_DICTIONARY[0],
      name: `m${index}`,
    })) as typeof SMALL_DICTIONARY
    const names = dictionary.map(({ name }) => name)
    const reader = frameReader({ books: [bookFrame({ dictionary })] })
    const ask = (metrics: readonly string[], status: number) =>
      get(`/series?strategy_id=momentum-1&metrics=${metrics.join(',')}`, reader, {
        dictionary,
        series: storeOf().reader,
      }).expect(status)
    const { body } = await ask(names, 422)
    expect(problemSchema.parse(body).detail).toBe(
      'metrics names 21 metrics, and at most 20 are answered: ask in 2 requests',
    )
    await ask(names.slice(0, 20), 200)
  })
})

describe('the account of /series', () => {
  const twoAccounts = frameReader({
    books: [bookFrame({ account: 'PA-2' }), bookFrame({ account: 'PA-1' })],
    strategies: [strategySummary({ accounts: ['PA-1', 'PA-2'] })],
  })

  test('must be given where the strategy has several that are live', async () => {
    const problem = await refused(400, 'strategy_id=momentum-1&metrics=net_pnl', {}, twoAccounts)
    expect(problem.errors?.[0]).toMatchObject({ parameter: 'account', allowed: ['PA-1', 'PA-2'] })
  })

  test('may be one that is not live any more', async () => {
    const { reader, asked } = storeOf({ accounts: { 'momentum-1': ['PA-0', 'PA-1'] } })
    await get('/series?strategy_id=momentum-1&account=PA-0&metrics=net_pnl', twoAccounts, { series: reader }).expect(
      200,
    )
    expect(asked[0]?.account).toBe('PA-0')
  })

  test('is the only one that the store knows, while warming up', async () => {
    const warmingUp = frameReader({ state: 'warming_up', books: [] })
    const { reader, asked } = storeOf({ accounts: { 'momentum-1': ['PA-1'], 'carry-1': ['A', 'B'] } })
    await get('/series?strategy_id=momentum-1&metrics=net_pnl', warmingUp, { series: reader }).expect(200)
    expect(asked[0]).toMatchObject({ strategyId: 'momentum-1', account: 'PA-1' })
    const several = await get('/series?strategy_id=carry-1&metrics=net_pnl', warmingUp, { series: reader }).expect(400)
    expect(problemSchema.parse(several.body).errors?.[0]?.allowed).toEqual(['A', 'B'])
    await get('/series?strategy_id=nobody&metrics=net_pnl', warmingUp, { series: reader }).expect(404)
  })
})

describe('/series without an answer', () => {
  test('is 501 without a store, and says which setting gives one', async () => {
    const options = { seriesVariables: 'QUANT_SERIES_CLICKHOUSE_URL' }
    const { body } = await get('/series?strategy_id=momentum-1&metrics=net_pnl', frameReader(), options).expect(501)
    expect(problemSchema.parse(body)).toMatchObject({
      type: 'urn:quant-exporter:problem:no-store',
      detail:
        'nothing is kept of the past, since no store is configured: set QUANT_SERIES_CLICKHOUSE_URL; /snapshot has the latest values',
    })
  })

  test('is 503 while the store does not answer, and tells nothing of where it is', async () => {
    const { reader } = storeOf({ fails: true })
    const response = await get('/series?strategy_id=momentum-1&metrics=net_pnl', frameReader(), {
      series: reader,
    }).expect(503)
    expect(response.headers['retry-after']).toBe('5')
    expect(response.text).not.toContain('10.0.0.7')
    expect(problemSchema.parse(response.body).detail).toContain('source_unreachable')
  })

  test('is 503 while the control plane is off', async () => {
    const { body } = await get('/series?strategy_id=a&metrics=b', frameReader({ state: 'disabled' })).expect(503)
    expect(problemSchema.parse(body).reason).toBe('disabled')
  })
})
