import { type ErrorCode, QuantError } from '../domain/errors.js'
import { type TlsWords, tlsFailure } from './tls-failure.js'

/** What messages call a database and its settings. */
export interface PostgresWords {
  /** Begins every message. */
  readonly name: string
  /** The setting with the DSN, and what names the CA. */
  readonly dsn: string
  readonly ca: string
  /** What a missing table, a missing column and a missing right mean there. */
  readonly missingTable: string
  readonly missingColumn: string
  readonly notAllowed: string
}

/** How errors of one database are told: wraps what node-postgres threw into an error with a code and a remedy; the cause stays for operators. */
export function postgresErrors(words: PostgresWords): (error: unknown) => QuantError {
  const known = knownCodes(words)
  return (error) => asPostgresError(error, words, known)
}

type Known = Readonly<Record<string, { code: ErrorCode; remedy: string; retryable: boolean }>>

const knownCodes = ({ dsn, missingTable, missingColumn, notAllowed }: PostgresWords): Known => ({
  '28P01': {
    code: 'source_authentication_failed',
    remedy: `check user and password in ${dsn}`,
    retryable: true,
  },
  '28000': {
    code: 'source_authentication_failed',
    remedy: `check user and database in ${dsn}`,
    retryable: true,
  },
  '3D000': { code: 'source_unreachable', remedy: `check the database name in ${dsn}`, retryable: true },
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
  '42P01': { code: 'schema_unsupported', remedy: missingTable, retryable: true },
  '42703': {
    code: 'schema_unsupported',
    remedy: missingColumn,
    retryable: true,
  },
  '42501': {
    code: 'source_authentication_failed',
    remedy: notAllowed,
    retryable: true,
  },
  '53300': {
    code: 'source_unreachable',
    remedy:
      'the limit of connections, the role’s or the server’s, is reached: another reader holds them, or the role needs a higher CONNECTION LIMIT (2 a process)',
    retryable: true,
  },
})

function asPostgresError(error: unknown, words: PostgresWords, knownOnes: Known): QuantError {
  if (error instanceof QuantError) return error
  const code = errorCode(error)
  const tls = tlsRemedy(error, code, words)
  if (tls !== undefined)
    return new QuantError('source_tls_failed', `${words.name}: ${tls}`, { cause: error, retryable: true })
  const known = code === undefined ? undefined : knownOnes[code]
  if (known !== undefined)
    return new QuantError(known.code, `${words.name}: ${known.remedy}`, { cause: error, retryable: known.retryable })
  if (code === undefined && isOurLimit(error))
    return new QuantError('source_timeout', `${words.name} did not answer in time`, { cause: error, retryable: true })
  if (code === undefined && error instanceof Error && error.message.startsWith('SASL:'))
    return new QuantError(
      'source_authentication_failed',
      `${words.name}: the server asks for a password: ${words.dsn} needs one that fits`,
      {
        cause: error,
        retryable: true,
      },
    )
  const isNetwork = code !== undefined && /^E[A-Z]+$/.test(code)
  const isSql = code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !isNetwork
  return new QuantError(
    isSql ? 'source_query_failed' : 'source_unreachable',
    isSql ? `${words.name} refused a query (${code})` : `${words.name} cannot be reached`,
    {
      cause: error,
      retryable: true,
    },
  )
}

const tlsWords = ({ dsn, ca }: PostgresWords): TlsWords => ({
  caSetting: ca,
  hostRemedy: `connect by a name that it holds, or write sslmode=verify-ca in ${dsn} to verify its CA alone`,
  protocolRemedy: 'is this a Postgres server that speaks TLS 1.2 or later?',
})

/** What to do about TLS; undefined when it was not what failed. Two failures have no code and are told by their text. */
function tlsRemedy(error: unknown, code: string | undefined, words: PostgresWords): string | undefined {
  const message = error instanceof Error ? error.message : ''
  if (message === 'The server does not support SSL connections')
    return `the server offers no TLS: turn it on there (ssl = on), or write sslmode=disable in ${words.dsn} where nobody can listen on the way`
  if (code === '28000' && message.endsWith('no encryption'))
    return `the server takes no connection of this role without TLS: write sslmode=verify-full in ${words.dsn} and set ${words.ca}`
  return code === undefined ? undefined : tlsFailure(code, tlsWords(words))
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
