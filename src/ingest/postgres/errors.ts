import { type ErrorCode, QuantError } from '../../domain/errors.js'
import { type TlsWords, tlsFailure } from '../tls/failure.js'

const BY_CODE: Readonly<Record<string, { code: ErrorCode; remedy: string; retryable: boolean }>> = {
  '28P01': {
    code: 'source_authentication_failed',
    remedy: 'check user and password in TORGHUT_DB_DSN',
    retryable: true,
  },
  '28000': {
    code: 'source_authentication_failed',
    remedy: 'check user and database in TORGHUT_DB_DSN',
    retryable: true,
  },
  '3D000': { code: 'source_unreachable', remedy: 'check the database name in TORGHUT_DB_DSN', retryable: true },
  '57014': { code: 'source_timeout', remedy: 'a statement took too long', retryable: true },
  '25P03': { code: 'source_timeout', remedy: 'a transaction was left idle for too long', retryable: true },
  '57P01': {
    code: 'source_unreachable',
    remedy: 'the server, or somebody on it, ended the connection',
    retryable: true,
  },
  '57P02': { code: 'source_unreachable', remedy: 'the server crashed', retryable: true },
  '57P03': { code: 'source_unreachable', remedy: 'the server is starting up or shutting down', retryable: true },
  ETIMEDOUT: { code: 'source_timeout', remedy: 'the server did not answer in time', retryable: true },
  '42P01': { code: 'schema_unsupported', remedy: 'a table is missing: is this a Torghut database?', retryable: true },
  '42703': {
    code: 'schema_unsupported',
    remedy: 'a column is missing: the schema is older than this version reads',
    retryable: true,
  },
  '42501': {
    code: 'source_authentication_failed',
    remedy: 'the role may not read this table: grant SELECT on it',
    retryable: true,
  },
  '53300': {
    code: 'source_unreachable',
    remedy:
      'the limit of connections, the role’s or the server’s, is reached: another reader holds them, or the role needs a higher CONNECTION LIMIT (2 a process)',
    retryable: true,
  },
}

/** Wraps what node-postgres threw into an error with a code and a remedy; the cause stays for operators. */
export function asPostgresError(error: unknown): QuantError {
  if (error instanceof QuantError) return error
  const code = errorCode(error)
  const tls = tlsRemedy(error, code)
  if (tls !== undefined)
    return new QuantError('source_tls_failed', `postgres: ${tls}`, { cause: error, retryable: true })
  const known = code === undefined ? undefined : BY_CODE[code]
  if (known !== undefined)
    return new QuantError(known.code, `postgres: ${known.remedy}`, { cause: error, retryable: known.retryable })
  if (code === undefined && isOurLimit(error))
    return new QuantError('source_timeout', 'postgres did not answer in time', { cause: error, retryable: true })
  if (code === undefined && error instanceof Error && error.message.startsWith('SASL:'))
    return new QuantError(
      'source_authentication_failed',
      'postgres: the server asks for a password: TORGHUT_DB_DSN needs one that fits',
      {
        cause: error,
        retryable: true,
      },
    )
  const isNetwork = code !== undefined && /^E[A-Z]+$/.test(code)
  const isSql = code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !isNetwork
  return new QuantError(
    isSql ? 'source_query_failed' : 'source_unreachable',
    isSql ? `postgres refused a query (${code})` : 'postgres cannot be reached',
    {
      cause: error,
      retryable: true,
    },
  )
}

export const CA_SETTING = 'TORGHUT_DB_CA_CERT (or sslrootcert in TORGHUT_DB_DSN)'

const TLS_WORDS: TlsWords = {
  caSetting: CA_SETTING,
  hostRemedy: 'connect by a name that it holds, or write sslmode=verify-ca in TORGHUT_DB_DSN to verify its CA alone',
  protocolRemedy: 'is this a Postgres server that speaks TLS 1.2 or later?',
}

/** What to do about TLS; undefined when it was not what failed. Two failures have no code and are told by their text. */
function tlsRemedy(error: unknown, code: string | undefined): string | undefined {
  const message = error instanceof Error ? error.message : ''
  if (message === 'The server does not support SSL connections')
    return 'the server offers no TLS: turn it on there (ssl = on), or write sslmode=disable in TORGHUT_DB_DSN where nobody can listen on the way'
  if (code === '28000' && message.endsWith('no encryption'))
    return 'the server takes no connection of this role without TLS: write sslmode=verify-full in TORGHUT_DB_DSN and set TORGHUT_DB_CA_CERT'
  return code === undefined ? undefined : tlsFailure(code, TLS_WORDS)
}

/** node-postgres gives no code where its own limits end a query, an attempt to connect, or the wait for a connection. */
function isOurLimit(error: unknown): boolean {
  return error instanceof Error && /\btimeout\b/i.test(error.message)
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if (error instanceof AggregateError) return error.errors.map(errorCode).find((code) => code !== undefined)
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
