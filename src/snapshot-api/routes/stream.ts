import type { RequestHandler, Response } from 'express'
import type { ApiOptions } from '../api-options.js'
import { checkNames } from '../find-book.js'
import { readStreamQuery } from '../stream/stream-query.js'

const LAST_EVENT_ID_HEADER = 'Last-Event-ID'

/**
 * `GET /stream`: snapshots first, then what changes, as server-sent events.
 *
 * Who cannot be served now is told so by an answer that is fine and ends: after one that is not, an EventSource never
 * tries again.
 */
export function streamRoute({ reader, nearNames, stream: hub }: ApiOptions): RequestHandler {
  return (request, response) => {
    const { filter, refusal } = readStreamQuery(request.url)
    const frames = reader.frames()
    if (frames !== undefined) checkNames(filter, { frames, strategies: reader.strategies(), nearNames }, refusal)
    refusal.throwIfAny()
    if (hub === undefined) throw new Error('the stream is asked for while nothing is computed')
    open(response)
    if (request.method === 'HEAD') return void response.end()
    const address = request.ip ?? ''
    const reason = hub.refusal(address)
    if (reason === undefined) hub.connect(response, filter, address, request.get(LAST_EVENT_ID_HEADER))
    else hub.turnAway(response, reason)
  }
}

function open(response: Response): void {
  response.status(200)
  response.setHeader('Content-Type', 'text/event-stream; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store, no-transform')
  response.setHeader('X-Accel-Buffering', 'no')
  response.flushHeaders()
}
