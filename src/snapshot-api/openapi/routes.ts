import { type RequestHandler, Router } from 'express'
import type { ApiOptions } from '../api-options.js'
import { pageHeaders } from '../landing/page-headers.js'
import { parseQuery } from '../query.js'
import { Refusal } from '../refusal.js'
import { loopbackHostOnly, readOnly } from '../request-rules.js'
import { sendBody } from '../responses.js'
import { renderDocsPage } from './docs-page.js'
import { openApiDocument } from './document.js'

/** `GET /openapi.json`: the description of everything that is served. */
export function openApiRoute({ basePath }: Pick<ApiOptions, 'basePath'>): RequestHandler {
  const text = JSON.stringify(openApiDocument(basePath))
  return (request, response) => {
    new Refusal(parseQuery(request.url, []).problems).throwIfAny()
    sendBody(response, 200, 'application/json; charset=utf-8', text)
  }
}

/** `/docs`: the same for people, with neither a script nor a foreign host. */
export function createDocsRouter({ basePath, isLoopback }: Pick<ApiOptions, 'basePath' | 'isLoopback'>): Router {
  const page = renderDocsPage(openApiDocument(basePath), `${basePath.slice(1)}/openapi.json`)
  const router = Router({ caseSensitive: true, strict: true })
  router.all('/docs', loopbackHostOnly(isLoopback), readOnly, (_request, response) => {
    pageHeaders(response)
    sendBody(response, 200, 'text/html; charset=utf-8', page)
  })
  return router
}
