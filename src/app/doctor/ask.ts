import type { z } from 'zod'
import { tlsFailure } from '../../connections/tls-failure.js'
import { jsonOrUndefined } from '../../lib/json-or-undefined.js'
import { describeError } from '../../lib/logger.js'
import { HopFailure } from './hop.js'

/** An answer that takes longer is none. */
const LIMIT_MS = 10_000

/** A server that is asked over HTTP. */
export interface Server {
  /** As messages call it. */
  readonly name: string
  /** Its address; paths are asked below it. */
  readonly url: URL
  /** Sent as a bearer token; undefined: none. */
  readonly token: string | undefined
  /** The option that gives its address. */
  readonly option: string
  /** How a token is given. */
  readonly tokenRemedy: string
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/**
 * What a server answers to a path, with one of the statuses that mean something there.
 *
 * Rejects with a HopFailure that says why there is no such answer and what to do.
 */
export async function ask(
  server: Server,
  path: string,
  signal: AbortSignal,
  statuses: readonly number[] = [200],
): Promise<Answer> {
  const answer = await fetchText(server, path, signal)
  if (statuses.includes(answer.status)) return answer
  throw refusal(server, path, answer)
}

/** The same for JSON of a known shape. */
export async function askJson<Body>(
  server: Server,
  path: string,
  shape: z.ZodType<Body>,
  signal: AbortSignal,
  statuses?: readonly number[],
): Promise<Body> {
  return parseAs(server, path, await ask(server, path, signal, statuses), shape)
}

/** The body of an answer, or a HopFailure where it is not of that shape. */
export function parseAs<Body>(server: Server, path: string, { text }: Answer, shape: z.ZodType<Body>): Body {
  const parsed = shape.safeParse(jsonOrUndefined(text))
  if (parsed.success) return parsed.data
  throw new HopFailure(
    `${server.url.origin} answers ${pathOf(path)} with something that is not of ${server.name}`,
    `correct ${server.option}: something else listens there`,
  )
}

async function fetchText(server: Server, path: string, signal: AbortSignal): Promise<Answer & { location: string }> {
  const { url, token } = server
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)])
  try {
    const response = await fetch(`${url.origin}${url.pathname.replace(/\/$/, '')}${path}`, {
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      // Who is sent elsewhere, to log in for example, is not answered; and a token goes nowhere else.
      redirect: 'manual',
      signal: limited,
    })
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      location: response.headers.get('location') ?? '',
      text: await response.text(),
    }
  } catch (error) {
    throw silence(server, error, signal)
  }
}

/** Why nobody answered. */
function silence({ name, url, option }: Server, error: unknown, signal: AbortSignal): HopFailure {
  const failed = (what: string, remedy: string) => new HopFailure(what, remedy, { cause: error })
  if (signal.aborted) return failed(`${name} was not waited for: the command was interrupted`, 'run it again')
  if (property(error, 'name') === 'TimeoutError')
    return failed(
      `${name} at ${url.origin} did not answer within ${LIMIT_MS / 1000} s`,
      'see whether it is overloaded, and whether a firewall or a network policy lies between',
    )
  const code = codeOf(error)
  if (code === 'ECONNREFUSED') return failed(`nothing listens at ${url.origin}`, `start ${name}, or correct ${option}`)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return failed(
      `no host is known by the name ${url.hostname}`,
      `correct ${option}, or ask from where that name is known`,
    )
  const tls = tlsFailure(code, {
    caSetting: 'NODE_EXTRA_CA_CERTS',
    hostRemedy: `give ${option} a name that it holds`,
    protocolRemedy: 'it may speak plain HTTP',
  })
  if (tls !== undefined) return failed(`${name} at ${url.origin}: ${tls}`, `mend that, or correct ${option}`)
  return failed(
    `${name} cannot be reached at ${url.origin}: ${describeError(error)}`,
    `start ${name}, or correct ${option}`,
  )
}

/** fetch tells it one level down, or two where a name has several addresses. */
function codeOf(error: unknown): string {
  const cause = property(error, 'cause')
  const errors = property(cause, 'errors')
  const codes = [cause, ...(Array.isArray(errors) ? errors : [])].map((each) => property(each, 'code'))
  return String(codes.find((code) => code !== undefined) ?? '')
}

function property(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined
}

function refusal(
  { name, url, token, option, tokenRemedy }: Server,
  path: string,
  { status, location }: Answer & { location: string },
): HopFailure {
  const where = `${name} at ${url.origin}`
  if (status === 401 || status === 403)
    return new HopFailure(
      `${where} ${token === undefined ? 'asks for a token' : 'does not accept the token'} (${status} at ${pathOf(path)})`,
      tokenRemedy,
    )
  if (status >= 300 && status < 400)
    return new HopFailure(
      `${where} answers by sending elsewhere${location === '' ? '' : ` (${withoutQuery(location)})`}`,
      `give ${option} the address behind what sends there, or a token`,
    )
  if (status === 404)
    return new HopFailure(
      `${where} serves nothing at ${pathOf(path)}`,
      `correct ${option}: something else listens there, or it lies below a path`,
    )
  return new HopFailure(`${where} answers ${pathOf(path)} with status ${status}`, 'its log tells why')
}

function pathOf(path: string): string {
  return path.split('?')[0] ?? path
}

function withoutQuery(location: string): string {
  return location.split(/[?#]/)[0]?.replace(/\/\/.*@/, '//***@') ?? ''
}
