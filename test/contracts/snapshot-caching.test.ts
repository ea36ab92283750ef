import request from 'supertest'
import { at, bookFrame, type FrameParts, frameReader, type ReaderParts, T } from '../support/frames.js'
import { BASE, get, testApi } from '../support/snapshot-api.js'

async function etagOf(frame: FrameParts = {}, parts: ReaderParts = {}, query = ''): Promise<string> {
  const reader = frameReader({ books: [bookFrame(frame)], ...parts })
  const response = await get(`/snapshot?strategy_id=momentum-1${query}`, reader).expect(200)
  return String(response.headers.etag)
}

describe('the ETag of a snapshot', () => {
  test('is weak and made of epoch, frame_seq, alerts revision, quality and a hash', async () => {
    expect(await etagOf({ seq: 42 }, { stamp: { epoch: 'a1b2c3' } })).toMatch(/^W\/"a1b2c3-42-0-good-[0-9a-f]{16}"$/)
  })

  test('does not change with time alone', async () => {
    const first = await etagOf()
    expect(await etagOf({}, { now: T + 900, stamp: { at: T + 750, ordersAsOf: T + 600 } })).toBe(first)
  })

  test('is the same whether defaults are written or not, and in whatever order metrics are named', async () => {
    expect(await etagOf({}, {}, '&window=1d&account=PA-1')).toBe(await etagOf())
    expect(await etagOf({}, {}, '&metrics=net_pnl,cost_bps')).toBe(await etagOf({}, {}, '&metrics=cost_bps,net_pnl'))
  })

  test.each<[string, FrameParts, ReaderParts, string]>([
    ['a material change', { seq: 8 }, {}, ''],
    ['another process', {}, { stamp: { epoch: 'e2' } }, ''],
    ['another quality', { sources: { orders: { asOf: T, stale: true } } }, {}, ''],
    ['another window', {}, {}, '&window=5d'],
    ['another choice of metrics', {}, {}, '&metrics=net_pnl'],
    ['a new name of the strategy', { strategyName: 'Momentum II' }, {}, ''],
    ['the close of the market', {}, { stamp: { at: at('2026-03-10T20:00:00.000Z') } }, ''],
  ])('changes with %s', async (_title, frame, parts, query) => {
    expect(await etagOf(frame, parts, query)).not.toBe(await etagOf())
  })
})

describe('a conditional request', () => {
  test('is answered 304 without a body, with the instant from which the client moves every as_of', async () => {
    const etag = await etagOf()
    const later = frameReader({ now: T + 1_100, stamp: { at: T + 1_000 } })
    const response = await get('/snapshot?strategy_id=momentum-1', later)
      .set('If-None-Match', `"other", ${etag}`)
      .expect(304)
    expect(response.text).toBe('')
    expect(response.headers).toMatchObject({
      etag,
      'x-quant-frame-as-of': '2026-03-10T16:00:01.250Z',
      'cache-control': 'private, no-cache',
      vary: 'Accept, Accept-Encoding, Authorization',
      'x-request-id': 'generated-id',
    })
    expect(response.headers).not.toHaveProperty('content-type')
  })

  test('compares weakly and knows the star', async () => {
    const strong = (await etagOf()).slice('W/'.length)
    await get('/snapshot?strategy_id=momentum-1').set('If-None-Match', strong).expect(304)
    await get('/snapshot?strategy_id=momentum-1').set('If-None-Match', '*').expect(304)
  })

  test.each([['W/"e1-6-0-good-0123456789abcdef"'], ['""'], ['garbage'], ['']])(
    'with another tag, %s, is answered in full',
    async (tag) => {
      const response = await get('/snapshot?strategy_id=momentum-1').set('If-None-Match', tag).expect(200)
      expect(response.body.frame_seq).toBe(7)
    },
  )

  test('never turns a refusal into a 304', async () => {
    await get('/snapshot?strategy_id=nobody').set('If-None-Match', '*').expect(404)
  })
})

describe('caching headers', () => {
  test('of a snapshot allow keeping it, privately, and asking again', async () => {
    const response = await get('/snapshot?strategy_id=momentum-1').expect(200)
    expect(response.headers['cache-control']).toBe('private, no-cache')
    expect(response.headers['x-quant-frame-as-of']).toBe('2026-03-10T16:00:00.250Z')
  })

  test.each([
    ['/strategies', 200],
    ['/health', 200],
    ['/snapshot', 400],
    ['/snapshot?strategy_id=nobody', 404],
    ['/nothing', 404],
  ])('of %s forbid keeping it', async (path, status) => {
    const response = await get(path).expect(status)
    expect(response.headers['cache-control']).toBe('no-store')
    expect(response.headers.vary).toBe('Accept, Accept-Encoding, Authorization')
    expect(response.headers).not.toHaveProperty('etag')
  })

  test('HEAD has the headers of GET and no body', async () => {
    const { app } = testApi()
    const path = `${BASE}/snapshot?strategy_id=momentum-1`
    const whole = await request(app).get(path).expect(200)
    const head = await request(app).head(path).set('Accept-Encoding', 'gzip, deflate').expect(200)
    expect(head.text).toBeUndefined()
    expect(head.headers.etag).toBe(whole.headers.etag)
    expect(head.headers['content-length']).toBe(whole.headers['content-length'])
  })
})
