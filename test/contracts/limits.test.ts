import request from 'supertest'
import { problemSchema } from '../../src/snapshot-api/schemas.js'
import { BASE, testApi } from '../support/snapshot-api.js'

const TOKENS = ['first-token-0123456789', 'second-token-0123456789']

/** An API that answers two requests a second for each client, and a clock that stands until it is moved. */
function limited(trustedProxies = 0, tokens: readonly string[] = []) {
  const clock = { ms: 0 }
  const limits = { requestsPerSecond: 2, tokens, monotonicMs: () => clock.ms }
  const { app } = testApi(undefined, { limits, tokens, trustedProxies, isLoopback: tokens.length === 0 })
  const ask = async (headers: Record<string, string> = {}, path = `${BASE}/health`) =>
    await request(app).get(path).set(headers)
  const statuses = async (times: number, headers?: Record<string, string>) => {
    const found: number[] = []
    for (let time = 0; time < times; time += 1) found.push((await ask(headers)).status)
    return found
  }
  return { clock, ask, statuses }
}

describe('requests', () => {
  test('beyond the limit are a 429 that says the limit and when to come again', async () => {
    const { clock, ask, statuses } = limited()
    expect(await statuses(5)).toEqual([200, 200, 200, 200, 429])
    const response = await ask()
    expect(response.headers['retry-after']).toBe('1')
    const { type, detail } = problemSchema.parse(JSON.parse(response.text))
    expect(type).toBe('urn:quant-exporter:problem:too-many-requests')
    expect(detail).toBe('at most 2 requests a second are answered for an address, and 4 at once')
    clock.ms += 500
    expect(await statuses(2)).toEqual([200, 429])
    clock.ms += 3_600_000
    expect(await statuses(5)).toEqual([200, 200, 200, 200, 429])
  })

  test('that are refused can be read by the pages that may read answers', async () => {
    const origin = 'https://board.example'
    const { app } = testApi(undefined, { limits: { requestsPerSecond: 1, tokens: [] }, origins: [origin] })
    let response = await request(app).get(`${BASE}/health`).set('Origin', origin)
    while (response.status === 200) response = await request(app).get(`${BASE}/health`).set('Origin', origin)
    expect([response.status, response.headers['access-control-allow-origin']]).toEqual([429, origin])
    expect(response.headers['access-control-expose-headers']).toContain('Retry-After')
  })

  test('of machines are not counted', async () => {
    const { ask, statuses } = limited()
    expect(await statuses(5)).toContain(429)
    for (const path of ['/healthz', '/readyz', '/healthz', '/readyz']) expect((await ask({}, path)).status).toBe(200)
  })

  test('count for their token, and without a right one for their address', async () => {
    const { statuses } = limited(0, TOKENS)
    const [first, second] = TOKENS.map((token) => ({ Authorization: `Bearer ${token}` }))
    expect(await statuses(5, { Authorization: 'Bearer guess' })).toEqual([401, 401, 401, 401, 429])
    expect(await statuses(1)).toEqual([429])
    expect(await statuses(5, first)).toEqual([200, 200, 200, 200, 429])
    expect(await statuses(5, second)).toEqual([200, 200, 200, 200, 429])
  })

  test('count for the address that a proxy tells where one is trusted, and only then', async () => {
    const direct = limited()
    expect(await direct.statuses(4, { 'X-Forwarded-For': '192.0.2.1' })).toEqual([200, 200, 200, 200])
    expect(await direct.statuses(1, { 'X-Forwarded-For': '192.0.2.2' })).toEqual([429])
    const behind = limited(1)
    expect(await behind.statuses(5, { 'X-Forwarded-For': '192.0.2.1' })).toEqual([200, 200, 200, 200, 429])
    // The nearest proxy wrote the last one; what stands before it anybody can have written.
    expect(await behind.statuses(1, { 'X-Forwarded-For': '192.0.2.9, 192.0.2.1' })).toEqual([429])
    expect(await behind.statuses(1, { 'X-Forwarded-For': '192.0.2.1, 192.0.2.2' })).toEqual([200])
  })
})

test('an address that is too long is a 414 that does not repeat it', async () => {
  const { app } = testApi()
  const response = await request(app)
    .get(`${BASE}/snapshot?strategy_id=${'x'.repeat(9_000)}`)
    .expect(414)
  expect(problemSchema.parse(JSON.parse(response.text)).type).toBe('urn:quant-exporter:problem:uri-too-long')
  expect(response.text.length).toBeLessThan(500)
})
