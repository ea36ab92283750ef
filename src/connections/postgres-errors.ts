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
  /** How many connections a process takes there. */
  readonly connections: number
}

/** How errors of one database are told: wraps what node-postgres threw into an error with a code and a remedy; the cause stays for operators. */
export function postgresErrors(words: PostgresWords): (error: unknown) => QuantError {
  const known = knownCodes(words)
  return (error) => asPostgresError(error, words, known)
}

type Known = Readonly<Record<string, { code: ErrorCode; remedy: string }>>

const knownCodes = ({ dsn, missingTable, missingColumn, notAllowed, connections }: PostgresWords): Known => ({
  '28P01': {
    code: 'source_authentication_failed',
    remedy: `check user and password in ${dsn}`,
  },
  '28000': {
    code: 'source_authentication_failed',
    remedy: `check user and database in ${dsn}`,
  },
  '3D000': { code: 'source_unreachable', remedy: `check the database name in ${dsn}` },
  '57014': { code: 'source_timeout', remedy: 'a statement took too long' },
  '25P03': { code: 'source_timeout', remedy: 'a transaction was left idle for too long' },
  '57P01': {
    code: 'source_unreachable',
    remedy: 'the server, or somebody on it, ended the connection',
  },
  '57P02': { code: 'source_unreachable', remedy: 'the server crashed' },
  '57P03': { code: 'source_unreachable', remedy: 'the server is starting up or shutting down' },
  ETIMEDOUT: { code: 'source_timeout', remedy: 'the server did not answer in time' },
  '42P01': { code: 'schema_unsupported', remedy: missingTable },
  '42703': {
    code: 'schema_unsupported',
    remedy: missingColumn,
  },
  '42501': {
    code: 'source_authentication_failed',
    remedy: notAllowed,
  },
  '53300': {
    code: 'source_unreachable',
    remedy: `the limit of connections, the role’s or the server’s, is reached: another process holds them, or the role needs a higher CONNECTION LIMIT (${connections} a process)`,
  },
})

/** All of them may be gone at the next attempt: a server, a role or a schema is mended while we run. */
function asPostgresError(error: unknown, words: PostgresWords, knownOnes: Known): QuantError {
  if (error instanceof QuantError) return error
  const failed = (kind: ErrorCode, what: string) =>
    new QuantError(kind, `${words.name}${what}`, { cause: error, retryable: true })
  const code = errorCode(error)
  const tls = tlsRemedy(error, code, words)
  if (tls !== undefined) return failed('source_tls_failed', `: ${tls}`)
  const known = code === undefined ? undefined : knownOnes[code]
  if (known !== undefined) return failed(known.code, `: ${known.remedy}`)
  if (code === undefined && isOurLimit(error)) return failed('source_timeout', ' did not answer in time')
  if (code === undefined && error instanceof Error && error.message.startsWith('SASL:'))
    return failed('source_authentication_failed', `: the server asks for a password: ${words.dsn} needs one that fits`)
  const isNetwork = code !== undefined && /^E[A-Z]+$/.test(code)
  const isSql = code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !isNetwork
  return isSql
    ? failed('source_query_failed', ` refused a query (${code})`)
    : failed('source_unreachable', ' cannot be reached')
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
