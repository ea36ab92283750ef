import type { RequestHandler, Response } from 'express'
import { bookId } from '../../domain/book.js'
import type { FrameSet } from '../../domain/frame.js'
import type { Shard } from '../../domain/shards.js'
import type { ApiOptions } from '../api-options.js'
import { checkNames, liveBooks } from '../find-book.js'
import type { Refusal } from '../refusal.js'
import { FORWARDED_BY_HEADER } from '../shards/forward.js'
import { joinEvents, otherStreams } from '../shards/join-streams.js'
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
  return async (request, response) => {
    const { filter, refusal } = readStreamQuery(request.url)
    const frames = reader.frames()
    const isForwarded = request.get(FORWARDED_BY_HEADER) !== undefined
    if (frames !== undefined) {
      checkNames(filter, { frames, strategies: reader.strategies(), nearNames }, refusal)
      if (shards?.peers === undefined && !isForwarded) oneShardOnly(filter, frames, refusal)
    }
    refusal.throwIfAny()
    if (hub === undefined) throw new Error('the stream is asked for while nothing is computed')
    const address = request.ip ?? ''
    const reason = hub.refusal(address)
    const isWhole = request.method === 'HEAD' || reason !== undefined || isForwarded
    const { strategyId, account } = filter
    const others =
      isWhole || shards === undefined || frames === undefined || strategyId === undefined || account !== undefined
        ? []
        : await otherStreams(request, response, { strategyId, frames, shards })
    if (response.destroyed) return
    if ('why' in others) return comeAgain(response, others.why)
    open(response)
    if (shards !== undefined && strategyId === undefined) saySo(response, shards.ownership.shard)
    if (request.method === 'HEAD') response.end()
    else if (reason !== undefined) hub.turnAway(response, reason)
    else {
      hub.connect(response, filter, address, request.get(LAST_EVENT_ID_HEADER))
      for (const stream of others) joinEvents(stream, response)
    }
  }
}

/** The answer where the shard that has the book does not give any: an EventSource comes again after a while. */
export function comeAgain(response: Response, why: string): void {
  open(response)
  response.end(`retry: ${RETRY_LATER_MS}\n: ${why.replace(/[\r\n]+/g, ' ')}\n\n`)
}

/** Where nobody said where the other shards listen, half of a strategy is not passed off as all of it. */
function oneShardOnly({ strategyId, account }: StreamFilter, frames: FrameSet, refusal: Refusal): void {
  if (strategyId === undefined || account !== undefined) return
  const books = liveBooks(frames).filter((book) => book.strategyId === strategyId)
  if (books.every((book) => frames.books.has(bookId(book)))) return
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
