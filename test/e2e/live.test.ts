import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openPage } from '../support/browser.js'
import { freePort } from '../support/free-port.js'
import { type RunningCli, runCli, startCli } from '../support/process.js'
import { hasProgram } from '../support/programs.js'
import { until } from '../support/until.js'

const withChromium = hasProgram('chromium', 'chromium') ? test : test.skip
const TOKEN = 'a-token-that-nobody-may-see'
/** A short history, on whose length nothing depends that the page shows; a feed that pauses is stale in a quarter of the time. */
const ARGUMENTS = ['demo', '--at', '2026-11-20T19:30:00Z', '--sessions', '2', '--seed', '7', '--speed', '4']

const link = (page: Page) => page.getAttribute('body', 'data-link')
const rows = (page: Page) => page.locator('#rows tr:visible')
const numbers = (page: Page) => page.locator('#rows .value').allTextContents()
const badgesOf = (page: Page, strategy: string) =>
  page.locator('#rows tr', { hasText: strategy }).locator('.fresh').allTextContents()
const isLiveWith = (page: Page, books: number) => async () =>
  (await link(page)) === 'live' && (await rows(page).count()) === books

describe('/live in Chromium, and watch, on a running demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quant-live-test-'))
  let browser: Browser
  let url: string
  let environment: Readonly<Record<string, string>>
  let demo: RunningCli
  const log: string[] = []

  const start = async (more: Readonly<Record<string, string>> = {}) => {
    demo = startCli(ARGUMENTS, { ...environment, ...more })
    await until(() => demo.out().includes('start here'), 60_000)
    await until(async () => (await fetch(`${url}/readyz`)).status === 200, 170_000)
  }
  const stop = async () => {
    demo.child.kill('SIGTERM')
    const { out, err } = await demo.finished
    log.push(out, err)
  }

  beforeAll(async () => {
    url = `http://127.0.0.1:${await freePort()}`
    environment = { QUANT_LISTEN: new URL(url).host, TMPDIR: folder, QUANT_LOG_LEVEL: 'debug' }
    await start()
    if (withChromium === test) browser = await openBrowser()
  }, 240_000)

  afterAll(async () => {
    await browser?.close()
    demo.child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  withChromium(
    'shows all books, and their numbers move, without a complaint and without another host (package chromium)',
    async () => {
      const { page, complaints, origins } = await openPage(browser)
      await page.goto(`${url}/live`)
      await until(isLiveWith(page, 5), 30_000)
      const before = await numbers(page)
      expect(before).toHaveLength(30)
      expect(before.filter((text) => /^[+-]?\$\d/.test(text))).toHaveLength(5)
      const row = await page.locator('#rows tr').first().elementHandle()
      await until(async () => String(await numbers(page)) !== String(before), 30_000)
      // Numbers are written into rows that stay.
      expect(await row?.evaluate((element: { readonly isConnected: boolean }) => element.isConnected)).toBe(true)
      await until(async () => (await page.locator('#rows .spark path[d]').count()) > 0, 30_000)
      expect(complaints).toEqual([])
      expect([...origins]).toEqual([url])
      await page.close()
    },
    120_000,
  )

  withChromium(
    'keeps filters in the address, over a reload and backwards (package chromium)',
    async () => {
      const { page, complaints } = await openPage(browser)
      await page.goto(`${url}/live`)
      await until(isLiveWith(page, 5), 30_000)
      await page.selectOption('#account', 'shared-paper')
      await until(async () => (await rows(page).count()) === 2)
      await page.selectOption('#window', '5m')
      await until(isLiveWith(page, 2), 30_000)
      expect(new URL(page.url()).search).toBe('?account=shared-paper&window=5m')
      await page.reload()
      await until(isLiveWith(page, 2), 30_000)
      expect(await page.inputValue('#window')).toBe('5m')
      expect(await page.inputValue('#account')).toBe('shared-paper')
      await page.goBack()
      await until(async () => (await page.inputValue('#window')) === '1d')
      await page.goBack()
      await until(isLiveWith(page, 5), 30_000)
      expect(new URL(page.url()).search).toBe('')
      expect(complaints).toEqual([])
      await page.close()
    },
    120_000,
  )

  withChromium(
    'fits a telephone, and is worked with the keyboard (package chromium)',
    async () => {
      const { page } = await openPage(browser, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
      await page.goto(`${url}/live?strategy_id=${'x'.repeat(60)}`)
      const width = () => page.evaluate<number>('document.documentElement.scrollWidth')
      await until(async () => (await page.textContent('#empty'))?.includes('No live book') === true, 30_000)
      expect(await width()).toBe(390)
      await page.goto(`${url}/live`)
      await until(isLiveWith(page, 5), 30_000)
      expect(await width()).toBe(390)
      const reached: string[] = []
      for (let tabs = 0; tabs < 6; tabs += 1) {
        await page.keyboard.press('Tab')
        reached.push(await page.evaluate<string>('document.activeElement.id || document.activeElement.className'))
      }
      expect(reached).toEqual(['skip', '', 'strategy', 'account', 'window', 'only-trouble'])
      await page.keyboard.press('Space')
      await until(() => new URL(page.url()).search === '?show=trouble')
      await page.close()
    },
    120_000,
  )

  test('watch, in a pipe, writes a line for each change, and ends well on Ctrl-C', async () => {
    const watch = startCli(['watch', '--url', url, '--account', 'crypto-live'])
    const isOf = (line: string) => /^2026-11-20T\d\d:\d\d:\d\d\.\d{3}Z {2}crypto-momentum {2}crypto-live {2}/.test(line)
    await until(() => watch.out().split('\n').length > 9, 60_000)
    watch.child.kill('SIGINT')
    const { code, out, err } = await watch.finished
    expect({ code, err }).toEqual({ code: 0, err: 'connecting\nlive\n' })
    const lines = out.trimEnd().split('\n')
    expect(lines.filter(isOf)).toEqual(lines)
    expect(lines.slice(0, 6).map((line) => line.split('  ')[3])).toEqual([
      ...['net_pnl', 'cumulative_return', 'sharpe_annualized'],
      ...['sortino_annualized', 'max_drawdown', 'profit_factor'],
    ])
  }, 90_000)

  test('watch says what is wrong with a name', async () => {
    expect(await runCli(['watch', '--url', url, '--account', 'crypto-life'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('did you mean crypto-live?'),
    })
  })

  withChromium(
    'a paused feed turns badges stale, with sign and word, and they recover (package chromium)',
    async () => {
      const { page } = await openPage(browser)
      await page.goto(`${url}/live`)
      await until(isLiveWith(page, 5), 30_000)
      const incident = (action: string) => runCli(['incident', action, 'feed-pause', '--url', control()])
      const control = () => /incidents\s+(\S+)\/incidents/.exec(demo.out())?.[1] ?? ''
      await until(async () => !(await badgesOf(page, 'crypto-momentum')).some((text) => text.includes('STALE')), 90_000)
      expect((await incident('start')).code).toBe(0)
      await until(
        async () => (await badgesOf(page, 'crypto-momentum')).some((text) => /^! \w+ STALE \d/.test(text)),
        240_000,
      )
      expect(await page.locator('#rows tr[data-state="stale"]', { hasText: 'crypto-momentum' }).count()).toBe(1)
      await until(async () => /^\(\d!\) /.test(await page.title()))
      expect(await page.textContent('#summary')).toContain('STALE')
      expect((await incident('stop')).code).toBe(0)
      await until(async () => !(await badgesOf(page, 'crypto-momentum')).some((text) => text.includes('STALE')), 90_000)
      await page.close()
    },
    480_000,
  )

  withChromium(
    'a stopped exporter cannot be missed, and one that asks for a token gets it, which nobody sees (package chromium)',
    async () => {
      const { page, origins } = await openPage(browser)
      await page.goto(`${url}/live`)
      await until(isLiveWith(page, 5), 30_000)
      const watch = startCli(['watch', '--url', url])
      await until(() => watch.out().split('\n').length > 30, 60_000)
      await stop()
      await until(async () => (await link(page)) === 'disconnected')
      expect(await page.title()).toMatch(/^✕ DISCONNECTED/)
      expect(await page.locator('#banner').isVisible()).toBe(true)
      await until(async () =>
        /The numbers below are .* old\. Trying (again in|now)/.test((await page.textContent('#banner')) ?? ''),
      )

      await start()
      await until(isLiveWith(page, 5), 60_000)
      expect(await page.locator('#banner').isVisible()).toBe(false)
      // It comes back by itself too, at a moment of its own.
      await until(() => watch.err().endsWith('\nlive\n'), 60_000)
      watch.child.kill('SIGINT')
      const { code, err } = await watch.finished
      expect(code).toBe(0)
      expect(err).toMatch(/^connecting\nlive\nDISCONNECTED: [\s\S]+trying again in \d+ s[\s\S]*\nlive\n$/)

      await stop()
      await start({ QUANT_API_TOKENS: TOKEN })
      await until(async () => (await link(page)) === 'refused', 60_000)
      await page.fill('#token', 'a-wrong-one-altogether')
      await page.keyboard.press('Enter')
      await until(async () => (await page.textContent('#token-problem')) === 'That token was not accepted.')
      await page.fill('#token', TOKEN)
      await page.keyboard.press('Enter')
      await until(isLiveWith(page, 5), 30_000)
      await page.reload()
      await until(isLiveWith(page, 5), 30_000)
      expect(await page.content()).not.toContain(TOKEN)
      expect(await page.inputValue('#token')).toBe('')
      expect(page.url()).not.toContain(TOKEN)
      expect(await page.evaluate('[document.cookie, localStorage.length]')).toEqual(['', 0])
      expect([...origins]).toEqual([url])
      await page.click('#forget-token')
      await until(async () => (await link(page)) === 'refused')
      expect(await rows(page).count()).toBe(0)

      const file = join(folder, 'token')
      writeFileSync(file, `${TOKEN}\n`)
      expect(await runCli(['watch', '--url', url])).toMatchObject({
        code: 1,
        err: expect.stringContaining(`${url} asks for a token (401): set QUANT_API_TOKEN, or give --token-file`),
      })
      const allowed = startCli(['watch', '--url', url, '--token-file', file])
      await until(() => allowed.out().includes('net_pnl'), 60_000)
      allowed.child.kill('SIGINT')
      expect((await allowed.finished).code).toBe(0)
      await stop()
      expect(log.join('\n')).not.toContain(TOKEN)
    },
    600_000,
  )
})
