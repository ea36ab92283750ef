import { type TlsWords, tlsFailure } from '../../connections/tls-failure.js'
import { QuantError } from '../../domain/errors.js'

/** ClickHouse's own error numbers that somebody can do something about. */
const REMEDIES: Readonly<
  Record<
    string,
    {
      code: 'source_authentication_failed' | 'schema_unsupported' | 'source_timeout' | 'source_query_failed'
      remedy: string
    }
  >
> = {
  '516': { code: 'source_authentication_failed', remedy: 'check CH_USER and CH_PASSWORD' },
  '497': { code: 'source_authentication_failed', remedy: 'the user may not read this table: grant SELECT on it' },
  '60': { code: 'schema_unsupported', remedy: 'a table is missing: check CH_DATABASE' },
  '81': { code: 'schema_unsupported', remedy: 'the database is missing: check CH_DATABASE' },
  '47': { code: 'schema_unsupported', remedy: 'a column is missing: the schema is older than this version reads' },
  '159': { code: 'source_timeout', remedy: 'a statement took too long' },
  '241': { code: 'source_query_failed', remedy: 'the server ran out of memory for a statement' },
}

const TLS_WORDS: TlsWords = {
  caSetting: 'CH_CA_CERT',
  hostRemedy: 'set CH_HOST to a name that it holds',
  protocolRemedy: 'is CH_PORT the port of its HTTPS interface (8443), and must CH_SECURE be true?',
}

/** Wraps what the client threw into an error with a code and a remedy; the cause stays for operators. */
export function asClickHouseError(error: unknown): QuantError {
  if (error instanceof QuantError) return error
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const known = REMEDIES[code]
  if (known !== undefined)
    return new QuantError(known.code, `clickhouse: ${known.remedy}`, { cause: error, retryable: true })
  const tls = tlsFailure(code, TLS_WORDS)
  if (tls !== undefined)
    return new QuantError('source_tls_failed', `clickhouse: ${tls}`, { cause: error, retryable: true })
  const isNetworkTimeout = code === 'ETIMEDOUT'
  if (/^\d+$/.test(code))
    return new QuantError('source_query_failed', `clickhouse refused a query (${code})`, {
      cause: error,
      retryable: true,
    })
  if (error instanceof SyntaxError)
    return new QuantError('source_answer_malformed', 'clickhouse answered with something that is not its own', {
      cause: error,
      retryable: true,
    })
  if (isNetworkTimeout || (error instanceof Error && /timeout/i.test(error.message)))
    return new QuantError('source_timeout', 'clickhouse did not answer in time', { cause: error, retryable: true })
  return new QuantError('source_unreachable', 'clickhouse cannot be reached: check CH_HOST, CH_PORT and CH_SECURE', {
    cause: error,
    retryable: true,
  })
}

/** What a server says in the middle of an answer when a statement fails after its first rows. */
export function clickHouseException(text: string): QuantError {
  const code = /\bCode: (\d+)/.exec(text)?.[1] ?? '0'
  return asClickHouseError(Object.assign(new Error(text), { code }))
}
