import type pg from 'pg'
import { asPostgresError } from './errors.js'

/** Runs queries on one connection; every statement of the exporter goes through here and is counted. */
export interface Query {
  <Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Each row as the list of its values: of rows by the hundred thousand the names cost more than what they name. */
  readonly lists: (text: string, values?: readonly unknown[]) => Promise<Values[]>
}

/** The values of a row in the order in which its statement selects them. */
export type Values = readonly unknown[]

/** Runs work in a read-only transaction of its own. */
export type Transaction = <Result>(work: (query: Query) => Promise<Result>) => Promise<Result>

/**
 * Runs `work` in one read-only transaction with one consistent picture of all tables.
 *
 * The session is read-only as well; the transaction says it again because a pooler, or an embedded engine with one
 * session behind all connections, may not keep what a session was told.
 */
export async function inReadOnlyTransaction<Result>(
  pool: pg.Pool,
  onStatement: () => void,
  work: (query: Query) => Promise<Result>,
): Promise<Result> {
  let client: pg.PoolClient | undefined
  try {
    client = await pool.connect()
    const connected = client
    const query: Query = Object.assign(
      async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) => {
        onStatement()
        return (await connected.query<Row>(text, [...values])).rows
      },
      {
        async lists(text: string, values: readonly unknown[] = []) {
          onStatement()
          return (await connected.query<unknown[]>({ text, values: [...values], rowMode: 'array' })).rows
        },
      },
    )
    await query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const result = await work(query)
    await query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // A connection in an unknown state is not worth a rollback: it is thrown away.
    client?.release(true)
    throw asPostgresError(error)
  }
}
