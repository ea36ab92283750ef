import { createServer, type IncomingHttpHeaders } from 'node:http'
import request from 'supertest'
import { gateSchema } from '../../src/snapshot-api/gate-schema.js'
import { healthSchema, problemSchema, snapshotSchema } from '../../src/snapshot-api/schemas.js'
import { alertBoard, alertId, episode } from '../support/alerts.js'
import { EventClient } from '../support/event-stream.js'
import { bookFrame, frameReader, strategySummary, value } from '../support/frames.js'
import { freePort } from '../support/free-port.js'
import { accountOn, type Listening, listening, shardApi, strategyOn } from '../support/shard-apis.js'
import { BASE, testApi } from '../support/snapshot-api.js'
import { type StreamServer, startStreamServer } from '../support/stream-server.js'
import { until } from '../support/until.js'

const [HERE, THERE] = [strategyOn(0), strategyOn(1)]
const here = bookFrame({ strategyId: HERE, seq: 10 })
const there = bookFrame({ strategyId: THERE, seq: 11 })
const strategies = [strategySummary({ strategyId: HERE }), strategySummary({ strategyId: THERE })]
const reader = frameReader({ books: [here], elsewhere: [there], strategies })
const owner = testApi(frameReader({ books: [there], strategies })).app

const stopped: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stopped.splice(0).reverse()) await stop()
})
async function served<Running extends Listening | StreamServer>(running: Promise<Running>): Promise<Running> {
  const begun = await running
  stopped.push(() => begun.stop())
  return begun
}
/** Shard 0, with the other one at this address. */
const beside = (url: string, options = {}) => shardApi(reader, ['http://127.0.0.1:1', url], options)
const nobody = async () => `http://127.0.0.1:${await freePort()}`

describe('a question for a book of another shard', () => {
  test.each([
    ['by strategy and account', `strategy_id=${THERE}&account=PA-1`],
    ['by the strategy, which has no other live account', `strategy_id=${THERE}`],
  ])('is answered by that one, asked %s', async (_how, query) => {
    const { url } = await served(listening(owner))
    const answer = await request(beside(url)).get(`${BASE}/snapshot?${query}`).set('X-Request-Id', 'mine').expect(200)
    expect(snapshotSchema.parse(answer.body)).toMatchObject({ strategy_id: THERE, frame_seq: 11 })
    expect(answer.headers).toMatchObject({ 'x-request-id': 'mine', 'cache-control': 'private, no-cache' })
    const etag = String(answer.headers.etag)
    await request(beside(url)).get(`${BASE}/snapshot?${query}`).set('If-None-Match', etag).expect(304)
    const csv = await request(beside(url)).get(`${BASE}/snapshot?${query}`).set('Accept', 'text/csv').expect(200)
    expect(csv.text).toContain('net_pnl')
    await request(beside(url)).get(`${BASE}/snapshot?${query}&metrics=nonsense`).expect(404)
  })

  test('carries what its answer depends on, and nothing else', async () => {
    const asked: IncomingHttpHeaders[] = []
    const { url } = await served(
      listening(
        createServer(({ headers }, response) => {
          asked.push(headers)
          response.setHeader('X-Quant-Frame-As-Of', 'then')
          response.end('{}')
        }),
      ),
    )
    const token = 'a-token-of-this-test'
    const answer = await request(beside(url, { tokens: [token], isLoopback: false }))
      .get(`${BASE}/snapshot?strategy_id=${THERE}`)
      .set({ Authorization: `Bearer ${token}`, Cookie: 'not=ours', 'If-None-Match': 'W/"x"', 'X-Request-Id': 'mine' })
    expect(answer.headers['x-quant-frame-as-of']).toBe('then')
    expect(asked).toMatchObject([
      {
        ...{ authorization: `Bearer ${token}`, 'if-none-match': 'W/"x"', 'x-request-id': 'mine' },
        ...{ 'x-quant-forwarded-by': '0/2', 'x-forwarded-for': expect.stringContaining('127.0.0.1') },
      },
    ])
    expect(asked[0]?.cookie).toBeUndefined()
    await request(beside(url, { tokens: [token] }))
      .get(`${BASE}/snapshot?strategy_id=${THERE}`)
      .expect(401)
    expect(asked).toHaveLength(1)
  })

  test('is told which shard that is where nobody said where it listens', async () => {
    const app = shardApi(reader, undefined)
    for (const path of ['snapshot', 'explain', 'stream']) {
      const { body } = await request(app).get(`${BASE}/${path}?strategy_id=${THERE}&metric_name=net_pnl`).expect(421)
      expect(problemSchema.parse(body)).toMatchObject({
        shard: 1,
        shards: 2,
        type: expect.stringContaining('misdirected'),
      })
    }
    const { body } = await request(app).get(`${BASE}/gate?strategy_id=${THERE}`).expect(200)
    expect(gateSchema.parse(body)).toMatchObject({ decision: 'unknown', reasons: [{ reason: 'other_shard' }] })
  })

  test('is not passed on twice: two shards may have been told of different numbers of shards', async () => {
    const { url } = await served(listening(beside(await nobody())))
    const answer = await request(beside(url)).get(`${BASE}/snapshot?strategy_id=${THERE}`).expect(421)
    expect(problemSchema.parse(answer.body)).toMatchObject({ shard: 1, shards: 2 })
  })

  test.each([
    ['is gone', nobody],
    ['accepts and says nothing', async () => (await served(listening(createServer(() => undefined)))).url],
  ])('has no answer while the other %s, and says when to ask again', async (_what, peer) => {
    const counted: string[] = []
    const app = beside(await peer(), { onForwarded: (result: string) => counted.push(result) })
    for (const path of ['snapshot', 'explain']) {
      const answer = await request(app).get(`${BASE}/${path}?strategy_id=${THERE}&metric_name=net_pnl`).expect(503)
      expect(problemSchema.parse(answer.body).type).toContain('shard-unavailable')
      expect(answer.headers['retry-after']).toBe('5')
    }
    const { body } = await request(app).get(`${BASE}/gate?strategy_id=${THERE}`).expect(200)
    expect(gateSchema.parse(body)).toMatchObject({ decision: 'unknown', reasons: [{ reason: 'other_shard' }] })
    const stream = await request(app).get(`${BASE}/stream?strategy_id=${THERE}`).expect(200)
    expect(stream.text).toMatch(/^retry: 5000\n: the book is on shard 1 of 2, which does not answer/)
    expect(counted).toEqual(['away', 'away', 'away', 'away'])
    // Its own books are all there.
    await request(app).get(`${BASE}/snapshot?strategy_id=${HERE}`).expect(200)
  })

  test('is passed on by its names alone before the first frame', async () => {
    const { url } = await served(listening(owner))
    const starting = shardApi(frameReader({ state: 'warming_up', strategies }), ['http://127.0.0.1:1', url])
    await request(starting).get(`${BASE}/snapshot?strategy_id=${THERE}&account=PA-1`).expect(200)
    await request(starting).get(`${BASE}/snapshot?strategy_id=${THERE}`).expect(503)
    await request(starting).get(`${BASE}/snapshot?strategy_id=${HERE}&account=PA-1`).expect(503)
  })
})

