import request from 'supertest'
import { healthSchema, probeSchema, problemSchema } from '../../src/snapshot-api/schemas.js'
import { frameReader } from '../support/frames.js'
import { get, testApi } from '../support/snapshot-api.js'

const DATA_ROUTES = ['/strategies', '/snapshot?strategy_id=momentum-1']

describe('while warming up', () => {
  test.each(DATA_ROUTES)('%s says so and when to come back', async (path) => {
    const response = await get(path, frameReader({ state: 'warming_up' })).expect(503)
    expect(response.headers).toMatchObject({
      'retry-after': '2',
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
    })
    expect(problemSchema.parse(JSON.parse(response.text))).toMatchObject({
      type: 'urn:quant-exporter:problem:not-ready',
      status: 503,
      reason: 'warming_up',
    })
  })
})

describe('while the control plane is off', () => {
  test.each(DATA_ROUTES)('%s names the variable that turns it on', async (path) => {
    const response = await get(path, frameReader({ state: 'disabled' })).expect(503)
    expect(response.headers['retry-after']).toBe('60')
    expect(problemSchema.parse(JSON.parse(response.text))).toMatchObject({
      reason: 'disabled',
      detail: 'turned off: start the exporter with JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED=true',
    })
  })
})

describe('while only the API is off', () => {
  test.each(DATA_ROUTES)('%s names its own variable, frames or not', async (path) => {
    const response = await get(path, frameReader(), { apiEnabled: false }).expect(503)
    expect(problemSchema.parse(JSON.parse(response.text))).toMatchObject({
      reason: 'disabled',
      detail: 'turned off: start the exporter with QUANT_API_ENABLED=true',
    })
  })
})

describe('/health', () => {
  test.each(['disabled', 'warming_up', 'ready', 'stopping'] as const)('is 200 while %s', async (state) => {
    const response = await get('/health', frameReader({ state }), { apiEnabled: false }).expect(200)
    healthSchema.parse(response.body)
  })
})

describe('while shutting down', () => {
  test('the last frame is still served', async () => {
    await get('/snapshot?strategy_id=momentum-1', frameReader({ state: 'stopping' })).expect(200)
  })
})

describe('/healthz', () => {
  const healthz = (reader: ReturnType<typeof frameReader>) => request(testApi(reader).app).get('/healthz')

  test.each(['ready', 'warming_up', 'stopping'] as const)(
    'is 503 while %s only when no tick completes',
    async (state) => {
      const response = await healthz(frameReader({ state }))
      expect(response.status).toBe(200)
      expect(probeSchema.parse(response.body)).toEqual({ status: 'ok' })
      const dead = await healthz(frameReader({ state, alive: false })).expect(503)
      expect(problemSchema.parse(JSON.parse(dead.text)).type).toBe('urn:quant-exporter:problem:not-alive')
    },
  )

  test('is 200 while disabled, when nothing ticks', async () => {
    const response = await healthz(frameReader({ state: 'disabled', alive: false })).expect(200)
    expect(response.body).toEqual({ status: 'disabled' })
  })
})

describe('/readyz', () => {
  test.each([
    ['disabled', 200],
    ['warming_up', 503],
    ['ready', 200],
    ['stopping', 503],
  ] as const)('while %s is %i', async (state, status) => {
    const response = await request(testApi(frameReader({ state })).app)
      .get('/readyz')
      .expect(status)
    if (status === 503) expect(problemSchema.parse(JSON.parse(response.text)).reason).toBe(state)
    else probeSchema.parse(response.body)
  })

  test('does not look at the sources', async () => {
    const health = { ...frameReader().health(), status: 'failing' as const }
    await request(testApi(frameReader({ health, alive: false })).app)
      .get('/readyz')
      .expect(200)
  })
})
