import type { Request, RequestHandler } from 'express'
import { HttpProblem, shorten } from './problem.js'
import { REQUEST_ID_HEADER } from './responses.js'

/** Rules that hold for requests whatever they ask. */

const ACCEPTABLE_REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/

/** Gives every response an id: the caller's own where it is harmless, else a new one. */
export function assignRequestId(newRequestId: () => string): RequestHandler {
  return (request, response, next) => {
    const given = request.get(REQUEST_ID_HEADER) ?? ''
    response.setHeader(REQUEST_ID_HEADER, ACCEPTABLE_REQUEST_ID.test(given) ? given : newRequestId())
    next()
  }
}

/** What every response says unless its route knows better. */
export const commonHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Vary', 'Accept, Accept-Encoding, Authorization')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  next()
}

/** GET and HEAD only; OPTIONS too is refused where no origin is allowed that could ask. */
export const readOnly: RequestHandler = (request, _response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') next()
  else {
    throw new HttpProblem('method-not-allowed', {
      detail: `${request.method} is not served: this API is read-only`,
      headers: { Allow: 'GET, HEAD' },
    })
  }
}

export const acceptsJson: RequestHandler = (request, _response, next) => {
  if (request.accepts('application/json') !== false) next()
  else {
    throw new HttpProblem('not-acceptable', {
      detail: 'the request accepts no application/json, and there is no other representation',
    })
  }
}

/** Whether a request that accepts either wants CSV rather than JSON. */
export function prefersCsv(request: Request): boolean {
  return request.accepts('application/json', 'text/csv') === 'text/csv'
}

export const acceptsJsonOrCsv: RequestHandler = (request, _response, next) => {
  if (request.accepts('application/json', 'text/csv') !== false) next()
  else {
    throw new HttpProblem('not-acceptable', {
      detail: 'the request accepts neither application/json nor text/csv, and there is no other representation',
    })
  }
}

const LOOPBACK_HOST = /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/**
 * Refuses requests that were sent to another name than this machine's own.
 *
 * A web page can point a name of its own at 127.0.0.1 and read what listens there through the visitor's browser; such a
 * request carries that name in Host. On loopback without tokens nothing else protects the data.
 */
export function loopbackHostOnly(isLoopback: boolean): RequestHandler {
  return (request, _response, next) => {
    const host = request.headers.host ?? ''
    if (!isLoopback || LOOPBACK_HOST.test(host)) next()
    else {
      throw new HttpProblem('host-not-allowed', {
        detail: `listening on loopback, asked for host "${shorten(host)}": use localhost or 127.0.0.1`,
      })
    }
  }
}

export const acceptsEvents: RequestHandler = (request, _response, next) => {
  if (request.accepts('text/event-stream') !== false) next()
  else {
    throw new HttpProblem('not-acceptable', {
      detail: 'the request accepts no text/event-stream, and the stream has no other representation',
    })
  }
}
