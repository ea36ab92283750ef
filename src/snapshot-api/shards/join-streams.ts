import type { IncomingMessage } from 'node:http'
import type { Request, Response } from 'express'
import type { FrameSet } from '../../domain/frame.js'
import { askPeer, OwnerAway } from './forward.js'
import { ownersElsewhere, type ShardRouting } from './shard-routing.js'

const END_OF_EVENT = '\n\n'

/** The streams of other shards that belong into an answer, or why there is none now. */
export type OtherStreams = readonly IncomingMessage[] | { readonly why: string }

/**
 * Opens the streams of a strategy's books on other shards; none where there are none, or nobody said where they listen.
 *
 * Their events keep their ids, each of its own process: who comes back with one resumes there, and gets snapshots from
 * the others.
 */
export async function otherStreams(
  request: Request,
  response: Response,
  { strategyId, frames, shards }: OtherStreamsOptions,
): Promise<OtherStreams> {
  const { peers, patienceMs, ownership } = shards
  if (peers === undefined) return []
  const { index, count } = ownership.shard
  const streams: IncomingMessage[] = []
  for (const owner of ownersElsewhere(strategyId, frames, shards)) {
    try {
      const peer = { url: peers[owner] ?? '', patienceMs, forwardedBy: `${index}/${count}` }
      const stream = await askPeer(request, response, peer)
      if (stream.statusCode !== 200) return { why: `shard ${owner} of ${count} answers ${stream.statusCode}` }
      streams.push(stream)
    } catch (error) {
      if (!(error instanceof OwnerAway)) throw error
      return { why: `shard ${owner} of ${count}, which has some of the books, does not answer: ${error.message}` }
    }
  }
  return streams
}

interface OtherStreamsOptions {
  readonly strategyId: string
  readonly frames: FrameSet
  readonly shards: ShardRouting
}

/** Adds the events of another shard's stream to an answer, each whole; where that stream ends the answer does. */
export function joinEvents(stream: IncomingMessage, response: Response): void {
  let rest = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    const told = Buffer.concat([rest, chunk])
    const end = told.lastIndexOf(END_OF_EVENT)
    if (end < 0) rest = told
    else {
      rest = told.subarray(end + END_OF_EVENT.length)
      // Who does not read holds up the other shard, which knows what to do about it.
      if (response.write(told.subarray(0, end + END_OF_EVENT.length))) return
      stream.pause()
      response.once('drain', () => stream.resume())
    }
  })
  stream.once('close', () => response.end())
}
