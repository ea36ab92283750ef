import { type ErrorCode, QuantError } from '../domain/errors.js'
import { type TlsWords, tlsFailure } from './tls-failure.js'

/** What messages call a ClickHouse and its settings. */
export interface ClickHouseWords {
  /** Begins every message. */
  readonly name: string
  /** What to look at when it cannot be reached. */
  readonly place: string
  /** ClickHouse's own error numbers that somebody can do something about. */
  readonly remedies: Readonly<Record<string, readonly [ErrorCode, string]>>
  readonly tls: TlsWords
}

/** How errors of one ClickHouse are told: with a code and a remedy; the cause stays for operators. */
export interface ClickHouseErrors {
  /** Of what the client threw. */
  of(error: unknown): QuantError
  /** Of what a server says in the middle of an answer when a statement fails after its first rows. */
  exception(text: string): QuantError
  /** Of an answer that cannot be what was asked for. */
  malformed(what: string): QuantError
}

/** All of them may be gone at the next attempt: a server, a user or a table is mended while we run. */
export function clickHouseErrors(words: ClickHouseWords): ClickHouseErrors {
  const of = (error: unknown) => asClickHouseError(error, words)
  return {
    of,
    exception(text) {
      const code = /\bCode: (\d+)/.exec(text)?.[1] ?? '0'
      return of(Object.assign(new Error(text), { code }))
    },
    malformed: (what) =>
      new QuantError('source_answer_malformed', `${words.name} answered with something that is not its own: ${what}`, {
        retryable: true,
      }),
  }
}

function asClickHouseError(error: unknown, { name, place, remedies, tls }: ClickHouseWords): QuantError {
  if (error instanceof QuantError) return error
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const failed = (kind: ErrorCode, what: string) =>
    new QuantError(kind, `${name}${what}`, { cause: error, retryable: true })
  const known = remedies[code]
  if (known !== undefined) return failed(known[0], `: ${known[1]}`)
  const tlsRemedy = tlsFailure(code, tls)
  if (tlsRemedy !== undefined) return failed('source_tls_failed', `: ${tlsRemedy}`)
  if (/^\d+$/.test(code)) return failed('source_query_failed', ` refused a query (${code})`)
  if (error instanceof SyntaxError)
    return failed('source_answer_malformed', ' answered with something that is not its own')
  if (code === 'ETIMEDOUT' || (error instanceof Error && /timeout/i.test(error.message)))
    return failed('source_timeout', ' did not answer in time')
  return failed('source_unreachable', ` cannot be reached: ${place}`)
}
