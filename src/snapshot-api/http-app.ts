import { randomUUID } from 'node:crypto'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { describeError, type Logger } from '../lib/logger.js'
import { accessLog } from './access-log.js'
import { HttpProblem, shorten } from './problem.js'
import { limitRequests, type RequestLimits, shortTarget } from './request-limits.js'
import { assignRequestId, commonHeaders } from './request-rules.js'
import { REQUEST_ID_HEADER, sendProblem } from './responses.js'

export type HttpLog = Pick<Logger, 'error'> & Partial<Pick<Logger, 'debug'>>

interface HttpAppOptions {
  /** Tried in order. */
  readonly routers: readonly RequestHandler[]
  /** `debug` gets a line a request; without it none is written. */
  readonly log: HttpLog
  readonly newRequestId?: () => string
  /** Undefined: clients may ask as often as they like. */
  readonly limits?: RequestLimits | undefined
  /** Says who may read answers from a browser; asked before a request is counted, so that refusals can be read as well. */
  readonly crossOrigin?: RequestHandler
  /** How many proxies before this process are believed when they say for whom they ask (X-Forwarded-For). */
  readonly trustedProxies?: number
}

/**
 * What every listener has around its routes: request ids, headers that hold for all, and problems as the only form of
 * failure. It binds no port.
 */
export function createHttpApp(options: HttpAppOptions): Express {
  const { routers, log, newRequestId = randomUUID, limits, crossOrigin, trustedProxies = 0 } = options
  const app = express()
  app.disable('x-powered-by')
  // Routes parse their own query strictly; express' lenient parsers must not run.
  app.set('query parser', false)
  app.set('trust proxy', trustedProxies)
  app.use(assignRequestId(newRequestId), commonHeaders)
  const { debug } = log
  if (debug !== undefined) app.use(accessLog({ debug }))
  if (crossOrigin !== undefined) app.use(crossOrigin)
  app.use(shortTarget)
  if (limits !== undefined) app.use(limitRequests(limits))
  for (const router of routers) app.use(router)
  app.use(unknownPath)
  app.use(reportProblem(log))
  return app
}

const unknownPath: RequestHandler = (request) => {
  throw new HttpProblem('unknown-path', {
    detail: `nothing is served at "${shorten(request.path)}"; the page at / links what there is`,
  })
}

/** Express knows an error handler by its four parameters. */
function reportProblem(log: Pick<Logger, 'error'>): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = error instanceof HttpProblem ? error : unexpected()
    if (problem !== error) {
      log.error('a request failed unexpectedly', {
        request_id: String(response.getHeader(REQUEST_ID_HEADER)),
        method: request.method,
        path: shorten(request.path),
        error: describeError(error),
      })
    }
    // Half an answer is out: only breaking the connection tells the client that it is not whole.
    if (response.headersSent) response.destroy()
    else sendProblem(response, problem)
  }
}

function unexpected(): HttpProblem {
  return new HttpProblem('internal-error', {
    detail: 'the exporter failed to answer; its log has the cause under this request_id',
  })
}
