import type { Browser } from 'playwright-core'
import type { BookFrame } from '../../src/domain/frame.js'
import { episode } from '../support/alerts.js'
import { openBrowser, openPage } from '../support/browser.js'
import { bookFrame, type FrameParts, T, value } from '../support/frames.js'
import { hasProgram } from '../support/programs.js'
import { type StreamServer, startStreamServer } from '../support/stream-server.js'
import { until } from '../support/until.js'

const withChromium = hasProgram('chromium', 'chromium') ? test : test.skip

const ALERT = episode(1, {
  openedAt: T - 60_000,
  summary: 'Drawdown 7.1 % is over 5 %',
  runbookUrl: 'https://runbooks.example/drawdown',
})

/** Counts, in the page, the elements that are made and the frames that are asked for. */
const COUNT = `
  globalThis.counted = { made: 0, paints: 0 }
  new MutationObserver((records) => {
    for (const { addedNodes } of records) counted.made += [...addedNodes].filter((node) => node.nodeType === 1).length
  }).observe(document.body, { childList: true, subtree: true })
  const request = requestAnimationFrame
  globalThis.requestAnimationFrame = (callback) => {
    counted.paints += 1
    return request(callback)
  }
`

describe('the page at /live in Chromium, on a stream of the test', () => {
  let browser: Browser
  let server: StreamServer
  let seq: number
  let ticking: NodeJS.Timeout | undefined

  const book = (parts: FrameParts = {}) => bookFrame({ ...parts, seq, stamp: { at: T + seq * 1_000 } })
  const tick = (books: () => readonly BookFrame[]) => {
    seq += 1
    server.tick(books())
  }
  /** As an exporter does: who is not heard of is taken for dead. */
  const start = async (books: () => readonly BookFrame[]) => {
    server = await startStreamServer(books())
    ticking = setInterval(() => tick(books), 1_000)
  }
  const open = async (books: number, query = '') => {
    const watched = await openPage(browser)
    await watched.page.goto(`${new URL(server.url()).origin}/live${query}`)
    await until(async () => (await watched.page.locator('#rows tr').count()) === books)
    return watched
  }

  beforeAll(async () => {
    if (withChromium === test) browser = await openBrowser()
  }, 60_000)
  beforeEach(() => {
    seq = 1
  })
  afterEach(async () => {
    clearInterval(ticking)
    await server?.stop()
  })
  afterAll(() => browser?.close())

  withChromium(
    'shows alerts while they are open, with a way to what to do (package chromium)',
    async () => {
      const books = () => [book()]
      await start(books)
      const { page, complaints } = await open(1)
      server.hub.publishAlert(ALERT)
      await until(async () => (await page.locator('#alert-list li').count()) === 1)
      const item = page.locator('#alert-list li')
      expect(await item.textContent()).toMatch(
        /^CRITICALMomentum · PA-1max_drawdown_1d .*Drawdown 7\.1 % is over 5 %for 1 min/,
      )
      expect(await item.locator('a').getAttribute('href')).toBe('https://runbooks.example/drawdown')
      expect(await page.textContent('#rows .trouble')).toBe('critical: max_drawdown_1d')
      expect(await page.textContent('#summary')).toBe('1 book · 1 needs attention · 1 open alert')
      server.hub.publishAlert({ ...ALERT, resolved: { at: T, reason: 'recovered' } })
      await until(async () => (await page.locator('#alerts').isVisible()) === false)
      expect(await page.textContent('#summary')).toBe('1 book · nothing needs attention')
      expect(complaints).toEqual([])
      await page.close()
    },
    60_000,
  )

  withChromium(
    'takes names for names, whatever is written in them (package chromium)',
    async () => {
      const hostile = '<img src=x onerror="document.title=1"><script>alert(1)</script>'
      const books = () => [book({ strategyId: `id${hostile}`, strategyName: hostile, account: hostile })]
      await start(books)
      const { page, complaints } = await open(1, `?account=${encodeURIComponent(hostile)}`)
      expect(await page.textContent('#rows .name')).toBe(hostile)
      expect(await page.locator('main img, tbody script').count()).toBe(0)
      expect(complaints).toEqual([])
      await page.close()
    },
    60_000,
  )

  withChromium(
    'with a hundred books writes into the rows that it has, and paints once for all of them (package chromium)',
    async () => {
      const names = Array.from({ length: 100 }, (_, index) => `s${String(index).padStart(3, '0')}`)
      const books = () =>
        names.map((name) => book({ strategyId: name, strategyName: name, results: { net_pnl: value(seq * 10) } }))
      server = await startStreamServer(books(), { maxBufferBytes: 16 * 1024 * 1024 })
      const { page } = await open(100)
      expect(await page.locator('#rows .name').allTextContents()).toEqual(names)
      await page.evaluate(COUNT)
      const shown = async () => new Set(await page.locator('#rows td:nth-child(2) .value').allTextContents())
      for (let ticks = 0; ticks < 5; ticks += 1) {
        tick(books)
        await until(async () => [...(await shown())].join() === `+$${seq * 10}.00`)
      }
      const counted = await page.evaluate<{ made: number; paints: number }>('counted')
      expect(counted.made).toBe(0)
      // 500 events: one request a burst of them, and one each second for ages and countdowns.
      expect(counted.paints).toBeLessThan(250)
      await page.close()
    },
    120_000,
  )

  withChromium(
    'shows only what needs attention, and stale numbers neither as gain nor as loss (package chromium)',
    async () => {
      const stale = { asOf: T - 300_000, stale: true }
      const books = () => [
        book(),
        book({ strategyId: 'old-1', strategyName: 'Old', sources: { orders: stale, prices: stale } }),
      ]
      await start(books)
      const { page } = await open(2)
      await page.check('#only-trouble')
      await until(async () => (await page.locator('#rows tr:visible').count()) === 1)
      const row = page.locator('#rows tr:visible')
      expect(await row.locator('.name').textContent()).toBe('Old')
      expect(await row.getAttribute('data-state')).toBe('stale')
      expect(await row.locator('td:nth-child(2)').textContent()).toBe('+$1,234.57stale')
      expect(await row.locator('.gain, .loss').count()).toBe(0)
      expect(await row.locator('.fresh').first().textContent()).toBe('! perf STALE 5 min')
      await until(async () => (await page.title()) === '(1!) Live · quant-exporter')
      await page.close()
    },
    60_000,
  )
})
