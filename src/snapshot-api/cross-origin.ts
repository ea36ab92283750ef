import type { RequestHandler } from 'express'

/** What a page of another origin may read beside the body. */
const EXPOSED = ['ETag', 'Retry-After', 'X-Quant-Frame-As-Of', 'X-Request-Id']
/** What it may send. */
const ALLOWED = ['Accept', 'Authorization', 'If-None-Match', 'Last-Event-ID', 'X-Request-Id']
/** How long a browser may remember the answer to a preflight. */
const REMEMBERED_SECONDS = 600

/**
 * Lets pages of exactly these origins read answers below a path (CORS). Without any nothing is said to browsers, which then keep the
 * answers from every foreign page, and OPTIONS is refused like any other method.
 *
 * Cookies play no part: who may read is a matter of the token that the page sends.
 */
export function allowOrigins(basePath: string, origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (origins.length === 0 || !request.path.startsWith(`${basePath}/`)) return next()
    response.vary('Origin')
    const { origin } = request.headers
    if (origin === undefined || !origins.includes(origin)) return next()
    response.setHeader('Access-Control-Allow-Origin', origin)
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      response.setHeader('Access-Control-Expose-Headers', EXPOSED.join(', '))
      return next()
    }
    response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD')
    response.setHeader('Access-Control-Allow-Headers', ALLOWED.join(', '))
    response.setHeader('Access-Control-Max-Age', String(REMEMBERED_SECONDS))
    response.status(204).end()
  }
}
