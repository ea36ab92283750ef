import type { RequestHandler } from 'express'
import { isMachinePath } from './access-log.js'
import { tokenReader } from './bearer-tokens.js'
import { HttpProblem, shorten } from './problem.js'

export interface RequestLimits {
  /** Of each token, or of each address where none came along that opens the API. */
  readonly requestsPerSecond: number
  readonly tokens: readonly string[]
  /** Told of every request that is refused. */
  readonly onRefused?: () => void
  /** Milliseconds on a clock that never goes back. */
  readonly monotonicMs?: () => number
}

/** Two seconds' worth may come at once: a page that opens asks for everything it shows. */
const BURST_SECONDS = 2
/** Of more clients than this the one that has been quiet longest is forgotten, and may begin anew. */
const CLIENTS_AT_MOST = 10_000

interface Bucket {
  readonly left: number
  readonly atMs: number
}

/**
 * Refuses a client that asks too often, until its bucket, which fills evenly, has a whole request again. Requests with a
 * wrong token count for their address, so that tokens cannot be tried out. Probes and /metrics are not counted.
 */
export function limitRequests(limits: RequestLimits): RequestHandler {
  const { requestsPerSecond: rate, tokens, monotonicMs = () => performance.now() } = limits
  const read = tokenReader(tokens)
  const capacity = rate * BURST_SECONDS
  /** Those heard of last come last. */
  const buckets = new Map<string, Bucket>()
  return (request, _response, next) => {
    if (isMachinePath(request.path)) return next()
    const presented = read(request)
    const client = typeof presented === 'number' ? `token ${presented}` : `address ${shorten(request.ip ?? '')}`
    const now = monotonicMs()
    const { left, atMs } = buckets.get(client) ?? { left: capacity, atMs: now }
    const filled = Math.min(capacity, left + ((now - atMs) / 1000) * rate)
    buckets.delete(client)
    buckets.set(client, { left: filled < 1 ? filled : filled - 1, atMs: now })
    for (const [quietest] of buckets) {
      if (buckets.size <= CLIENTS_AT_MOST) break
      buckets.delete(quietest)
    }
    if (filled >= 1) return next()
    limits.onRefused?.()
    const whose = typeof presented === 'number' ? 'a token' : 'an address'
    throw new HttpProblem('too-many-requests', {
      detail: `at most ${rate} requests a second are answered for ${whose}, and ${capacity} at once`,
      headers: { 'Retry-After': String(Math.ceil((1 - filled) / rate)) },
    })
  }
}

/** Longer than any address that asks for something there is. */
const LONGEST_TARGET = 8_192

/** Refuses addresses that are too long to mean anything. */
export const shortTarget: RequestHandler = (request, _response, next) => {
  if (request.url.length <= LONGEST_TARGET) return next()
  throw new HttpProblem('uri-too-long', {
    detail: `the address has ${request.url.length} characters, and at most ${LONGEST_TARGET} are read`,
  })
}
