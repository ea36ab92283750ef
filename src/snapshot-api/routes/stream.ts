import type { RequestHandler, Response } from 'express'
import type { FrameSet } from '../../domain/frame.js'
import type { ApiOptions } from '../api-options.js'
import { unknownAccount, unknownStrategy } from '../find-book.js'
import type { Refusal } from '../refusal.js'
import type { StreamFilter } from '../stream/stream-filter.js'
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

/** A name that nobody knows would be silence for ever. A strategy without a live book may get one, and is waited for. */
function checkNames(
  { strategyId, account }: StreamFilter,
  known: {
    readonly frames: FrameSet
    readonly strategies: ReturnType<ApiOptions['reader']['strategies']>
    readonly nearNames: ApiOptions['nearNames']
  },
  refusal: Refusal,
): void {
  const books = [...known.frames.books.values()].map(({ book }) => book)
  if (strategyId === undefined) {
    const accounts = new Set([
      ...books.map((book) => book.account),
      ...known.strategies.flatMap((strategy) => strategy.accounts),
    ])
    if (account === undefined || accounts.has(account)) return
    const near = known.nearNames(account, [...accounts])
    refusal.unknown({ parameter: 'account', problem: 'no strategy trades in it', near })
    return
  }
  const summary = known.strategies.find((strategy) => strategy.strategyId === strategyId)
  const live = books.filter((book) => book.strategyId === strategyId)
  if (summary === undefined && live.length === 0) refusal.unknown(unknownStrategy(strategyId, known))
  else if (
    account !== undefined &&
    !summary?.accounts.includes(account) &&
    !live.some((book) => book.account === account)
  )
    refusal.unknown(
      unknownAccount(
        account,
        live.map((book) => book.account),
        summary,
        known.nearNames,
      ),
    )
}
