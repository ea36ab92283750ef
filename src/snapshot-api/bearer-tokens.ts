import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { HttpProblem } from './problem.js'

/** Which of the tokens a request came with, by index; `missing` when it came with none. */
type Presented = number | 'missing' | 'wrong'

/**
 * Tells which token a request came with.
 *
 * Hashes of equal length are compared, and all of them: how long it takes tells nothing of what a right one looks like,
 * nor how many there are.
 */
export function tokenReader(tokens: readonly string[]): (request: Request) => Presented {
  const hashes = tokens.map(hashOf)
  return (request) => {
    const { authorization } = request.headers
    if (authorization === undefined) return 'missing'
    const [, presented] = /^Bearer +([^ ]+) *$/i.exec(authorization) ?? []
    if (presented === undefined) return 'wrong'
    const hash = hashOf(presented)
    const found = hashes.reduce((before, known, index) => (timingSafeEqual(known, hash) ? index : before), -1)
    return found < 0 ? 'wrong' : found
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Lets requests in that carry one of the tokens; all of them where there are none. */
export function requireToken(tokens: readonly string[]): RequestHandler {
  const read = tokenReader(tokens)
  return (request, _response, next) => {
    if (tokens.length === 0) return next()
    const presented = read(request)
    if (typeof presented === 'number') return next()
    const challenge = 'Bearer realm="quant-exporter"'
    throw new HttpProblem('unauthorized', {
      detail:
        presented === 'missing'
          ? 'a token is asked for: send it in the header Authorization, as Bearer and the token'
          : 'the header Authorization holds none of the tokens that are accepted',
      headers: { 'WWW-Authenticate': presented === 'missing' ? challenge : `${challenge}, error="invalid_token"` },
    })
  }
}

const TOKEN_PARAMETER = /^(access|api|auth|bearer|id)?[_-]?(token|key)$|^(auth|authorization|bearer)$/i

/** Refuses a token in the address: addresses end up in logs, histories and referrers. Its value is told to nobody. */
export const noTokenInQuery: RequestHandler = (request, _response, next) => {
  const query = request.url.slice(`${request.url}?`.indexOf('?') + 1)
  const found = [...new URLSearchParams(query).keys()].filter((name) => TOKEN_PARAMETER.test(name))
  if (found.length === 0) return next()
  throw new HttpProblem('invalid-parameters', {
    detail: 'a token does not belong in an address, which is written down on its way; it should be replaced',
    errors: [...new Set(found)].map((parameter) => ({
      parameter,
      problem: 'send a token in the header Authorization, as Bearer and the token',
    })),
  })
}
