import fc from 'fast-check'
import request from 'supertest'
import type { IncidentControl, IncidentName } from '../../src/domain/incident.js'
import { nearNames } from '../../src/lib/near-names.js'
import { createHttpApp } from '../../src/snapshot-api/http-app.js'
import { createIncidentRouter } from '../../src/snapshot-api/incidents/incident-router.js'
import { incidentSchema, incidentsSchema } from '../../src/snapshot-api/incidents/incident-schemas.js'
import { problemSchema } from '../../src/snapshot-api/schemas.js'
import { damaged, expectCleanPrototypes, hostileJson, hostileText } from '../properties/hostile-text.js'
import { parameters } from '../properties/parameters.js'

const SINCE = Date.parse('2026-11-20T19:30:00Z')

function testControl() {
  const calls: unknown[] = []
  const on = new Map<IncidentName, number | undefined>()
  const state = (name: IncidentName) => {
    const forMs = on.get(name)
    const until = forMs === undefined ? undefined : SINCE + forMs
    return on.has(name) ? { name, isOn: true, since: SINCE, until } : { name, isOn: false, since: undefined, until }
  }
  const names = ['feed-pause', 'drawdown'] as const
  const control: IncidentControl = {
    names,
    list: () => names.map(state),
    async start(name, forMs) {
      calls.push(['start', name, ...(forMs === undefined ? [] : [forMs])])
      on.set(name, forMs)
      return state(name)
    },
    async stop(name) {
      calls.push(['stop', name])
      on.delete(name)
      return state(name)
    },
  }
  const log = { error: () => undefined }
  const app = createHttpApp({ routers: [createIncidentRouter({ control, nearNames })], log, newRequestId: () => 'id' })
  return { app, calls }
}

const post = (app: ReturnType<typeof testControl>['app'], path: string, body: object | string) =>
  request(app)
    .post(path)
    .set('Content-Type', 'application/json')
    .send(typeof body === 'string' ? body : JSON.stringify(body))

test('lists what there is, and since and until when it is on', async () => {
  const { app } = testControl()
  await post(app, '/incidents/start', { name: 'drawdown', for_seconds: 90 }).expect(200)
  const response = await request(app).get('/incidents').expect(200)
  const { incidents } = incidentsSchema.parse(response.body)
  expect(incidents.map(({ summary, ...rest }) => rest)).toEqual([
    { name: 'feed-pause', state: 'off' },
    { name: 'drawdown', state: 'on', since: '2026-11-20T19:30:00.000Z', until: '2026-11-20T19:31:30.000Z' },
  ])
})

test('starts for a while or until it is stopped, and stops', async () => {
  const { app, calls } = testControl()
  const started = incidentSchema.parse((await post(app, '/incidents/start', { name: 'feed-pause' }).expect(200)).body)
  expect([started.state, started.until]).toEqual(['on', undefined])
  await post(app, '/incidents/start', { name: 'feed-pause', for_seconds: 0.5 }).expect(200)
  const stopped = incidentSchema.parse((await post(app, '/incidents/stop', { name: 'feed-pause' }).expect(200)).body)
  expect(stopped.state).toBe('off')
  expect(calls).toEqual([
    ['start', 'feed-pause'],
    ['start', 'feed-pause', 500],
    ['stop', 'feed-pause'],
  ])
})

test('tells all that is wrong with an order at once, with near names, and does nothing', async () => {
  const { app, calls } = testControl()
  const response = await post(app, '/incidents/start', { name: 'fedpause', for_seconds: -1, x: 1 }).expect(400)
  expect(response.headers['content-type']).toBe('application/problem+json')
  expect(problemSchema.parse(JSON.parse(response.text)).errors).toEqual([
    { parameter: 'x', problem: 'unknown field', allowed: ['name', 'for_seconds'] },
    {
      parameter: 'name',
      problem: 'there is no incident "fedpause"',
      allowed: ['feed-pause', 'drawdown'],
      near: ['feed-pause'],
    },
    { parameter: 'for_seconds', problem: 'must be a number above 0 and at most 86400; leave it out for no end' },
  ])
  expect(calls).toEqual([])
})

test.each([
  ['an incident that there is only elsewhere', '/incidents/start', { name: 'db-down' }, 400],
  ['no name', '/incidents/stop', {}, 400],
  ['an end for a stop', '/incidents/stop', { name: 'drawdown', for_seconds: 3 }, 400],
  ['a length as text', '/incidents/start', { name: 'drawdown', for_seconds: '90' }, 400],
  ['more than a day', '/incidents/start', { name: 'drawdown', for_seconds: 86_401 }, 400],
  ['a list', '/incidents/start', [], 400],
  ['what is not JSON', '/incidents/start', '{"name"', 400],
  ['nothing', '/incidents/start', '', 400],
  ['too much', '/incidents/start', { name: 'x'.repeat(5_000) }, 413],
  ['another path', '/incidents/pause', { name: 'drawdown' }, 404],
] as const)('refuses %s', async (_what, path, body, status) => {
  const { app, calls } = testControl()
  const response = await post(app, path, body).expect(status)
  expect(problemSchema.parse(JSON.parse(response.text)).status).toBe(status)
  expect(calls).toEqual([])
})

test('refuses a body that does not say that it is JSON, as a page of somebody else could send it', async () => {
  const { app, calls } = testControl()
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    await request(app).post('/incidents/start').set('Content-Type', type).send('{"name":"drawdown"}').expect(415)
  }
  expect(calls).toEqual([])
})

test('refuses any other host than this machine', async () => {
  const { app, calls } = testControl()
  await request(app).get('/incidents').set('Host', 'rebound.example').expect(403)
  await post(app, '/incidents/start', { name: 'drawdown' }).set('Host', 'rebound.example:9465').expect(403)
  expect(calls).toEqual([])
})

test.each([
  ['post', '/incidents', 'GET, HEAD'],
  ['get', '/incidents/start', 'POST'],
  ['put', '/incidents/stop', 'POST'],
  ['options', '/incidents/start', 'POST'],
] as const)('%s %s is 405 and says what is allowed', async (method, path, allowed) => {
  const response = await request(testControl().app)[method](path).expect(405)
  expect(response.headers.allow).toBe(allowed)
})

test('whatever is posted is an order, or a refusal that says why', async () => {
  const { app, calls } = testControl()
  const server = app.listen(0, '127.0.0.1')
  const right = fc.constant('{"name":"feed-pause","for_seconds":90}')
  // No text can be made of it.
  const textless = fc.constant('{"name":{"toString":1}}')
  const member = fc
    .tuple(fc.constantFrom('name', 'for_seconds', '__proto__', 'toString'), hostileJson)
    .map(([name, json]) => `{"name":"drawdown","${name}":${json}}`)
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('start', 'stop'),
        fc.oneof(hostileText, hostileJson, damaged(right), textless, member),
        async (verb, text) => {
          const before = calls.length
          const { status, body } = await request(server)
            .post(`/incidents/${verb}`)
            .set('Content-Type', 'application/json')
            .send(text.replace(/\p{Surrogate}/gu, '?'))
          expect([200, 400, 413]).toContain(status)
          expect(calls.length - before).toBe(status === 200 ? 1 : 0)
          if (status !== 200) expect(JSON.stringify(problemSchema.parse(body)).length).toBeLessThan(4_000)
        },
      ),
      parameters(300),
    )
  } finally {
    server.close()
  }
  expectCleanPrototypes()
})
