import { DICTIONARY } from '../../src/compute/dictionary.js'
import type { MetricDescription } from '../../src/domain/metric.js'
import { type SnapshotBody, snapshotSchema } from '../../src/snapshot-api/schemas.js'
import { at, bookFrame, type FrameParts, frameReader, SMALL_DICTIONARY, value } from '../support/frames.js'
import { get } from '../support/snapshot-api.js'

async function snapshot(
  query: string,
  frame: FrameParts = {},
  parts: Parameters<typeof frameReader>[0] = {},
): Promise<SnapshotBody> {
  const response = await get(`/snapshot?${query}`, frameReader({ books: [bookFrame(frame)], ...parts })).expect(200)
  return snapshotSchema.parse(response.body)
}

function metric(body: SnapshotBody, name: string): SnapshotBody['metrics'][number] {
  const found = body.metrics.find(({ metric_name }) => metric_name === name)
  if (found === undefined) throw new Error(`no ${name} in the snapshot`)
  return found
}

describe('the body of /snapshot', () => {
  test('is the whole frame of the book, in the default window, exactly', async () => {
    const response = await get('/snapshot?strategy_id=momentum-1').expect(200)
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
    const common = { window: '1d', as_of: '2026-03-10T15:59:58.950Z', freshness_seconds: 1.3, meta: {} }
    const orders = { as_of: '2026-03-10T15:59:59.850Z', freshness_seconds: 0.4 }
    const good = { status: 'ok', quality: 'good' }
    expect(response.body).toEqual({
      strategy_id: 'momentum-1',
      strategy: 'Momentum',
      account: 'PA-1',
      alerts: [],
      window: '1d',
      frame_as_of: '2026-03-10T16:00:00.250Z',
      frame_seq: 7,
      formula_set: 'f0f1f2f3f4f5f6f7',
      inputs_digest: 'd0d1d2d3d4d5d6d7d0d1d2d3d4d5d6d7',
      session: {
        calendar: 'XNYS',
        state: 'open',
        opened_at: '2026-03-10T13:30:00.000Z',
        closes_at: '2026-03-10T20:00:00.000Z',
      },
      quality: 'good',
      groups: [
        { group: 'performance', as_of: '2026-03-10T15:59:58.950Z', freshness_seconds: 1.3, quality: 'good' },
        { group: 'risk_adjusted', as_of: null, freshness_seconds: null, quality: 'insufficient_data' },
        { group: 'exposure', as_of: '2026-03-10T15:59:58.950Z', freshness_seconds: 1.3, quality: 'good' },
      ],
      metrics: [
        // 1234.565 is a little more than that in binary: the exact value rounds up.
        {
          ...common,
          ...good,
          metric_name: 'net_pnl',
          group: 'performance',
          value: 1234.57,
          unit: 'USD',
          formula_version: 'v1',
        },
        // 1.005 is a little less.
        {
          ...common,
          ...orders,
          ...good,
          metric_name: 'cost_bps',
          group: 'performance',
          value: 1,
          unit: 'bps',
          formula_version: 'v2',
        },
        {
          ...common,
          ...orders,
          metric_name: 'calmar',
          group: 'risk_adjusted',
          value: null,
          unit: 'ratio',
          status: 'insufficient_data',
          reason: 'not_defined_for_window',
          quality: 'insufficient_data',
          formula_version: 'v1',
        },
        {
          ...common,
          ...good,
          metric_name: 'gross_exposure',
          group: 'exposure',
          value: 250000.1,
          unit: 'USD',
          formula_version: 'v1',
        },
        {
          ...common,
          ...good,
          metric_name: 'position_concentration_top1_pct',
          group: 'exposure',
          value: 33.3333,
          unit: 'percent',
          formula_version: 'v1',
        },
        {
          ...common,
          ...orders,
          ...good,
          metric_name: 'open_positions',
          group: 'exposure',
          value: 3,
          unit: 'count',
          formula_version: 'v1',
        },
      ],
    })
  })

  test('answers every window from that window of the frame', async () => {
    const frame: FrameParts = { inWindows: { '1m': { net_pnl: value(1) }, '20d': { net_pnl: value(20) } } }
    const oneMinute = await snapshot('strategy_id=momentum-1&window=1m', frame)
    expect(oneMinute.window).toBe('1m')
    expect(metric(oneMinute, 'net_pnl')).toMatchObject({ value: 1, window: '1m' })
    const twentyDays = await snapshot('strategy_id=momentum-1&window=20d', frame)
    expect(metric(twentyDays, 'net_pnl')).toMatchObject({ value: 20, window: '20d' })
    expect(metric(twentyDays, 'calmar')).toMatchObject({ value: 2.123457, status: 'ok' })
  })

  test('rounds money by the decimals of the book, half away from zero, and prints no negative zero', async () => {
    const results = { net_pnl: value(-0.0078125), gross_exposure: value(-0.0000001) }
    const body = await snapshot('strategy_id=momentum-1', { moneyDecimals: 6, results })
    expect(metric(body, 'net_pnl').value).toBe(-0.007813)
    expect(Object.is(metric(body, 'gross_exposure').value, 0)).toBe(true)
    const cents = await snapshot('strategy_id=momentum-1', {
      results: { net_pnl: value(-2.5), cost_bps: value(-0.125) },
    })
    expect(metric(cents, 'net_pnl').value).toBe(-2.5)
    expect(metric(cents, 'cost_bps').value).toBe(-0.13)
  })

  test('says why there is no value, and passes meta through', async () => {
    const body = await snapshot('strategy_id=momentum-1', {
      results: {
        net_pnl: { status: 'insufficient_data', reason: 'missing_mark', meta: { symbols: ['AAPL', 'MSFT'] } },
        cost_bps: { status: 'error', reason: 'internal_error' },
        open_positions: value(2, { by_side: { long: 1, short: 1 } }),
      },
    })
    expect(metric(body, 'net_pnl')).toMatchObject({
      value: null,
      status: 'insufficient_data',
      reason: 'missing_mark',
      quality: 'insufficient_data',
      meta: { symbols: ['AAPL', 'MSFT'] },
    })
    expect(metric(body, 'cost_bps')).toMatchObject({ value: null, status: 'error', reason: 'internal_error', meta: {} })
    expect(metric(body, 'open_positions').meta).toEqual({ by_side: { long: 1, short: 1 } })
    expect(body.metrics.filter((entry) => 'reason' in entry)).toHaveLength(3)
  })

  test('calls a value that the frame lacks an internal error instead of leaving it out', async () => {
    const short = bookFrame({ dictionary: SMALL_DICTIONARY.slice(0, 1) })
    const body = snapshotSchema.parse(
      (await get('/snapshot?strategy_id=momentum-1', frameReader({ books: [short] })).expect(200)).body,
    )
    expect(metric(body, 'cost_bps')).toMatchObject({ value: null, status: 'error', reason: 'internal_error' })
  })

  test('narrows to the metrics asked for, in the order of the dictionary, with the quality of the whole frame', async () => {
    const frame: FrameParts = { results: { net_pnl: { status: 'error', reason: 'internal_error' } } }
    const body = await snapshot('strategy_id=momentum-1&metrics=open_positions,cost_bps', frame)
    expect(body.metrics.map(({ metric_name }) => metric_name)).toEqual(['cost_bps', 'open_positions'])
    expect(body.quality).toBe('error')
    expect(body.groups.map(({ group }) => group)).toEqual(['performance', 'risk_adjusted', 'exposure'])
  })

  test('is complete and well formed for every metric of the real dictionary in every window', async () => {
    const dictionary: readonly MetricDescription[] = DICTIONARY
    const reader = frameReader({ books: [bookFrame({ dictionary, calendar: '24x7', moneyDecimals: 6 })] })
    for (const window of ['1m', '5m', '15m', '1h', '1d', '5d', '20d']) {
      const response = await get(`/snapshot?strategy_id=momentum-1&window=${window}`, reader, { dictionary }).expect(
        200,
      )
      const body = snapshotSchema.parse(response.body)
      expect(body.metrics.map(({ metric_name }) => metric_name)).toEqual(dictionary.map(({ name }) => name))
    }
  })
})

