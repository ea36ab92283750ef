import { type Browser, chromium, type Page } from 'playwright-core'

/** What a page did that it should not. */
export interface Watched {
  readonly page: Page
  /** Errors and warnings of the console, and exceptions that nobody caught. */
  readonly complaints: string[]
  /** The origins that it sent requests to. */
  readonly origins: Set<string>
}

/** Debian's Chromium. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
}

/** A page in a tab and a profile of its own, with an eye on what it does. */
export async function openPage(browser: Browser, options: Parameters<Browser['newPage']>[0] = {}): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, ...options })
  const watched: Watched = { page, complaints: [], origins: new Set() }
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') watched.complaints.push(message.text())
  })
  page.on('pageerror', (error) => watched.complaints.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) watched.origins.add(new URL(request.url()).origin)
  })
  return watched
}
