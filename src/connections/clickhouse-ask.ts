import { text } from 'node:stream/consumers'
import type { ClickHouseClient } from '@clickhouse/client'
import { QuantError } from '../domain/errors.js'
import { type ClickHouseErrors, type ClickHouseWords, clickHouseErrors } from './clickhouse-errors.js'

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
 * Statements to one ClickHouse; both reject with a QuantError.
 *
 * The client's own limit begins anew with every byte, so an answer that only trickles would never end; ours is for all of
 * it. And an answer is judged before anything of it is taken: a server, or somebody between, can say 200 and send half of
 * it, something else altogether, or, since 23.9, a well-formed answer that holds some rows and then an exception.
 */
export interface ClickHouseAsk {
  readonly errors: ClickHouseErrors
  /** The rows of a statement once the answer is there as a whole, none of them looked at yet. */
  ask(client: ClickHouseClient, statement: Statement, limits: AskLimits): Promise<readonly unknown[]>
  /** Resolves when a statement that answers with nothing is done. */
  run(client: ClickHouseClient, query: string, limits: AskLimits): Promise<void>
}

/** As which errors are told says `words`. */
export function clickHouseAsk(words: ClickHouseWords): ClickHouseAsk {
  const errors = clickHouseErrors(words)
  const tooLong = () => new QuantError('source_timeout', `${words.name} did not answer in time`, { retryable: true })
  return {
    errors,
    ask: (client, { query, query_params }, limits) =>
      within(limits, tooLong, errors, async (abort_signal) => {
        const answer = await client.query({ query, query_params, format: 'JSON', abort_signal })
        closeOn(abort_signal, () => answer.close())
        return rowsOf(await answer.text(), errors)
      }),
    run: (client, query, limits) =>
      within(limits, tooLong, errors, async (abort_signal) => {
        const { stream } = await client.exec({ query, abort_signal })
        closeOn(abort_signal, () => stream.destroy())
        const answer = await text(stream)
        // Statements over a cluster answer with a row for each server.
        if (/\bCode: \d+\. DB::Exception/.test(answer)) throw errors.exception(answer)
      }),
  }
}

/** The rows of an answer in the format JSON. */
export function rowsOf(answer: string, { exception, malformed }: ClickHouseErrors): readonly unknown[] {
  const body: unknown = JSON.parse(answer)
  if (typeof body !== 'object' || body === null) throw malformed('no object')
  if ('exception' in body) throw exception(String(body.exception))
  if (!('data' in body) || !Array.isArray(body.data)) throw malformed('no rows')
  if ('rows' in body && Number(body.rows) !== body.data.length)
    throw malformed(`${body.data.length} rows instead of ${String(body.rows)}`)
  return body.data
}

async function within<Result>(
  { timeoutMs, signal }: AskLimits,
  tooLong: () => QuantError,
  errors: ClickHouseErrors,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted()
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(tooLong()), timeoutMs)
  const endEarly = () => end.abort(signal?.reason)
  signal?.addEventListener('abort', endEarly)
  try {
    return await work(end.signal)
  } catch (error) {
    throw errors.of(end.signal.aborted ? end.signal.reason : error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', endEarly)
  }
}

/** Once the headers are there the client does not look at its signal any more. */
function closeOn(signal: AbortSignal, close: () => void): void {
  signal.addEventListener('abort', close)
  if (signal.aborted) close()
}
