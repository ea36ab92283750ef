import type { RequestHandler } from 'express'
import type { Logger } from '../lib/logger.js'
import { shorten } from './problem.js'
import { REQUEST_ID_HEADER } from './responses.js'

const MACHINE_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])

/** What orchestrators and Prometheus ask for every few seconds: neither written down nor limited. */
export function isMachinePath(path: string): boolean {
  return MACHINE_PATHS.has(path)
}

/**
 * One line a request, when its answer has gone out or its client has gone away.
 *
 * Of the address only the path is written: a query may hold what is nobody's business, as may headers. `bytes` are those
 * that went out, headers included; `aborted` says that the client did not wait for the end.
 */
export function accessLog(log: Pick<Logger, 'debug'>): RequestHandler {
  return (request, response, next) => {
    const path = request.path
    if (isMachinePath(path)) return next()
    const { socket } = request
    const [startedMs, sentBefore] = [performance.now(), socket.bytesWritten]
    response.once('close', () =>
      log.debug('request', {
        request_id: String(response.getHeader(REQUEST_ID_HEADER)),
        method: request.method,
        path: shorten(path),
        status: response.statusCode,
        ms: Math.round((performance.now() - startedMs) * 10) / 10,
        bytes: socket.bytesWritten - sentBefore,
        ...(response.writableFinished ? {} : { aborted: true }),
      }),
    )
    next()
  }
}
