import { Router } from 'express'
import request from 'supertest'
import { createMetricsGuard } from '../../src/snapshot-api/metrics-guard.js'
import { problemSchema } from '../../src/snapshot-api/schemas.js'
import { frameReader } from '../support/frames.js'
import { BASE, get, testApi } from '../support/snapshot-api.js'

const TOKENS = ['first-token-0123456789', 'second-token-0123456789']
const [FIRST = '', SECOND = ''] = TOKENS
const GUARDED = ['/strategies', '/snapshot?strategy_id=momentum-1', '/series', '/health']
const options = { tokens: TOKENS, isLoopback: false }

describe('with tokens', () => {
  test.each(GUARDED)('%s asks for one', async (path) => {
    const response = await get(path, undefined, options).expect(401)
    expect(response.headers['www-authenticate']).toBe('Bearer realm="quant-exporter"')
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(problemSchema.parse(JSON.parse(response.text)).type).toBe('urn:quant-exporter:problem:unauthorized')
  })

  test.each([FIRST, SECOND])('each of them opens the API: %s', async (token) => {
    await get('/strategies', undefined, options).set('Authorization', `Bearer ${token}`).expect(200)
    await get('/strategies', undefined, options).set('Authorization', `bearer  ${token}`).expect(200)
    await request(testApi(undefined, options).app)
      .head(`${BASE}/health`)
      .set('Authorization', `Bearer ${token}`)
      .expect(200)
  })

  test.each([
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Bearer ${FIRST.slice(0, -1)}`,
    `Bearer ${FIRST}x`,
    `Bearer ${FIRST.toUpperCase()}`,
    `Bearer ${FIRST},${SECOND}`,
    `Bearer ${FIRST} ${SECOND}`,
    `Basic ${FIRST}`,
    FIRST,
  ])('%j is wrong, which the answer says without repeating it', async (authorization) => {
    const { app, logged } = testApi(undefined, options)
    const response = await request(app).get(`${BASE}/health`).set('Authorization', authorization).expect(401)
    expect(response.headers['www-authenticate']).toBe('Bearer realm="quant-exporter", error="invalid_token"')
    expect(response.text).not.toContain(FIRST.slice(0, -1))
    expect(logged).toEqual([])
  })

  test('nothing is told of parameters or of being disabled before one is shown', async () => {
    await get('/snapshot?nonsense=1', undefined, options).expect(401)
    await get('/snapshot', frameReader({ state: 'disabled' }), options).expect(401)
  })

  test('probes stay open, whatever they are sent', async () => {
    const { app } = testApi(undefined, options)
    for (const path of ['/healthz', '/readyz']) {
      await request(app).get(path).expect(200)
      await request(app).get(path).set('Authorization', 'Bearer wrong').expect(200)
    }
  })

  test('the landing page shows books and stages to those who have one', async () => {
    const { app } = testApi(undefined, options)
    const without = (await request(app).get('/').expect(200)).text
    expect(without).toContain('A token is asked for')
    for (const word of ['Momentum', '1,234', 'ingest:postgres']) expect(without).not.toContain(word)
    const wrong = (await request(app).get('/').set('Authorization', 'Bearer wrong').expect(200)).text
    expect(wrong).toBe(without)
    const right = (await request(app).get('/').set('Authorization', `Bearer ${SECOND}`).expect(200)).text
    for (const word of ['Momentum', '1,234', 'ingest:postgres']) expect(right).toContain(word)
  })

  test('/metrics asks for one of its own, and nothing else does', async () => {
    const metrics = Router()
    metrics.get('/metrics', (_request, response) => void response.end('up 1\n'))
    const TOKEN = 'metrics-token-0123456789'
    const { app } = testApi(undefined, { otherRouters: [createMetricsGuard(TOKEN), metrics] })
    for (const path of ['/metrics', '/Metrics/']) await request(app).get(path).expect(401)
    await request(app).get('/metrics').set('Authorization', `Bearer ${FIRST}`).expect(401)
    await request(app).get('/metrics').set('Authorization', `Bearer ${TOKEN}`).expect(200)
    for (const path of ['/healthz', '/readyz', `${BASE}/health`, '/']) await request(app).get(path).expect(200)
    const open = testApi(undefined, { ...options, otherRouters: [createMetricsGuard(undefined), metrics] }).app
    await request(open).get('/metrics').expect(200)
    for (const method of ['post', 'options', 'delete'] as const) await request(open)[method]('/metrics').expect(405)
  })
})

describe('a token in the address', () => {
  test.each(['token', 'access_token', 'api_key', 'apikey', 'Bearer', 'authorization', 'id_token', 'auth-token'])(
    '%s= is refused, and not repeated',
    async (name) => {
      for (const given of [undefined, options]) {
        const { app, logged } = testApi(undefined, given)
        const response = await request(app)
          .get(`${BASE}/snapshot?strategy_id=momentum-1&${name}=${FIRST}`)
          .set('Authorization', `Bearer ${FIRST}`)
          .expect(400)
        const problem = problemSchema.parse(JSON.parse(response.text))
        expect(problem.errors?.map(({ parameter }) => parameter)).toEqual([name])
        expect(response.text).not.toContain(FIRST)
        expect(logged).toEqual([])
      }
    },
  )
})

test('on loopback the name asked for does not matter where a token protects', async () => {
  // As app.ts says it: with tokens nothing depends on loopback.
  await get('/health', undefined, options)
    .set('Host', 'quant.example')
    .set('Authorization', `Bearer ${FIRST}`)
    .expect(200)
})

describe('pages of other origins', () => {
  const ORIGIN = 'https://grafana.example'
  const preflight = (given: Partial<Parameters<typeof testApi>[1]>, origin = ORIGIN) =>
    request(testApi(undefined, given).app).options(`${BASE}/snapshot`).set({
      Origin: origin,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'authorization',
    })

  test('are told nothing where none is allowed', async () => {
    const response = await get('/health').set('Origin', ORIGIN).expect(200)
    expect(response.headers).not.toHaveProperty('access-control-allow-origin')
    expect(response.headers.vary).not.toContain('Origin')
    await preflight({}).expect(405)
  })

  test('may read what is asked from exactly an origin that is allowed', async () => {
    const origins = [ORIGIN, 'https://other.example']
    for (const origin of origins) {
      const response = await get('/health', undefined, { origins }).set('Origin', origin).expect(200)
      expect(response.headers['access-control-allow-origin']).toBe(origin)
      expect(response.headers['access-control-expose-headers']).toContain('X-Quant-Frame-As-Of')
      expect(response.headers).not.toHaveProperty('access-control-allow-credentials')
      expect(response.headers.vary).toBe('Accept, Accept-Encoding, Authorization, Origin')
    }
    for (const origin of [
      'https://grafana.example.evil',
      'http://grafana.example',
      'null',
      'https://GRAFANA.example',
    ]) {
      const response = await get('/health', undefined, { origins }).set('Origin', origin).expect(200)
      expect(response.headers).not.toHaveProperty('access-control-allow-origin')
      expect(response.headers.vary).toContain('Origin')
    }
  })

  test('are answered a preflight, which carries no token', async () => {
    const response = await preflight({ ...options, origins: [ORIGIN] }).expect(204)
    expect(response.headers['access-control-allow-origin']).toBe(ORIGIN)
    expect(response.headers['access-control-allow-methods']).toBe('GET, HEAD')
    expect(response.headers['access-control-allow-headers']).toContain('Authorization')
    expect(response.text).toBe('')
    await preflight({ ...options, origins: [ORIGIN] }, 'https://evil.example').expect(405)
  })

  test('can read a refusal too', async () => {
    const response = await get('/health', undefined, { ...options, origins: [ORIGIN] })
      .set('Origin', ORIGIN)
      .expect(401)
    expect(response.headers['access-control-allow-origin']).toBe(ORIGIN)
  })
})
