import { QuantError } from '../../src/domain/errors.js'
import type { StrategySummary } from '../../src/domain/ports.js'
import { healthSchema, strategiesSchema } from '../../src/snapshot-api/schemas.js'
import { at, frameReader, GOOD_HEALTH, stageHealth, strategySummary, T } from '../support/frames.js'
import { get } from '../support/snapshot-api.js'

describe('/strategies', () => {
  test('lists what can be asked for, in the order of the reader', async () => {
    const strategies = [
      strategySummary({ strategyId: 'b', name: 'B', calendar: '24x7', accounts: ['CR-1', 'CR-2'] }),
      strategySummary({
        strategyId: 'a',
        name: 'A',
        enabled: false,
        accounts: [],
        firstFactAt: null,
        lastFactAt: null,
      }),
    ]
    const response = await get('/strategies', frameReader({ strategies })).expect(200)
    expect(strategiesSchema.parse(response.body)).toEqual({
      strategies: [
        {
          strategy_id: 'b',
          name: 'B',
          enabled: true,
          calendar: '24x7',
          accounts: ['CR-1', 'CR-2'],
          first_fact_at: '2026-02-02T14:31:00.000Z',
          last_fact_at: '2026-03-10T15:59:00.000Z',
        },
        {
          strategy_id: 'a',
          name: 'A',
          enabled: false,
          calendar: 'XNYS',
          accounts: [],
          first_fact_at: null,
          last_fact_at: null,
        },
      ],
    })
  })

  test('is an empty list when there are none', async () => {
    const response = await get('/strategies', frameReader({ strategies: [], books: [] })).expect(200)
    expect(response.body).toEqual({ strategies: [] })
  })

  describe('while warming up', () => {
    const warming = frameReader({ state: 'warming_up' })
    const asked = (strategies: () => Promise<readonly StrategySummary[]>) =>
      get('/strategies', warming, { stored: { strategies, alerts: async () => ({ alerts: [], next: undefined }) } })

    test('is what the store remembers', async () => {
      const response = await asked(async () => [strategySummary({ strategyId: 'kept' })]).expect(200)
      expect(strategiesSchema.parse(response.body).strategies).toMatchObject([
        { strategy_id: 'kept', accounts: ['PA-1'] },
      ])
    })

    test('is not known without a store, or when it cannot be read', async () => {
      const failing = asked(async () => {
        throw new QuantError('source_unreachable', 'store cannot be reached', { retryable: true })
      })
      for (const request of [get('/strategies', warming), failing])
        expect((await request.expect(503)).body).toMatchObject({ reason: 'warming_up' })
    })
  })
})

describe('/health', () => {
  test('tells whether this process writes to the stores, and until when what they hold is right', async () => {
    const stages = [
      stageHealth({ stage: 'materialize:latest', verifiedAt: T - 500 }),
      stageHealth({ stage: 'materialize:latest', verifiedAt: null }),
    ]
    const { body } = await get('/health', frameReader({ health: { ...GOOD_HEALTH, isWriter: true, stages } })).expect(
      200,
    )
    const health = healthSchema.parse(body)
    expect([health.writer, ...health.stages.map((stage) => stage.verified_at)]).toEqual([
      true,
      '2026-03-10T15:59:59.750Z',
      null,
    ])
  })

  test('tells every stage, the frames, the facts, the sessions and the build', async () => {
    const health = {
      ...GOOD_HEALTH,
      status: 'degraded' as const,
      stages: [
        stageHealth(),
        stageHealth({
          stage: 'ingest:clickhouse',
          status: 'failing',
          lagSeconds: 61.26,
          lastSuccessAt: at('2026-03-10T15:58:59.000Z'),
          lastErrorAt: at('2026-03-10T15:59:59.999Z'),
          lastErrorCode: 'source_timeout',
          errorsTotal: 12,
        }),
        stageHealth({ stage: 'compute:light', lagSeconds: null, lastSuccessAt: null, lastFrameSeq: 99 }),
      ],
    }
    const response = await get('/health', frameReader({ health, now: T })).expect(200)
    const none = { last_error_at: null, last_error_code: null, errors_total: 0 }
    expect(healthSchema.parse(response.body)).toEqual({
      status: 'degraded',
      stages: [
        {
          ...none,
          stage: 'ingest:postgres',
          status: 'ok',
          lag_seconds: 0.4,
          last_success_at: '2026-03-10T15:59:59.850Z',
          last_frame_seq: null,
        },
        {
          stage: 'ingest:clickhouse',
          status: 'failing',
          lag_seconds: 61.3,
          last_success_at: '2026-03-10T15:58:59.000Z',
          last_error_at: '2026-03-10T15:59:59.999Z',
          last_error_code: 'source_timeout',
          errors_total: 12,
          last_frame_seq: null,
        },
        { ...none, stage: 'compute:light', status: 'ok', lag_seconds: null, last_success_at: null, last_frame_seq: 99 },
      ],
      frames: { last_at: '2026-03-10T16:00:00.250Z', missing_seconds: 0.3, dropped_total: 0 },
      facts: { rejected: 1, orphans: 2, waiting_for_price: 3, snapshots_refused: 4, inferred_flows: 5, rebases: 6 },
      session: [
        {
          calendar: 'XNYS',
          state: 'open',
          opened_at: '2026-03-10T13:30:00.000Z',
          closes_at: '2026-03-10T20:00:00.000Z',
        },
        { calendar: '24x7', state: 'open' },
      ],
      build: { version: '1.2.3', revision: 'abc1234' },
    })
  })

  test('knows instants that are not there yet', async () => {
    const health = { ...GOOD_HEALTH, frames: { lastAt: null, missingSeconds: null, droppedTotal: 0 }, stages: [] }
    const response = await get('/health', frameReader({ state: 'warming_up', health })).expect(200)
    expect(healthSchema.parse(response.body).frames).toEqual({ last_at: null, missing_seconds: null, dropped_total: 0 })
  })
})

describe('routes without parameters', () => {
  test.each(['/strategies?strategy_id=a', '/health?verbose'])('%s refuse every parameter', async (path) => {
    const response = await get(path).expect(400)
    const [error] = JSON.parse(response.text).errors
    expect(error).toMatchObject({ problem: 'unknown parameter', allowed: [] })
  })
})
