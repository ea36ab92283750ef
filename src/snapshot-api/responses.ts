import type { Response } from 'express'
import type { z } from 'zod'
import { type HttpProblem, PROBLEM_KINDS, PROBLEM_TYPE_PREFIX } from './problem.js'
import type { problemSchema } from './schemas.js'

export const REQUEST_ID_HEADER = 'X-Request-Id'

/** Writes a body. Not `response.json`, which would hash it into an ETag: ours are made from revisions. */
export function sendBody(response: Response, status: number, contentType: string, body: string): void {
  response.statusCode = status
  response.setHeader('Content-Type', contentType)
  response.setHeader('Content-Length', Buffer.byteLength(body))
  response.end(body)
}

export function sendJson(response: Response, body: object): void {
  sendBody(response, 200, 'application/json; charset=utf-8', JSON.stringify(body))
}

/** Writes a problem; what the request had set for its success (an ETag, caching) does not hold for it. */
export function sendProblem(response: Response, { kind, details }: HttpProblem): void {
  const { status, title } = PROBLEM_KINDS[kind]
  const { detail, errors, reason, headers } = details
  const body: z.infer<typeof problemSchema> = {
    type: `${PROBLEM_TYPE_PREFIX}${kind}`,
    title,
    status,
    detail,
    ...(reason === undefined ? {} : { reason }),
    ...(errors === undefined ? {} : { errors: errors.map((error) => ({ ...error })) }),
    request_id: String(response.getHeader(REQUEST_ID_HEADER)),
  }
  response.removeHeader('ETag')
  response.setHeader('Cache-Control', 'no-store')
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value)
  sendBody(response, status, 'application/problem+json', JSON.stringify(body))
}
