import { DICTIONARY } from '../../src/compute/dictionary.js'
import type { MetricResult } from '../../src/domain/metric.js'
import { type SnapshotBody, snapshotSchema } from '../../src/snapshot-api/schemas.js'
import { at, bookFrame, type FrameParts, frameReader, T } from '../support/frames.js'
import { get } from '../support/snapshot-api.js'

async function snapshot(frame: FrameParts, now = T): Promise<SnapshotBody> {
  const reader = frameReader({ books: [bookFrame(frame)], now })
  const response = await get('/snapshot?strategy_id=momentum-1', reader).expect(200)
  return snapshotSchema.parse(response.body)
}

function metric(body: SnapshotBody, name: string) {
  return body.metrics.find(({ metric_name }) => metric_name === name)
}

function group(body: SnapshotBody, name: string) {
  return body.groups.find((entry) => entry.group === name)
}

const missing: MetricResult = { status: 'insufficient_data', reason: 'missing_mark' }
const failed: MetricResult = { status: 'error', reason: 'internal_error' }
const up = (asOf: number | undefined) => ({ asOf, stale: false })
const stale = (asOf: number | undefined) => ({ asOf, stale: true })

describe('as_of and freshness_seconds', () => {
  test('grow while the frame stands still: ages are taken when the answer is written', async () => {
    const body = await snapshot({}, T + 2_000)
    expect(body.frame_as_of).toBe('2026-03-10T16:00:00.250Z')
    expect(metric(body, 'cost_bps')).toMatchObject({ as_of: '2026-03-10T15:59:59.850Z', freshness_seconds: 2.4 })
    expect(metric(body, 'net_pnl')).toMatchObject({ as_of: '2026-03-10T15:59:58.950Z', freshness_seconds: 3.3 })
  })

  test('follow the oldest source, whichever it is', async () => {
    const body = await snapshot({ sources: { orders: up(T - 9_000), prices: up(T - 1_000) } })
    expect(metric(body, 'net_pnl')).toMatchObject({ as_of: '2026-03-10T15:59:51.250Z', freshness_seconds: 9 })
  })

  test('are never below 0 when a source is ahead of the clock', async () => {
    const body = await snapshot({ sources: { orders: up(T + 5_000), prices: up(T + 7_000) } })
    expect(metric(body, 'net_pnl')).toMatchObject({ as_of: '2026-03-10T16:00:05.250Z', freshness_seconds: 0 })
  })

  test('let the age of prices stand still while the market is closed, but not that of orders', async () => {
    const sunday = at('2026-03-15T12:00:00.000Z')
    const sources = { orders: up(sunday - 500), prices: up(at('2026-03-13T19:59:58.000Z')) }
    const body = await snapshot({ sources }, sunday)
    expect(metric(body, 'net_pnl')).toMatchObject({ as_of: '2026-03-13T19:59:58.000Z', freshness_seconds: 2 })
    expect(metric(body, 'cost_bps')).toMatchObject({ as_of: '2026-03-15T11:59:59.500Z', freshness_seconds: 0.5 })
    expect(group(body, 'performance')).toMatchObject({ as_of: '2026-03-13T19:59:58.000Z', freshness_seconds: 2 })
  })

  test('go on at night in a market that never closes', async () => {
    const sunday = at('2026-03-15T12:00:00.000Z')
    const body = await snapshot(
      { calendar: '24x7', sources: { orders: up(sunday), prices: up(sunday - 90_000) } },
      sunday,
    )
    expect(metric(body, 'net_pnl')?.freshness_seconds).toBe(90)
  })

  test('take the wall clock where the calendar does not know: it never flatters', async () => {
    const later = at('2093-01-02T15:00:00.000Z')
    const body = await snapshot({ sources: { orders: up(later), prices: up(later - 60_000) } }, later)
    expect(metric(body, 'net_pnl')?.freshness_seconds).toBe(60)
  })

  test('are null beside the reason when a source has never answered', async () => {
    const unavailable: MetricResult = { status: 'insufficient_data', reason: 'source_unavailable' }
    const body = await snapshot({ results: { net_pnl: unavailable }, sources: { prices: up(undefined) } })
    expect(metric(body, 'net_pnl')).toMatchObject({
      as_of: null,
      freshness_seconds: null,
      value: null,
      reason: 'source_unavailable',
    })
    expect(metric(body, 'cost_bps')).toMatchObject({ as_of: '2026-03-10T15:59:59.850Z', freshness_seconds: 0.4 })
  })

  test('rest on the other sources when a value needed nothing from the silent one', async () => {
    const body = await snapshot({ sources: { prices: up(undefined) } })
    expect(metric(body, 'gross_exposure')).toMatchObject({
      status: 'ok',
      as_of: '2026-03-10T15:59:59.850Z',
      freshness_seconds: 0.4,
    })
  })
})

