import request from 'supertest'
import { followStream } from '../../src/client/follow-stream.js'
import { Scoreboard } from '../../src/client/scoreboard.js'
import { episode } from '../support/alerts.js'
import { bookFrame, T, value } from '../support/frames.js'
import { BASE, testApi } from '../support/snapshot-api.js'
import { startStreamServer } from '../support/stream-server.js'
import { until } from '../support/until.js'

describe('/live', () => {
  test('is a page whose script and style are its own, by a policy that browsers hold it to', async () => {
    const { headers, text } = await request(testApi().app).get('/live').expect(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    )
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(text).toContain(`data-api="${BASE.slice(1)}"`)
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|style=|\son[a-z]+=|https?:/)
  })

  test('has every address relative to itself, and each of them answers', async () => {
    const { app } = testApi()
    const { text } = await request(app).get('/live').expect(200)
    const addresses = [...text.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, address]) => address ?? '')
    expect(addresses.filter((address) => address.startsWith('/'))).toEqual([])
    const own = addresses.filter((address) => !address.startsWith('data:'))
    expect(own).toHaveLength(4)
    for (const address of own)
      await request(app)
        .get(`/${address.replace('./', '')}`)
        .expect(200)
  })

  test('serves every module that its script imports, and nothing else of the disk', async () => {
    const { app } = testApi()
    const seen = new Set<string>()
    const open = ['/live/modules/live-page/main.js']
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (seen.has(path)) continue
      seen.add(path)
      const { text, headers } = await request(app).get(path).expect(200)
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
      for (const [, imported] of text.matchAll(/from '([^']+)'/g))
        open.push(new URL(imported ?? '', `http://localhost${path}`).pathname)
    }
    expect(seen.size).toBeGreaterThan(10)
    for (const path of ['main.js', '../main.js', '%2e%2e/main.js', 'live-page', 'live-page/main.js.map', '__proto__'])
      await request(app).get(`/live/modules/${path}`).expect(404)
  })

  test('answers GET and HEAD alone, needs no token, and on loopback no other name', async () => {
    const { app } = testApi()
    await request(app).head('/live').expect(200)
    await request(app).post('/live').expect(405)
    await request(app).get('/live').set('Host', 'evil.example').expect(403)
    await request(testApi(undefined, { tokens: ['0123456789abcdef'], isLoopback: false }).app)
      .get('/live')
      .expect(200)
  })
})

describe("the page's client on a real stream", () => {
  test('holds what the frames say, through snapshots, deltas and alerts', async () => {
    const book = (net: number, seq: number) =>
      bookFrame({ seq, results: { net_pnl: value(net) }, stamp: { at: T + seq } })
    const server = await startStreamServer([book(1, 1)])
    const controller = new AbortController()
    const board = new Scoreboard()
    const done = followStream({
      url: server.url('?window=1d'),
      token: undefined,
      signal: controller.signal,
      onLink: () => undefined,
      onEvent: (event) => (board.apply(event, 0) === 'gap' ? 'gap' : undefined),
      wait: () => Promise.resolve(),
    })
    const held = () => [...board.books.values()][0]
    try {
      await until(() => held()?.metrics.get('net_pnl')?.value === 1)
      expect(held()).toMatchObject({
        strategyId: 'momentum-1',
        account: 'PA-1',
        session: { calendar: 'XNYS', state: 'open' },
      })
      server.tick([book(2.5, 2)])
      await until(() => held()?.metrics.get('net_pnl')?.value === 2.5)
      server.passMs(6_000)
      server.tick([book(2.5, 3)])
      await until(() => held()?.frameSeq === 3)
      expect(held()?.groups.map(({ group }) => group)).toEqual(['performance', 'risk_adjusted', 'exposure'])
      const alert = episode(1)
      server.hub.publishAlert(alert)
      await until(() => held()?.alerts.length === 1)
      server.hub.publishAlert({ ...alert, resolved: { at: T + 9_000, reason: 'recovered' } })
      await until(() => held()?.alerts.length === 0)
    } finally {
      controller.abort()
      await done
      await server.stop()
    }
  })
})