describe('the session in a snapshot', () => {
  const sessionAt = async (instant: string, calendar: '24x7' | 'XNYS' = 'XNYS') => {
    const now = at(instant)
    const reader = frameReader({ books: [bookFrame({ calendar })], stamp: { at: now }, now })
    return snapshotSchema.parse((await get('/snapshot?strategy_id=momentum-1', reader).expect(200)).body).session
  }

  test('is closed from the very close, with the next open and close', async () => {
    expect(await sessionAt('2026-03-13T20:00:00.000Z')).toEqual({
      calendar: 'XNYS',
      state: 'closed',
      opens_at: '2026-03-16T13:30:00.000Z',
      closes_at: '2026-03-16T20:00:00.000Z',
    })
  })

  test('is open from the very open, and a half day closes early', async () => {
    expect(await sessionAt('2026-11-27T14:30:00.000Z')).toEqual({
      calendar: 'XNYS',
      state: 'open',
      opened_at: '2026-11-27T14:30:00.000Z',
      closes_at: '2026-11-27T18:00:00.000Z',
    })
  })

  test('of a market that never closes has neither an open nor a close', async () => {
    expect(await sessionAt('2026-03-14T03:00:00.000Z', '24x7')).toEqual({ calendar: '24x7', state: 'open' })
  })

  test('is unknown, not guessed, where the calendar ends', async () => {
    expect(await sessionAt('2093-01-02T15:00:00.000Z')).toEqual({
      calendar: 'XNYS',
      state: 'unknown',
      reason: 'calendar_out_of_range',
    })
  })

  test('is that of the frame, also when the answer is written later', async () => {
    const reader = frameReader({ stamp: { at: at('2026-03-10T19:59:59.500Z') }, now: at('2026-03-10T20:00:01.000Z') })
    const response = await get('/snapshot?strategy_id=momentum-1', reader).expect(200)
    expect(response.body.session).toMatchObject({ state: 'open', closes_at: '2026-03-10T20:00:00.000Z' })
  })
})
