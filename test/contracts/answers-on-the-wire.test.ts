import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { Express } from 'express'
import request from 'supertest'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import { snapshotSchema } from '../../src/snapshot-api/schemas.js'
import { bookFrame, frameReader } from '../support/frames.js'
import { BASE, testApi } from '../support/snapshot-api.js'

const SNAPSHOT = `${BASE}/snapshot?strategy_id=momentum-1`

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** The bytes as they came, whatever their encoding. */
async function bytes(app: Express, method: 'GET' | 'HEAD', path: string, headers: Record<string, string>) {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const sent = httpRequest({ port, host: '127.0.0.1', path, method, headers }).end()
    const [answer]: IncomingMessage[] = await once(sent, 'response')
    const body = Buffer.concat((await answer?.toArray()) ?? [])
    return { status: answer?.statusCode, headers: answer?.headers ?? {}, body } satisfies Answer
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

const GZIP = { 'Accept-Encoding': 'gzip, deflate, br' }

describe('compression', () => {
  test.each(['application/json', 'text/csv'])('of %s happens when asked, and changes nothing else', async (accept) => {
    const reader = frameReader({ books: [bookFrame({ dictionary: DICTIONARY })] })
    const { app } = testApi(reader, { dictionary: DICTIONARY })
    const plain = await bytes(app, 'GET', SNAPSHOT, { Accept: accept })
    const packed = await bytes(app, 'GET', SNAPSHOT, { Accept: accept, ...GZIP })
    expect(plain.headers).not.toHaveProperty('content-encoding')
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(packed.body).toString()).toBe(plain.body.toString())
    expect(packed.body.length).toBeLessThan(plain.body.length / 2)
    expect(Number(packed.headers['content-length'])).toBe(packed.body.length)
    for (const name of ['etag', 'vary', 'content-type', 'cache-control'])
      expect(packed.headers[name]).toBe(plain.headers[name])
  })

  test.each(['identity', 'gzip;q=0', 'br', ''])('does not happen for Accept-Encoding %j', async (encoding) => {
    const answer = await bytes(testApi().app, 'GET', SNAPSHOT, { 'Accept-Encoding': encoding })
    expect(answer.headers).not.toHaveProperty('content-encoding')
    snapshotSchema.parse(JSON.parse(answer.body.toString()))
  })

  test('spares what is short', async () => {
    const answer = await bytes(testApi().app, 'GET', '/healthz', GZIP)
    expect(answer.headers).not.toHaveProperty('content-encoding')
    expect(answer.body.toString()).toBe('{"status":"ok"}')
  })

  test('HEAD says what GET would', async () => {
    const { app } = testApi()
    for (const headers of [{}, GZIP]) {
      const [got, told] = [await bytes(app, 'GET', SNAPSHOT, headers), await bytes(app, 'HEAD', SNAPSHOT, headers)]
      expect(told.body.length).toBe(0)
      for (const name of ['content-length', 'content-encoding', 'etag', 'content-type'])
        expect([name, told.headers[name]]).toEqual([name, got.headers[name]])
    }
  })

  test('a 304 has neither body nor encoding', async () => {
    const { app } = testApi()
    const { headers } = await bytes(app, 'GET', SNAPSHOT, GZIP)
    const again = await bytes(app, 'GET', SNAPSHOT, { ...GZIP, 'If-None-Match': String(headers.etag) })
    expect(again.status).toBe(304)
    expect(again.body.length).toBe(0)
    expect(again.headers).not.toHaveProperty('content-encoding')
    expect(again.headers.etag).toBe(headers.etag)
  })
})

describe('the access log', () => {
  function logged() {
    const lines: Record<string, unknown>[] = []
    const debug = (message: string, fields = {}) => void lines.push({ message, ...fields })
    return { lines, ...testApi(undefined, { log: { error: () => undefined, debug }, tokens: ['a-token-0123456789'] }) }
  }

  test('has one line a request, with neither query nor token', async () => {
    const { app, lines } = logged()
    await request(app)
      .get(`${SNAPSHOT}&nonsense=s3cret`)
      .set({ Authorization: 'Bearer a-token-0123456789', 'X-Request-Id': 'mine' })
      .expect(400)
    await request(app).get(SNAPSHOT).set('Authorization', 'Bearer wr0ng').expect(401)
    expect(lines).toEqual([
      {
        message: 'request',
        request_id: 'mine',
        method: 'GET',
        path: `${BASE}/snapshot`,
        status: 400,
        ms: expect.any(Number),
        bytes: expect.any(Number),
      },
      expect.objectContaining({ status: 401, request_id: 'generated-id' }),
    ])
    for (const { bytes } of lines) expect(bytes).toBeGreaterThan(200)
    for (const secret of ['s3cret', 'a-token', 'wr0ng']) expect(JSON.stringify(lines)).not.toContain(secret)
  })

  test('has none for probes and metrics, and short ones for long paths', async () => {
    const { app, lines } = logged()
    for (const path of ['/healthz', '/readyz', '/metrics']) await request(app).get(path)
    expect(lines).toEqual([])
    await request(app)
      .get(`/${'x'.repeat(5_000)}`)
      .expect(404)
    expect(String(lines[0]?.path).length).toBeLessThan(100)
  })
})