describe('what every shard answers alike', () => {
  const app = () => shardApi(reader, undefined)

  test('names that nobody knows', async () => {
    await request(app()).get(`${BASE}/snapshot?strategy_id=nobody`).expect(404)
    const { body } = await request(app()).get(`${BASE}/snapshot?strategy_id=${THERE}&account=PA-9`).expect(404)
    expect(body.errors).toMatchObject([{ parameter: 'account', near: ['PA-1'] }])
  })

  test('a strategy whose live accounts are on several shards has to be asked for with one of them', async () => {
    const account = accountOn(1, HERE)
    const both = frameReader({
      books: [here],
      elsewhere: [bookFrame({ strategyId: HERE, account })],
      strategies: [strategySummary({ strategyId: HERE, accounts: ['PA-1', account] })],
    })
    for (const path of ['snapshot', 'stream', 'gate']) {
      const answer = await request(shardApi(both, undefined)).get(`${BASE}/${path}?strategy_id=${HERE}`).expect(400)
      expect(answer.body.errors).toMatchObject([{ parameter: 'account', allowed: ['PA-1', account].sort() }])
    }
    await request(shardApi(both, undefined)).get(`${BASE}/snapshot?strategy_id=${HERE}&account=PA-1`).expect(200)
  })

  test('health says which shard it is of', async () => {
    const { body } = await request(app()).get(`${BASE}/health`).expect(200)
    expect(healthSchema.parse(body)).toMatchObject({ shard: 0, shards: 2 })
  })

  test('alerts of all books come from the store, those of its own also without it', async () => {
    const [own, other] = [episode(1, { strategyId: HERE }), episode(2, { strategyId: THERE })]
    const asked: unknown[] = []
    const stored = {
      strategies: async () => strategies,
      alerts: async (query: unknown) => {
        asked.push(query)
        return { alerts: [other, own], next: undefined }
      },
    }
    const ids = async (path: string, options: object) => {
      const { body } = await request(shardApi(reader, undefined, { alerts: alertBoard([own]), ...options }))
        .get(`${BASE}${path}`)
        .expect(200)
      return body.alerts.map((alert: { alert_id: string }) => alert.alert_id)
    }
    expect(await ids('/alerts', { stored })).toEqual([alertId(2), alertId(1)])
    expect(asked).toHaveLength(1)
    expect(await ids(`/alerts?strategy_id=${HERE}&account=PA-1`, { stored })).toEqual([alertId(1)])
    expect(asked).toHaveLength(1)
    expect(await ids('/alerts', {})).toEqual([alertId(1)])
  })
})

