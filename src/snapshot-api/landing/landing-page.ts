import { Router } from 'express'
import type { BookFrame, FrameSet } from '../../domain/frame.js'
import type { Window } from '../../domain/window.js'
import type { ApiOptions } from '../api-options.js'
import { tokenReader } from '../bearer-tokens.js'
import { loopbackHostOnly, readOnly } from '../request-rules.js'
import { sendBody } from '../responses.js'
import { snapshotBody } from '../snapshot-body.js'
import { renderPage } from './page.js'
import { pageHeaders } from './page-headers.js'
import type { BookRow } from './tables.js'

const HEADLINE_WINDOW: Window = '1d'
const HEADLINES: ReadonlySet<string> = new Set(['net_pnl', 'gross_exposure'])

export interface LandingPageOptions extends Omit<ApiOptions, 'nearNames'> {
  /** Where /metrics is, seen from the page: another origin when it has a listener of its own. */
  readonly metricsUrl?: string
}

/** `/`: what is up, the headline numbers of the books, and links to everything else. No script, no foreign host. */
export function createLandingPage(options: LandingPageOptions): Router {
  const { reader, basePath, build, isLoopback, metricsUrl = 'metrics' } = options
  const { enabledVariable, apiEnabled, apiEnabledVariable } = options
  const apiUrl = basePath.slice(1)
  const tokens = options.tokens ?? []
  const read = tokenReader(tokens)
  const router = Router({ caseSensitive: true, strict: true })
  router.all('/', loopbackHostOnly(isLoopback), readOnly, (request, response) => {
    // A browser that opens a page sends no token: it gets the page without what the token protects.
    const isLocked = tokens.length > 0 && typeof read(request) !== 'number'
    const set = apiEnabled && !isLocked ? reader.frames() : undefined
    const page = renderPage({
      state: reader.state(),
      isLocked,
      now: reader.now(),
      health: reader.health(),
      build,
      books: set === undefined ? [] : [...set.books.values()].map((frame) => bookRow(frame, set, apiUrl, options)),
      switches: { enabledVariable, apiEnabled, apiEnabledVariable },
      links: {
        live: 'live',
        metrics: metricsUrl,
        health: `${apiUrl}/health`,
        strategies: `${apiUrl}/strategies`,
        docs: 'docs',
      },
    })
    pageHeaders(response)
    sendBody(response, 200, 'text/html; charset=utf-8', page)
  })
  return router
}

function bookRow(frame: BookFrame, set: FrameSet, apiUrl: string, options: LandingPageOptions): BookRow {
  const { reader, dictionary, calendars, alerts } = options
  const { strategyId, account } = frame.book
  const query = new URLSearchParams({ strategy_id: strategyId, account })
  return {
    snapshot: snapshotBody(
      frame,
      HEADLINE_WINDOW,
      { metrics: HEADLINES },
      { set, dictionary, calendars, alerts, now: reader.now() },
    ),
    href: `${apiUrl}/snapshot?${query}`,
    moneyDecimals: frame.moneyDecimals,
  }
}
