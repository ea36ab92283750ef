import type { ClickHouseClient } from '@clickhouse/client'
import { QuantError } from '../../domain/errors.js'
import { asClickHouseError, clickHouseException } from './errors.js'

export interface Statement {
  readonly query: string
  readonly query_params: Record<string, unknown>
}

export interface AskLimits {
  /** For the whole of a statement, until the last byte of its answer is there. */
  readonly timeoutMs: number
  /** Ends the statement early. */
  readonly signal?: AbortSignal
}

/**
 * Sends one statement and gives its rows once the answer is there as a whole, or rejects with a QuantError.
 *
 * The client's own limit begins anew with every byte, so an answer that only trickles would never end; this one is for all
 * of it. And an answer is judged before anything of it is taken: a server, or somebody between, can say 200 and send half
 * of it, something else altogether, or, since 23.9, a well-formed answer that holds some rows and then an exception.
 */
export async function ask(
  client: ClickHouseClient,
  { query, query_params }: Statement,
  { timeoutMs, signal }: AskLimits,
): Promise<readonly unknown[]> {
  signal?.throwIfAborted()
  const end = new AbortController()
  const ended = end.signal
  const tooLong = new QuantError('source_timeout', 'clickhouse did not answer in time', { retryable: true })
  const timer = setTimeout(() => end.abort(tooLong), timeoutMs)
  const endEarly = () => end.abort(signal?.reason)
  signal?.addEventListener('abort', endEarly)
  try {
    const answer = await client.query({ query, query_params, format: 'JSON', abort_signal: ended })
    // Once the headers are there the client does not look at its signal any more.
    ended.addEventListener('abort', () => answer.close())
    if (ended.aborted) answer.close()
    return rowsOf(await answer.text())
  } catch (error) {
    throw asClickHouseError(ended.aborted ? ended.reason : error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', endEarly)
  }
}

/** The rows of an answer in the format JSON, none of them looked at yet. */
export function rowsOf(text: string): readonly unknown[] {
  const body: unknown = JSON.parse(text)
  if (typeof body !== 'object' || body === null) throw malformed('no object')
  if ('exception' in body) throw clickHouseException(String(body.exception))
  if (!('data' in body) || !Array.isArray(body.data)) throw malformed('no rows')
  if ('rows' in body && Number(body.rows) !== body.data.length)
    throw malformed(`${body.data.length} rows instead of ${String(body.rows)}`)
  return body.data
}

/** An answer that cannot be what was asked for. */
export function malformed(what: string): QuantError {
  return new QuantError('source_answer_malformed', `clickhouse answered with something that is not its own: ${what}`, {
    retryable: true,
  })
}
