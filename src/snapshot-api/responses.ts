import { gzip } from 'node:zlib'
import type { Response } from 'express'
import type { z } from 'zod'
import { type HttpProblem, PROBLEM_KINDS, PROBLEM_TYPE_PREFIX } from './problem.js'
import type { problemSchema } from './schemas.js'

export const REQUEST_ID_HEADER = 'X-Request-Id'

/** Below it, compressing costs more than it saves. */
const COMPRESSED_FROM_BYTES = 1_024

/**
 * Writes a body, compressed where the client takes gzip and it is long enough; HEAD gets the headers that GET would.
 *
 * Not `response.json`, which would hash it into an ETag: ours are made from revisions. Compression runs beside the event
 * loop, where ticks go on meanwhile.
 */
export function sendBody(response: Response, status: number, contentType: string, body: string): void {
  response.statusCode = status
  response.setHeader('Content-Type', contentType)
  const bytes = Buffer.from(body)
  const isPacked = bytes.length >= COMPRESSED_FROM_BYTES && response.req.acceptsEncodings('gzip', 'identity') === 'gzip'
  if (!isPacked) end(response, bytes)
  else {
    gzip(bytes, { level: FASTEST }, (error, compressed) => {
      if (error === null) response.setHeader('Content-Encoding', 'gzip')
      end(response, error === null ? compressed : bytes)
    })
  }
}

/** Numbers as text shrink to a tenth at any level. */
const FASTEST = 1

function end(response: Response, bytes: Buffer): void {
  response.setHeader('Content-Length', bytes.length)
  response.end(bytes)
}

export function sendJson(response: Response, body: object): void {
  sendBody(response, 200, 'application/json; charset=utf-8', JSON.stringify(body))
}

/** Writes a problem; what the request had set for its success (an ETag, caching) does not hold for it. */
export function sendProblem(response: Response, { kind, details }: HttpProblem): void {
  const { status, title } = PROBLEM_KINDS[kind]
  const { detail, errors, reason, shard, headers } = details
  const body: z.infer<typeof problemSchema> = {
    type: `${PROBLEM_TYPE_PREFIX}${kind}`,
    title,
    status,
    detail,
    ...(reason === undefined ? {} : { reason }),
    ...(shard === undefined ? {} : { shard: shard.index, shards: shard.count }),
    ...(errors === undefined ? {} : { errors: errors.map((error) => ({ ...error })) }),
    request_id: String(response.getHeader(REQUEST_ID_HEADER)),
  }
  response.removeHeader('ETag')
  response.setHeader('Cache-Control', 'no-store')
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value)
  sendBody(response, status, 'application/problem+json', JSON.stringify(body))
}
