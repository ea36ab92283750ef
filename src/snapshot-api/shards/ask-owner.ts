import type { RequestHandler, Response } from 'express'
import type { ApiOptions } from '../api-options.js'
import { HttpProblem } from '../problem.js'
import { FORWARDED_BY_HEADER, forward, OwnerAway } from './forward.js'
import { misdirected, ownerElsewhere } from './shard-routing.js'

const RETRY_SECONDS = 5

/** Writes an answer in the place of the one that another shard would have given; `why` is for people. */
export type WithoutOwner = (response: Response, why: string) => void

/** What a route says where it is not a problem like any other. */
export interface Instead {
  /** The shard that has the book does not answer. */
  readonly away?: WithoutOwner
  /** It is not asked: nobody said where it is, or another shard has passed the question on to here. */
  readonly misdirected?: WithoutOwner
}

/** Stands before a route about one book: where that is on another shard, that one answers. */
export function askOwner(
  { shards, reader, onForwarded = () => undefined }: Pick<ApiOptions, 'shards' | 'reader' | 'onForwarded'>,
  { away = refuse, misdirected: refuseElsewhere }: Instead = {},
): RequestHandler {
  if (shards === undefined) return (_request, _response, next) => next()
  const { ownership, peers, patienceMs } = shards
  const { index, count } = ownership.shard
  return async (request, response, next) => {
    const owner = reader.state() === 'disabled' ? undefined : ownerElsewhere(request.url, reader.frames(), shards)
    const peer = owner === undefined ? undefined : peers?.[owner]
    if (owner === undefined) next()
    // Two shards that each think that the other has a book were started with different numbers of shards.
    else if (peer === undefined || request.get(FORWARDED_BY_HEADER) !== undefined) {
      const problem = misdirected(owner, shards)
      if (refuseElsewhere === undefined) throw problem
      refuseElsewhere(response, problem.details.detail)
    } else {
      try {
        await forward(request, response, { url: peer, patienceMs, forwardedBy: `${index}/${count}` })
        onForwarded('answered')
      } catch (error) {
        if (!(error instanceof OwnerAway)) throw error
        onForwarded('away')
        if (!response.destroyed)
          away(response, `the book is on shard ${owner} of ${count}, which does not answer: ${error.message}`)
      }
    }
  }
}

function refuse(_response: Response, why: string): void {
  throw new HttpProblem('shard-unavailable', { detail: why, headers: { 'Retry-After': String(RETRY_SECONDS) } })
}
