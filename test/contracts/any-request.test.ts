import { once } from 'node:events'
import type { Server } from 'node:http'
import { Router } from 'express'
import fc from 'fast-check'
import request from 'supertest'
import { gateSchema } from '../../src/snapshot-api/gate-schema.js'
import { createMetricsGuard } from '../../src/snapshot-api/metrics-guard.js'
import {
  alertsSchema,
  explainSchema,
  healthSchema,
  problemSchema,
  seriesSchema,
  snapshotSchema,
  strategiesSchema,
} from '../../src/snapshot-api/schemas.js'
import { alertBoard, episode } from '../support/alerts.js'
import { frameReader } from '../support/frames.js'
import { openApiSchema } from '../support/openapi.js'
import { BASE, testApi } from '../support/snapshot-api.js'

/** Whatever is asked, the answer is one that the document describes, and of the schema that it names. */

const SCHEMAS = {
  Alerts: alertsSchema,
  Strategies: strategiesSchema,
  Snapshot: snapshotSchema,
  Series: seriesSchema,
  Explanation: explainSchema,
  Gate: gateSchema,
  Health: healthSchema,
  Problem: problemSchema,
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !/\p{Surrogate}/u.test(text)),
  fc.constantFrom('', 'null', '-1', '1e999', '../..', '%00', 'constructor', '__proto__', "'; --", '9'.repeat(300)),
)
const sensible: Readonly<Record<string, fc.Arbitrary<string>>> = {
  strategy_id: fc.constant('momentum-1'),
  account: fc.constantFrom('PA-1', 'PA-2'),
  window: fc.constantFrom('1m', '1d', '20d'),
  metrics: fc.constantFrom('net_pnl', 'net_pnl,calmar', 'net_pln'),
  metric_name: fc.constantFrom('net_pnl', 'net_pln'),
  adapter: fc.constantFrom('all', 'alpaca'),
  from: fc.constantFrom('2026-03-10T10:00:00Z', '2026-03-10'),
  to: fc.constantFrom('2026-03-10T12:00:00Z', 'now'),
  step: fc.constantFrom('60', '1h', '0'),
  state: fc.constantFrom('open', 'all', 'none'),
  severity: fc.constantFrom('critical', 'page'),
  limit: fc.constantFrom('1', '0'),
  cursor: fc.constantFrom('MTc3MzE1ODQwMTI1MC4wMDAwMDAwMC0wMDAwLTUwMDAtODAwMC0wMDAwMDAwMDAwMDE', 'x'),
}
const pair = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...Object.keys(sensible))
      .chain((name) => fc.tuple(fc.constant(name), sensible[name] ?? hostile)),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...Object.keys(sensible)), hostile) },
  { weight: 1, arbitrary: fc.tuple(hostile, hostile) },
)
const query = fc
  .tuple(fc.boolean(), fc.array(pair, { maxLength: 5 }))
  .map(([named, pairs]) => [...(named ? [['strategy_id', 'momentum-1'] as const] : []), ...pairs])
  .map((pairs) => pairs.map((parts) => parts.map((part) => encodeURIComponent(part)).join('=')).join('&'))
const headers = fc.record(
  {
    Accept: fc.constantFrom(
      '*/*',
      'application/json',
      'text/csv',
      'text/html',
      'application/json;q=0, text/csv;q=0.1',
      ';;,',
    ),
    'If-None-Match': fc.constantFrom('*', 'W/"e1-7-0-good"', 'x'),
    'X-Request-Id': fc.constantFrom('mine', 'a b', '<>'),
    Authorization: fc.constantFrom('Bearer wrong', 'Basic x', 'Bearer a-token-0123456789'),
    Host: fc.constantFrom('localhost', 'evil.example'),
    'Accept-Encoding': fc.constantFrom('gzip', 'br', '*;q=0'),
  },
  { requiredKeys: [] },
)

const metrics = Router()
metrics.get('/metrics', (_request, response) => void response.type('text/plain').end('up 1\n'))

describe.each([
  ['ready', {}],
  ['with tokens', { tokens: ['a-token-0123456789'], isLoopback: false }],
  ['warming up', {}],
  ['disabled', {}],
] as const)('any request while %s', (state, options) => {
  let server: Server
  beforeAll(async () => {
    const readerState = state === 'warming up' ? 'warming_up' : state === 'disabled' ? 'disabled' : 'ready'
    server = testApi(frameReader({ state: readerState }), {
      ...options,
      alerts: alertBoard([episode(1), episode(2)]),
      otherRouters: [createMetricsGuard(undefined), metrics],
    }).app.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))

  test('has an answer that the document describes', async () => {
    const { paths } = openApiSchema.parse((await request(server).get(`${BASE}/openapi.json`)).body)
    // An explanation needs an engine, a stream does not end; they have suites of their own.
    const asked = Object.keys(paths).filter((path) => !/\/(explain|stream)$/.test(path))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...asked),
        fc.constantFrom('get', 'get', 'get', 'head', 'post', 'options', 'delete'),
        query,
        headers,
        async (path, method, text, given) => {
          const agent = request(server) as unknown as Record<string, (url: string) => request.Test>
          const sent = agent[method]?.(text === '' ? path : `${path}?${text}`).set(given)
          if (sent === undefined) throw new Error(`no method ${method}`)
          const { status, text: body, type, headers: got } = await sent
          const documented = paths[path]?.get.responses[String(status)]
          expect([status, documented === undefined]).toEqual([status, false])
          expect(status).not.toBe(500)
          expect(got['x-request-id']).toMatch(/^[A-Za-z0-9._-]{1,64}$/)
          if (method === 'head' || status === 304) return
          const reference = String(documented?.content?.[type]?.schema.$ref ?? '')
          const name = reference.slice(reference.lastIndexOf('/') + 1)
          if (name in SCHEMAS) SCHEMAS[name as keyof typeof SCHEMAS].parse(JSON.parse(body))
          else expect(Object.keys(documented?.content ?? {})).toContain(type)
        },
      ),
      { numRuns: 150 },
    )
  })
})