describe('an age metric', () => {
  const instants = {
    bars: { newestAt: T - 4_000, ingestedAt: T - 3_500 },
    signals: undefined,
    reviewedAt: undefined,
  }
  const ages = ['ta_freshness_seconds', 'metrics_pipeline_lag_seconds']
  const readAt = async (now: number, frame: FrameParts = {}) => {
    const book = bookFrame({ dictionary: DICTIONARY, ages, instants, ...frame })
    const reader = frameReader({ books: [book], now })
    const response = await get('/snapshot?strategy_id=momentum-1', reader, { dictionary: DICTIONARY }).expect(200)
    return snapshotSchema.parse(response.body)
  }

  test('is evaluated when the answer is written, while the frame stands', async () => {
    expect(metric(await readAt(T), 'ta_freshness_seconds')).toMatchObject({
      value: 4,
      meta: {
        last_bar_at: '2026-03-10T15:59:56.250Z',
        last_event_at: '2026-03-10T15:59:56.250Z',
        ingest_age_seconds: 0.5,
      },
    })
    expect(metric(await readAt(T), 'metrics_pipeline_lag_seconds')?.value).toBe(0.7)
    const later = await readAt(T + 6_000)
    expect(later.frame_as_of).toBe('2026-03-10T16:00:00.250Z')
    expect(metric(later, 'ta_freshness_seconds')?.value).toBe(10)
    expect(metric(later, 'metrics_pipeline_lag_seconds')?.value).toBe(6.7)
  })

  test('says why it has no value', async () => {
    const body = await readAt(T, { instants: { bars: undefined } })
    expect(metric(body, 'ta_freshness_seconds')).toMatchObject({ value: null, reason: 'no_events' })
    const beyond = await readAt(at('2093-01-02T15:00:00.000Z'))
    expect(metric(beyond, 'ta_freshness_seconds')).toMatchObject({
      status: 'error',
      reason: 'calendar_out_of_range',
      meta: { calendar: 'XNYS' },
    })
    expect(metric(beyond, 'metrics_pipeline_lag_seconds')?.status).toBe('ok')
  })
})

describe('a slower tier', () => {
  test('has the instants of its own, and its own quality', async () => {
    const [slow] = DICTIONARY.filter(({ name }) => name === 'cost_bps')
    if (slow === undefined) throw new Error('no cost_bps')
    const dictionary = [{ ...slow, tier: 'heavy' as const }, ...DICTIONARY.filter(({ name }) => name === 'cost_total')]
    const frame = bookFrame({ dictionary })
    const orders = { asOf: T - 20_000, stale: true }
    const sources = { ...frame.sources, heavy: { ...frame.sources.heavy, orders } }
    const reader = frameReader({ books: [{ ...frame, sources }] })
    const body = snapshotSchema.parse(
      (await get('/snapshot?strategy_id=momentum-1', reader, { dictionary }).expect(200)).body,
    )
    expect(metric(body, 'cost_bps')).toMatchObject({ quality: 'stale', freshness_seconds: 20 })
    expect(metric(body, 'cost_total')).toMatchObject({ quality: 'good', freshness_seconds: 0.4 })
    expect(group(body, 'performance')).toMatchObject({ quality: 'stale', freshness_seconds: 20 })
  })
})

describe('quality', () => {
  test('of a metric is stale when one of its sources is, and only of those that have a value', async () => {
    const body = await snapshot({ sources: { prices: stale(T - 200_000) }, results: { gross_exposure: missing } })
    expect(metric(body, 'net_pnl')?.quality).toBe('stale')
    expect(metric(body, 'cost_bps')?.quality).toBe('good')
    expect(metric(body, 'gross_exposure')?.quality).toBe('insufficient_data')
  })

  test('is the judgement of the last tick, not an age: an old source is good until a tick says otherwise', async () => {
    const body = await snapshot({ sources: { orders: up(T - 500_000), prices: up(T - 500_000) } })
    expect(body.quality).toBe('good')
  })

  test.each<[string, Record<string, MetricResult>, boolean, string, string]>([
    ['good when all have values', {}, false, 'good', 'good'],
    ['good when one lacks data', { gross_exposure: missing }, false, 'good', 'good'],
    ['stale when one is', {}, true, 'stale', 'stale'],
    ['error when one errs, stale or not', { open_positions: failed }, true, 'error', 'error'],
    [
      'insufficient_data when none has a value',
      { gross_exposure: missing, position_concentration_top1_pct: missing, open_positions: missing },
      true,
      'insufficient_data',
      'stale',
    ],
  ])('of a group is %s', async (_title, results, barsStale, ofGroup, ofFrame) => {
    const prices = barsStale ? stale(T - 200_000) : up(T - 1_300)
    const body = await snapshot({ results, sources: { prices } })
    expect(group(body, 'exposure')?.quality).toBe(ofGroup)
    expect(body.quality).toBe(ofFrame)
  })

  test('of a frame is insufficient_data only when no group has anything', async () => {
    const names = ['net_pnl', 'cost_bps', 'gross_exposure', 'position_concentration_top1_pct', 'open_positions']
    const results = Object.fromEntries(names.map((name) => [name, missing]))
    const body = await snapshot({ results })
    expect(body.quality).toBe('insufficient_data')
    expect(body.groups.map(({ as_of }) => as_of)).toEqual([null, null, null])
  })

  test('of a group leaves metrics without a value out of its instants', async () => {
    const body = await snapshot({
      results: { gross_exposure: missing, position_concentration_top1_pct: missing },
      sources: { prices: stale(T - 200_000) },
    })
    expect(group(body, 'exposure')).toEqual({
      group: 'exposure',
      as_of: '2026-03-10T15:59:59.850Z',
      freshness_seconds: 0.4,
      quality: 'good',
    })
  })
})
