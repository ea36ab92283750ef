import { type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { Request, Response } from 'express'
import { REQUEST_ID_HEADER } from '../responses.js'

/** Says that a shard asks on behalf of its caller: such a request is never passed on again. */
export const FORWARDED_BY_HEADER = 'X-Quant-Forwarded-By'

/** An answer that pauses for longer than any heartbeat has ended unnoticed. */
const PAUSE_MS = 60_000

/** What of a question its answer depends on. */
const PASSED_ON = ['authorization', 'accept', 'accept-encoding', 'if-none-match', 'last-event-id', 'user-agent']
/** Of one connection, not of the answer. Source: RFC 9110, section 7.6.1. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade']

export interface Peer {
  /** Base URL of its API. */
  readonly url: string
  /** One that says nothing for so long is away. */
  readonly patienceMs: number
  /** The shard that asks, for the other's log. */
  readonly forwardedBy: string
}

/** The owner gave no answer: nothing of one has reached the caller. */
export class OwnerAway extends Error {
  override readonly name = 'OwnerAway'
}

/**
 * Asks another shard what was asked here. Resolves when its answer has begun, rejects with OwnerAway when none does in
 * time. When the caller hangs up, that shard is hung up on; where it breaks off, so is the caller.
 */
export function askPeer(
  request: Request,
  response: Response,
  { url, patienceMs, forwardedBy }: Peer,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? overHttps : overHttp
    const headers = { ...questionHeaders(request, response), [FORWARDED_BY_HEADER]: forwardedBy }
    // A connection of its own: one that is kept may have died with the owner that it led to.
    const question = send(`${url}${request.originalUrl}`, { method: request.method, headers, agent: false })
    const patience = setTimeout(() => question.destroy(new Error(`no answer within ${patienceMs} ms`)), patienceMs)
    response.once('close', () => question.destroy())
    question.on('error', (error) => {
      clearTimeout(patience)
      reject(new OwnerAway(error.message, { cause: error }))
    })
    question.once('response', (answer) => {
      clearTimeout(patience)
      question.setTimeout(PAUSE_MS, () => question.destroy(new Error('the answer pauses')))
      // Half an answer: only breaking the connection tells the caller that it is not whole.
      answer.on('error', () => response.destroy())
      resolve(answer)
    })
    question.end()
  })
}

/** Passes a request on to the shard that has its book, and the answer back as it comes: neither is held. */
export async function forward(request: Request, response: Response, peer: Peer): Promise<void> {
  const answer = await askPeer(request, response, peer)
  response.status(answer.statusCode ?? 502)
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined && !HOP_BY_HOP.includes(name)) response.setHeader(name, value)
  response.flushHeaders()
  answer.pipe(response)
}

function questionHeaders(request: Request, response: Response): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {
    [REQUEST_ID_HEADER]: String(response.getHeader(REQUEST_ID_HEADER)),
    'X-Forwarded-For': [...(request.get('X-Forwarded-For')?.split(',') ?? []), request.socket.remoteAddress ?? '']
      .map((address) => address.trim())
      .join(', '),
  }
  for (const name of PASSED_ON) {
    const value = request.headers[name]
    if (value !== undefined) headers[name] = value
  }
  return headers
}
