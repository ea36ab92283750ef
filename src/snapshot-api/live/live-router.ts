import { Router } from 'express'
import type { ApiOptions } from '../api-options.js'
import { pageHeaders } from '../landing/page-headers.js'
import { loopbackHostOnly, readOnly } from '../request-rules.js'
import { sendBody } from '../responses.js'
import { renderLivePage } from './live-page.js'
import { scriptReader } from './scripts.js'
import { LIVE_STYLE } from './style.js'

/**
 * Our own style, script and API, and nothing else. Text becomes markup nowhere in the script, and the browser holds it to
 * that: names of strategies come from a database that others write.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** `/live`: all books as they change. The page holds no data; its script reads the stream, with the token where one is asked for. */
export function createLiveRouter({ basePath, isLoopback }: Pick<ApiOptions, 'basePath' | 'isLoopback'>): Router {
  const page = renderLivePage(basePath.slice(1))
  const readScript = scriptReader()
  const always = [loopbackHostOnly(isLoopback), readOnly]
  const router = Router({ caseSensitive: true, strict: true })
  router.all('/live', ...always, (_request, response) => {
    pageHeaders(response, CONTENT_SECURITY_POLICY)
    sendBody(response, 200, 'text/html; charset=utf-8', page)
  })
  // What the page is made of is no part of the API, and stands in no description of it.
  router.use('/live', ...always, ({ path }, response, next) => {
    const script = readScript(path)
    if (path === '/style.css') sendBody(response, 200, 'text/css; charset=utf-8', LIVE_STYLE)
    else if (script !== undefined) sendBody(response, 200, 'text/javascript; charset=utf-8', script)
    else next()
  })
  return router
}
