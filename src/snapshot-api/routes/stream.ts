import type { RequestHandler, Response } from 'express'
import { bookId } from '../../domain/book.js'
import type { FrameSet } from '../../domain/frame.js'
import type { Shard } from '../../domain/shards.js'
import type { ApiOptions } from '../api-options.js'
import { checkNames, liveBooks } from '../find-book.js'
import type { Refusal } from '../refusal.js'
import type { StreamFilter } from '../stream/stream-filter.js'
import { readStreamQuery } from '../stream/stream-query.js'

/** What a client is to wait where it cannot be served now. */
const RETRY_LATER_MS = 5_000

const LAST_EVENT_ID_HEADER = 'Last-Event-ID'

/**
 * `GET /stream`: snapshots first, then what changes, as server-sent events.
 *
 * Who cannot be served now is told so by an answer that is fine and ends: after one that is not, an EventSource never
 * tries again.
 */
export function streamRoute({ reader, nearNames, stream: hub, shards }: ApiOptions): RequestHandler {
  return (request, response) => {
    const { filter, refusal } = readStreamQuery(request.url)
    const frames = reader.frames()
    if (frames !== undefined) {
      checkNames(filter, { frames, strategies: reader.strategies(), nearNames }, refusal)
      if (filter.strategyId !== undefined) oneShardOnly(filter, frames, refusal)
    }
    refusal.throwIfAny()
    if (hub === undefined) throw new Error('the stream is asked for while nothing is computed')
    open(response)
    if (shards !== undefined && filter.strategyId === undefined) saySo(response, shards.ownership.shard)
    if (request.method === 'HEAD') return void response.end()
    const address = request.ip ?? ''
    const reason = hub.refusal(address)
    if (reason === undefined) hub.connect(response, filter, address, request.get(LAST_EVENT_ID_HEADER))
    else hub.turnAway(response, reason)
  }
}

/** The answer where the shard that has the book does not give any: an EventSource comes again after a while. */
export function comeAgain(response: Response, why: string): void {
  open(response)
  response.end(`retry: ${RETRY_LATER_MS}\n: ${why.replace(/[\r\n]+/g, ' ')}\n\n`)
}

/** Events of several processes have no common order to resume from, so books of several shards are asked for one by one. */
function oneShardOnly({ strategyId, account }: StreamFilter, frames: FrameSet, refusal: Refusal): void {
  const books = liveBooks(frames).filter((book) => book.strategyId === strategyId)
  if (account !== undefined || books.every((book) => frames.books.has(bookId(book)))) return
  refusal.malformed({
    parameter: 'account',
    problem: `required: the strategy's ${books.length} live accounts are on several shards, and each is streamed by its own`,
    allowed: books.map((book) => book.account).sort(),
  })
}

/** Whoever asks for all books gets those of this process. */
function saySo(response: Response, { index, count }: Shard): void {
  response.write(`: the books of shard ${index} of ${count} alone\n\n`)
}

function open(response: Response): void {
  response.status(200)
  response.setHeader('Content-Type', 'text/event-stream; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store, no-transform')
  response.setHeader('X-Accel-Buffering', 'no')
  response.flushHeaders()
}
