import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Express } from 'express'
import express from 'express'
import request from 'supertest'
import { createHttpApp } from '../../src/snapshot-api/http-app.js'
import { createProbeRouter } from '../../src/snapshot-api/probe-router.js'
import { problemSchema } from '../../src/snapshot-api/schemas.js'
import { frameReader } from '../support/frames.js'
import { BASE, get, testApi } from '../support/snapshot-api.js'

const READ_ROUTES = [
  `${BASE}/strategies`,
  `${BASE}/snapshot?strategy_id=momentum-1`,
  `${BASE}/health`,
  '/healthz',
  '/readyz',
  '/',
]

/** What a socket gets back for exactly these bytes. */
async function raw(app: Express, text: string): Promise<string> {
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await new Promise((resolve, reject) => {
      let answer = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      socket.setEncoding('latin1')
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.on('end', () => resolve(answer))
      socket.on('error', reject)
    })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

describe('methods', () => {
  test.each(
    READ_ROUTES.flatMap((path) => ['post', 'put', 'patch', 'delete', 'options'].map((method) => [method, path])),
  )('%s %s is 405 and says what is allowed', async (method, path) => {
    const agent = request(testApi().app) as unknown as Record<string, (path: string) => request.Test>
    const response = await agent[method]?.(path)
    expect(response?.status).toBe(405)
    expect(response?.headers.allow).toBe('GET, HEAD')
    expect(problemSchema.parse(JSON.parse(response?.text ?? '')).type).toBe(
      'urn:quant-exporter:problem:method-not-allowed',
    )
  })

  test.each(READ_ROUTES)('HEAD %s is as GET', async (path) => {
    const response = await request(testApi().app).head(path).expect(200)
    expect(Number(response.headers['content-length'])).toBeGreaterThan(0)
  })

  test('are refused before anything else about the request is looked at', async () => {
    await request(testApi(frameReader({ state: 'disabled' })).app)
      .post(`${BASE}/snapshot?x=1`)
      .expect(405)
  })
})

describe('paths', () => {
  test.each([
    '/nothing',
    BASE,
    `${BASE}/`,
    `${BASE}/snapshot/`,
    `${BASE}/Snapshot`,
    `${BASE}/%E0%A4%A`,
    '/favicon.ico',
    '//',
  ])('%s is a 404 problem', async (path) => {
    const response = await request(testApi().app).get(path).expect(404)
    const problem = problemSchema.parse(JSON.parse(response.text))
    expect(problem.type).toBe('urn:quant-exporter:problem:unknown-path')
    expect(response.headers['content-type']).toBe('application/problem+json')
  })

  test('that are long come back shortened', async () => {
    const response = await request(testApi().app)
      .get(`/${'x'.repeat(5_000)}`)
      .expect(404)
    expect(response.text.length).toBeLessThan(500)
  })

  test('of other routers are served by the same listener', async () => {
    const metrics = express.Router()
    metrics.get('/metrics', (_request, response) => {
      response.end('up 1\n')
    })
    const { app } = testApi(frameReader(), { otherRouters: [metrics] })
    const response = await request(app).get('/metrics').expect(200)
    expect(response.text).toBe('up 1\n')
    expect(response.headers['x-request-id']).toBe('generated-id')
  })
})

describe('X-Request-Id', () => {
  test.each(['a', 'trace-1.2_3', 'A'.repeat(64)])('is taken over from outside: %s', async (id) => {
    const response = await get('/health').set('X-Request-Id', id).expect(200)
    expect(response.headers['x-request-id']).toBe(id)
  })

  test.each(['', ' ', 'A'.repeat(65), 'a b', 'a,b', '<script>', 'a%0d%0aSet-Cookie:x', 'a/b', 'caf\u00e9', '"'])(
    'is replaced where it is not harmless: %j',
    async (id) => {
      const response = await get('/health').set('X-Request-Id', id).expect(200)
      expect(response.headers['x-request-id']).toBe('generated-id')
    },
  )

  test('that comes twice is replaced, and cannot bring another header along', async () => {
    const { app } = testApi()
    const head = `GET ${BASE}/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`
    const twice = await raw(app, `${head}X-Request-Id: one\r\nX-Request-Id: two\r\n\r\n`)
    expect(twice).toContain('X-Request-Id: generated-id\r\n')
    const folded = await raw(app, `${head}X-Request-Id: one\rSet-Cookie: a=b\r\n\r\n`)
    expect(folded).toMatch(/^HTTP\/1\.1 400 /)
    expect(folded).not.toContain('Set-Cookie')
  })

  test('is a new one for every request unless told otherwise', async () => {
    const app = createHttpApp({
      routers: [createProbeRouter({ reader: frameReader() })],
      log: { error: () => undefined },
    })
    const ids = [await request(app).get('/healthz'), await request(app).get('/healthz')].map(({ headers }) =>
      String(headers['x-request-id']),
    )
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(new Set(ids).size).toBe(2)
  })

  test('is in every problem too', async () => {
    const response = await get('/nothing').set('X-Request-Id', 'mine').expect(404)
    expect(JSON.parse(response.text).request_id).toBe('mine')
  })
})

describe('Accept', () => {
  test.each(['*/*', 'application/*', 'application/json', 'text/csv, application/json;q=0.1', ''])(
    '%j is answered in JSON',
    async (accept) => {
      await get('/strategies').set('Accept', accept).expect(200)
    },
  )

  test.each(['text/csv', 'text/html', 'application/json;q=0', 'image/png, text/*'])('%j is a 406', async (accept) => {
    const response = await get('/strategies').set('Accept', accept).expect(406)
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(problemSchema.parse(JSON.parse(response.text)).type).toBe('urn:quant-exporter:problem:not-acceptable')
  })
})

describe('Host', () => {
  test.each([
    'localhost',
    'localhost:9464',
    '127.0.0.1:9464',
    '127.8.9.10',
    '[::1]:9464',
    'LOCALHOST',
    'quant.localhost',
  ])('%s is loopback', async (host) => {
    await get('/health').set('Host', host).expect(200)
  })

  test.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example:9464',
    '127.0.0.1.evil.example',
    'evil.example#localhost',
    '10.0.0.1',
    '0.0.0.0',
    'localhost:9464@evil.example',
    '[::2]',
  ])('%s is refused where loopback is all that protects', async (host) => {
    for (const path of [`${BASE}/health`, `${BASE}/snapshot?strategy_id=momentum-1`, '/']) {
      const response = await request(testApi().app).get(path).set('Host', host).expect(403)
      expect(problemSchema.parse(JSON.parse(response.text)).type).toBe('urn:quant-exporter:problem:host-not-allowed')
    }
  })

  test('does not matter to probes, nor beyond loopback', async () => {
    await request(testApi().app).get('/healthz').set('Host', 'pod.example').expect(200)
    const beyond = testApi(frameReader(), { isLoopback: false }).app
    await request(beyond).get(`${BASE}/strategies`).set('Host', 'quant.example').expect(200)
  })

  test('is required', async () => {
    expect(await raw(testApi().app, `GET ${BASE}/health HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 /)
  })
})

describe('an unexpected failure', () => {
  const failing = {
    ...frameReader(),
    strategies: () => {
      throw new Error('password=hunter2 at /srv/secret.ts')
    },
  }

  test('is a 500 with the request id and no internals, and is logged with its cause', async () => {
    const { app, logged } = testApi(failing)
    const response = await request(app).get(`${BASE}/strategies`).set('X-Request-Id', 'case-1').expect(500)
    expect(problemSchema.parse(JSON.parse(response.text))).toEqual({
      type: 'urn:quant-exporter:problem:internal-error',
      title: 'Unexpected error',
      status: 500,
      detail: 'the exporter failed to answer; its log has the cause under this request_id',
      request_id: 'case-1',
    })
    expect(response.headers['cache-control']).toBe('no-store')
    expect(logged).toEqual([
      {
        message: 'a request failed unexpectedly',
        fields: {
          request_id: 'case-1',
          method: 'GET',
          path: `${BASE}/strategies`,
          error: 'password=hunter2 at /srv/secret.ts',
        },
      },
    ])
  })

  test('after half an answer breaks the connection instead of pretending to end it', async () => {
    const half = express.Router()
    half.get('/half', (_request, response) => {
      response.write('{"begun":')
      throw new Error('too late')
    })
    const { app, logged } = testApi(frameReader(), { otherRouters: [half] })
    await expect(request(app).get('/half')).rejects.toThrow('aborted')
    expect(logged).toHaveLength(1)
  })

  test('takes back what the route had said about its success', async () => {
    const hasty = express.Router()
    hasty.get('/hasty', (_request, response) => {
      response.set({ ETag: 'W/"1"', 'Cache-Control': 'public, max-age=60' })
      throw new Error('after all')
    })
    const response = await request(testApi(frameReader(), { otherRouters: [hasty] }).app)
      .get('/hasty')
      .expect(500)
    expect(response.headers['cache-control']).toBe('no-store')
    expect(response.headers).not.toHaveProperty('etag')
  })

  test('is not what a refusal is: nothing is logged for those', async () => {
    const { app, logged } = testApi()
    await request(app).get(`${BASE}/snapshot`).expect(400)
    await request(app).get('/nothing').expect(404)
    expect(logged).toEqual([])
  })
})

test('no response tells what it is made with', async () => {
  const response = await get('/health').expect(200)
  expect(response.headers).not.toHaveProperty('x-powered-by')
  expect(response.headers['x-content-type-options']).toBe('nosniff')
})
