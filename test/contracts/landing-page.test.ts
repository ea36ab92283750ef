import { createHash } from 'node:crypto'
import request from 'supertest'
import { at, bookFrame, frameReader, GOOD_HEALTH, stageHealth, strategySummary, T, value } from '../support/frames.js'
import { BASE, testApi } from '../support/snapshot-api.js'

async function page(...given: Parameters<typeof testApi>): Promise<string> {
  const response = await request(testApi(...given).app)
    .get('/')
    .expect(200)
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
  return response.text
}

/** The visible text, a blank between elements. */
function textOf(html: string): string {
  return html
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
}

describe('the landing page', () => {
  test('while disabled says which variable turns the exporter on, and still links what answers', async () => {
    const html = await page(frameReader({ state: 'disabled', health: { ...GOOD_HEALTH, status: 'disabled' } }))
    expect(textOf(html)).toContain('disabled')
    expect(html).toContain('<code>JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED=true</code>')
    expect(html).toContain('href="healthz"')
    expect(html).not.toContain('http-equiv="refresh"')
  })

  test('while warming up reloads itself soon and shows the sources', async () => {
    const html = await page(frameReader({ state: 'warming_up', health: { ...GOOD_HEALTH, status: 'warming_up' } }))
    expect(textOf(html)).toContain('warming up')
    expect(html).toContain('<meta http-equiv="refresh" content="2">')
    expect(textOf(html)).toContain('ingest:postgres ok')
    expect(textOf(html)).not.toContain('Books')
  })

  test('links everything, relative to itself', async () => {
    const html = await page()
    const links = [...html.matchAll(/<a href="([^"]*)"/g)].map(([, href]) => href)
    const base = BASE.slice(1)
    expect(links).toEqual([
      `${base}/snapshot?strategy_id=momentum-1&amp;account=PA-1`,
      'live',
      'metrics',
      `${base}/health`,
      `${base}/strategies`,
      'docs',
      'healthz',
      'readyz',
    ])
  })

  test('links that are followed lead to the snapshot of that very book', async () => {
    const reader = frameReader({
      books: [bookFrame({ strategyId: 'a&b="c"/ü', account: 'PA 1+2' })],
      strategies: [strategySummary()],
    })
    const { app } = testApi(reader)
    const html = (await request(app).get('/').expect(200)).text
    const href = /<a href="([^"]*snapshot[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
    const response = await request(app).get(`/${href}`).expect(200)
    expect(response.body).toMatchObject({ strategy_id: 'a&b="c"/ü', account: 'PA 1+2', window: '1d' })
  })

  test('shows the headline numbers of every book with their quality', async () => {
    const books = [
      bookFrame(),
      bookFrame({ strategyId: 'loser', strategyName: 'Loser', results: { net_pnl: value(-3.456) } }),
      bookFrame({
        strategyId: 'dark',
        strategyName: 'Dark',
        calendar: '24x7',
        moneyDecimals: 6,
        results: { net_pnl: { status: 'insufficient_data', reason: 'missing_mark' }, gross_exposure: value(0.1) },
      }),
    ]
    const html = await page(frameReader({ books }))
    expect(textOf(html)).toContain('Momentum momentum-1 PA-1 XNYS open +$1,234.57 $250,000.10 good')
    expect(html).toContain('<span class="gain">+$1,234.57</span>')
    expect(textOf(html)).toContain('Loser loser PA-1 XNYS open -$3.46 $250,000.10 good')
    expect(html).toContain('<span class="loss">-$3.46</span>')
    expect(textOf(html)).toContain('Dark dark PA-1 24x7 open missing mark $0.100000 good')
  })

  test.each([
    [1_234_567.891, 2, '+$1,234,567.89'],
    [999.999, 2, '+$1,000.00'],
    [-1_000, 0, '-$1,000'],
    [0, 2, '$0.00'],
    [-0.004, 2, '$0.00'],
  ])('writes %d with %i decimals as %s', async (amount, moneyDecimals, text) => {
    const books = [bookFrame({ moneyDecimals, results: { net_pnl: value(amount), gross_exposure: value(7) } })]
    expect(textOf(await page(frameReader({ books })))).toContain(`XNYS open ${text} $7`)
  })

  test('does not colour a stale gain green', async () => {
    const stale = { orders: { asOf: T - 90_000, stale: true } }
    const html = await page(frameReader({ books: [bookFrame({ sources: stale })] }))
    expect(html).toContain('<span class="muted">+$1,234.57</span>')
    expect(html).toContain('<span class="badge warn">stale</span>')
  })

  test('shows every stage with its age and its last error', async () => {
    const health = {
      ...GOOD_HEALTH,
      status: 'failing' as const,
      stages: [
        stageHealth(),
        stageHealth({
          stage: 'ingest:clickhouse',
          status: 'failing',
          lagSeconds: 3725,
          lastSuccessAt: at('2026-03-10T14:57:55.000Z'),
          lastErrorAt: T - 65_000,
          lastErrorCode: 'source_timeout',
          errorsTotal: 12,
        }),
        stageHealth({ stage: 'compute:light', lagSeconds: null, lastSuccessAt: null }),
      ],
    }
    const text = textOf(await page(frameReader({ health })))
    expect(text).toContain('ready failing')
    expect(text).toContain('ingest:postgres ok 0.4 s 0.4 s ago none 0')
    expect(text).toContain('ingest:clickhouse failing 3725.0 s 1 h ago source timeout, 1 min ago 12')
    expect(text).toContain('compute:light ok – never none 0')
  })

  test('keeps the books back while the API is off, and says how to turn it on', async () => {
    const html = await page(frameReader(), { apiEnabled: false })
    expect(html).not.toContain('1,234.57')
    expect(html).toContain('<code>QUANT_API_ENABLED=true</code>')
  })

  test('says so when no book is live', async () => {
    expect(textOf(await page(frameReader({ books: [] })))).toContain('No book is live')
  })

  test('escapes every name that comes from outside', async () => {
    const evil = `"><img src=x onerror=alert(1)>'&`
    const books = [bookFrame({ strategyId: evil, strategyName: evil, account: evil })]
    const health = { ...GOOD_HEALTH, stages: [stageHealth({ stage: evil, lastErrorCode: evil, lastErrorAt: T })] }
    const html = await page(frameReader({ books, health }), { build: { version: evil, revision: evil } })
    expect(html).not.toContain('<img')
    expect(html.split('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&amp;')).toHaveLength(8)
  })

  test('is self-contained: no script, no other host, and a policy that allows its own style alone', async () => {
    const response = await request(testApi().app).get('/').expect(200)
    expect(response.text).not.toMatch(/<script|https?:\/\/|@import|url\(|<(img|iframe|form)/i)
    expect(response.text).not.toMatch(/ style="| on[a-z]+="/)
    const style = /<style>([\s\S]*?)<\/style>/.exec(response.text)?.[1] ?? ''
    expect(style.length).toBeGreaterThan(1_000)
    const hash = createHash('sha256').update(style).digest('base64')
    const policy = String(response.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`style-src 'sha256-${hash}'`)
    expect(response.headers['cache-control']).toBe('no-store')
  })

  test('closes every element that it opens', async () => {
    const html = await page(frameReader({ books: [bookFrame(), bookFrame({ account: 'PA-2' })] }))
    const open: string[] = []
    for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
      if (['meta', 'link'].includes(name)) continue
      if (slash === '') open.push(name)
      else expect(open.pop()).toBe(name)
    }
    expect(open).toEqual([])
  })

  test('links /metrics where it has a listener of its own', async () => {
    const html = await page(frameReader(), { metricsUrl: 'http://127.0.0.1:9465/metrics' })
    expect(html).toContain('<a href="http://127.0.0.1:9465/metrics">')
  })
})