describe('the stream of a book of another shard', () => {
  test('comes as it is told there, resumes there, and ends there when the listener hangs up', async () => {
    const stream = await served(startStreamServer([there]))
    const { url } = await served(listening(beside(new URL(stream.url()).origin)))
    const client = new EventClient()
    await client.connect(`${url}${BASE}/stream?strategy_id=${THERE}`)
    await until(() => client.books.size === 1, 20_000)
    stream.tick([bookFrame({ strategyId: THERE, seq: 12, results: { net_pnl: value(12) } })])
    await until(() => client.events.some(({ event }) => event === 'quant.metrics.delta'), 20_000)
    expect(client.faults).toEqual([])
    client.cut()
    await until(() => stream.seen.clients === 0, 20_000)

    const again = new EventClient()
    again.lastEventId = client.lastEventId
    await again.connect(`${url}${BASE}/stream?strategy_id=${THERE}`)
    stream.tick([bookFrame({ strategyId: THERE, seq: 13, results: { net_pnl: value(13) } })])
    await until(() => again.events.length > 0, 20_000)
    // Nothing was missed, so no snapshot was told.
    expect(again.events[0]?.event).toBe('quant.metrics.delta')
    await stream.stop()
    await until(() => again.isEnded, 20_000)
  })

  test('of a strategy whose accounts are on several shards is that of all of them', async () => {
    const account = accountOn(1, HERE)
    const far = (seq: number) => bookFrame({ strategyId: HERE, account, seq, results: { net_pnl: value(seq) } })
    const near = (seq: number) => bookFrame({ strategyId: HERE, seq, results: { net_pnl: value(seq) } })
    const [there, mine] = [await served(startStreamServer([far(1)])), await served(startStreamServer([near(1)]))]
    const both = frameReader({
      ...{ books: [near(1)], elsewhere: [far(1)] },
      strategies: [strategySummary({ strategyId: HERE, accounts: ['PA-1', account] })],
    })
    const peers = ['http://127.0.0.1:1', new URL(there.url()).origin]
    const { url } = await served(listening(shardApi(both, peers, { stream: mine.hub })))
    const client = new EventClient()
    await client.connect(`${url}${BASE}/stream?strategy_id=${HERE}`)
    await until(() => client.books.size === 2, 20_000)
    there.tick([far(2)])
    mine.tick([near(2)])
    await until(() => [...client.books.values()].every(({ seq }) => seq === 2), 20_000)
    expect(client.faults).toEqual([])
    client.cut()
    await until(() => there.seen.clients + mine.seen.clients === 0, 20_000)

    // The last event was of one of them: from there it goes on, the other begins anew, and nothing is missing.
    there.tick([far(3)])
    mine.tick([near(3)])
    await client.connect(`${url}${BASE}/stream?strategy_id=${HERE}`)
    await until(() => [...client.books.values()].every(({ seq }) => seq === 3), 20_000)
    expect(client.faults).toEqual([])
    await there.stop()
    await until(() => client.isEnded, 20_000)
    await until(() => mine.seen.clients === 0, 20_000)
    // Half of it is not passed off as all.
    const half = await request(url).get(`${BASE}/stream?strategy_id=${HERE}`).expect(200)
    expect(half.text).toMatch(/^retry: 5000\n: shard 1 of 2, which has some of the books, does not answer/)
  })

  test('of all books is that of the shard that was asked, and says so', async () => {
    const stream = await served(startStreamServer([here]))
    const { url } = await served(listening(shardApi(reader, undefined, { stream: stream.hub })))
    const client = new EventClient()
    await client.connect(`${url}${BASE}/stream`)
    await until(() => client.books.size === 1, 20_000)
    expect(client.comments).toContain('the books of shard 0 of 2 alone')
    client.cut()
  })
})
