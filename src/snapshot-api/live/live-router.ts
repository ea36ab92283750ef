import { Router } from 'express'
import type { ApiOptions } from '../api-options.js'
import { pageHeaders } from '../landing/page-headers.js'
import { loopbackHostOnly, readOnly } from '../request-rules.js'
import { sendBody } from '../responses.js'
import { renderLivePage } from './live-page.js'
import { SCRIPT_PATHS, scriptReader } from './scripts.js'
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
  router.all('/live/style.css', ...always, (_request, response) =>
    sendBody(response, 200, 'text/css; charset=utf-8', LIVE_STYLE),
  )
  router.all(SCRIPT_PATHS, ...always, (request, response, next) => {
    const script = readScript(request.path)
    if (script === undefined) next()
    else sendBody(response, 200, 'text/javascript; charset=utf-8', script)
  })
  return router
}
