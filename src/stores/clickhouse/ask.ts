import type { ClickHouseClient } from '@clickhouse/client'
import { tlsFailure } from '../../connections/tls-failure.js'
import { causeCodeOf, type ErrorCode, QuantError } from '../../domain/errors.js'

export interface Limits {
  /** For the whole of a statement. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Runs a statement that answers with nothing; rejects with a QuantError. */
export async function run(client: ClickHouseClient, query: string, limits: Limits): Promise<void> {
  await within(limits, async (abort_signal) => {
    await client.command({ query, abort_signal })
  })
}

/** The rows of a statement once all of them are there; rejects with a QuantError. */
export function rowsOf<Row>(
  client: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown>,
  limits: Limits,
): Promise<readonly Row[]> {
  return within(limits, async (abort_signal) => {
    const answer = await client.query({ query, query_params, format: 'JSON', abort_signal })
    abort_signal.addEventListener('abort', () => answer.close())
    const body: unknown = JSON.parse(await answer.text())
    if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data))
      throw new QuantError('source_answer_malformed', 'the series store answered with something that is not its own', {
        retryable: true,
      })
    return body.data as readonly Row[]
  })
}

/** Nobody waits longer than this, also for an answer that only trickles: the client's own limit begins anew with every byte. */
async function within<Result>(
  { timeoutMs, signal }: Limits,
  ask: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = AbortSignal.timeout(timeoutMs)
  const end = signal === undefined ? limit : AbortSignal.any([limit, signal])
  try {
    end.throwIfAborted()
    return await Promise.race([ask(end), rejectedBy(end)])
  } catch (error) {
    throw limit.aborted
      ? new QuantError('source_timeout', 'the series store did not answer in time', { cause: error, retryable: true })
      : asStoreError(error)
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
}

/** ClickHouse's own error numbers that somebody can do something about. */
const REMEDIES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  '516': ['source_authentication_failed', 'check user and password in QUANT_SERIES_CLICKHOUSE_URL'],
  '497': ['source_authentication_failed', 'the user lacks a right: see docs/series.md for those it needs'],
  '60': ['schema_unsupported', 'its table is missing'],
  '81': ['schema_unsupported', 'its database is missing'],
  '47': ['schema_unsupported', 'its table lacks a column: it was made by another version'],
  '252': ['source_query_failed', 'it has too many parts: it does not keep up with merging'],
  '241': ['source_query_failed', 'it ran out of memory for a statement'],
  '243': ['source_query_failed', 'its disk is full'],
}

/** Whether it was the table, or its database, that is not there. */
export function isMissingTable(error: unknown): boolean {
  return ['60', '81'].includes(causeCodeOf(error))
}

const TLS_WORDS = {
  caSetting: 'QUANT_SERIES_CLICKHOUSE_CA_CERT',
  hostRemedy: 'name it in QUANT_SERIES_CLICKHOUSE_URL by a name that it holds',
  protocolRemedy: 'is the port in QUANT_SERIES_CLICKHOUSE_URL that of its HTTPS interface (8443)?',
}

function asStoreError(error: unknown): QuantError {
  if (error instanceof QuantError) return error
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const failed = (kind: ErrorCode, what: string) =>
    new QuantError(kind, `the series store: ${what}`, { cause: error, retryable: true })
  const remedy = REMEDIES[code]
  if (remedy !== undefined) return failed(...remedy)
  const tls = tlsFailure(code, TLS_WORDS)
  if (tls !== undefined) return failed('source_tls_failed', tls)
  if (/^\d+$/.test(code)) return failed('source_query_failed', `it refused a statement (${code})`)
  if (error instanceof SyntaxError)
    return failed('source_answer_malformed', 'it answered with something that is not its own')
  return failed('source_unreachable', 'it cannot be reached: check QUANT_SERIES_CLICKHOUSE_URL')
}
