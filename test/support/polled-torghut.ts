import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Fact, FactKind, FactRejection } from '../../src/domain/facts.js'
import type { TorghutSource } from '../../src/ingest/postgres/torghut-source.js'
import { openPostgresStore } from '../../src/simulator/stores.js'
import { installPostgres } from '../../src/simulator/torghut/install.js'
import { type PostgresSchema, type PostgresTable, TORGHUT_TODAY } from '../../src/simulator/torghut/postgres-schema.js'
import { createPostgresWriter } from '../../src/simulator/torghut/postgres-writer.js'
import type { PostgresServer } from './postgres-server.js'
import { openReaderPool, recordSource } from './torghut-reader.js'

/** Friday, half past two in New York: the T of these tests. */
export const T = Date.parse('2026-11-20T19:30:00Z')
export const at = (offsetMs: number) => new Date(T + offsetMs).toISOString()

export type Values = Readonly<Record<string, unknown>>

/** A database of a schema's age on a real server, the source that reads it, and what it has told so far. */
export interface PolledTorghut {
  readonly source: TorghutSource
  readonly admin: pg.Client
  readonly rejections: FactRejection[]
  readonly statements: string[]
  /** The machine's clock, as the source sees it. */
  wallMs: number
  /** So many statements go through, and the next finds its connection lost. */
  statementsLeft: number
  facts<Kind extends FactKind>(kind: Kind): Extract<Fact, { fact: Kind }>[]
  forget(): void
  hydrate(): Promise<void>
  /** Rows with defaults for what is not given; the id of each. */
  decision(values?: Values): Promise<string>
  order(decisionId: string | null, values?: Values): Promise<string>
  event(values: Values): Promise<string>
  review(decisionId: string, values?: Values): Promise<string>
  snapshot(values?: Values): Promise<string>
  /** A row of the broker's account activities; `external_activity_id` is its id unless given. */
  activity(values: Values): Promise<string>
  stop(): Promise<void>
}

export async function pollTorghut(
  server: PostgresServer,
  schema: PostgresSchema = TORGHUT_TODAY,
  name = `polled_${randomUUID().replaceAll('-', '')}`,
): Promise<PolledTorghut> {
  const root = new pg.Client({ connectionString: server.dsn })
  await root.connect()
  await root.query(`CREATE DATABASE ${name}`)
  await root.end()
  const dsn = server.dsn.replace('/postgres?', `/${name}?`)
  const store = openPostgresStore(dsn)
  await installPostgres(store, schema)
  const writer = createPostgresWriter(store, schema)
  const admin = new pg.Client({ connectionString: dsn })
  await admin.connect()
  const pool = openReaderPool(dsn, name)
  const recorded = recordSource(pool)
  const { source, facts, rejections, statements } = recorded
  const strategyId = randomUUID()
  const write = async (table: PostgresTable, values: Values) => {
    const row = { id: randomUUID(), ...values }
    await writer.write(table, [row])
    return row.id
  }
  const made = (offsetMs: number) => ({ created_at: at(offsetMs), updated_at: at(offsetMs) })
  await write('strategies', {
    ...{ id: strategyId, name: 'one', enabled: true, base_timeframe: '1Min', universe_type: 'static' },
    ...{ universe_symbols: ['AAPL'], ...made(-86_400_000) },
  })
  return {
    get wallMs() {
      return recorded.wallMs
    },
    set wallMs(wallMs: number) {
      recorded.wallMs = wallMs
    },
    get statementsLeft() {
      return recorded.statementsLeft
    },
    set statementsLeft(left: number) {
      recorded.statementsLeft = left
    },
    source,
    admin,
    rejections,
    statements,
    facts: <Kind extends FactKind>(kind: Kind) =>
      facts.filter((fact): fact is Extract<Fact, { fact: Kind }> => fact.fact === kind),
    forget() {
      facts.length = 0
      rejections.length = 0
      statements.length = 0
    },
    hydrate: () =>
      source.hydrate(T, {
        historyFrom: T - 20 * 86_400_000,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      }),
    decision: (values: Values = {}) =>
      write('trade_decisions', {
        ...{ strategy_id: strategyId, alpaca_account_label: 'live', symbol: 'AAPL', timeframe: '1Min' },
        ...{ decision_json: { action: 'buy', qty: '10', params: { price: '100' } }, status: 'submitted' },
        ...{ created_at: at(-60_000), ...values },
      }),
    order: (decisionId: string | null, values: Values = {}) => {
      const id = randomUUID()
      return write('executions', {
        ...{
          id,
          trade_decision_id: decisionId,
          alpaca_account_label: 'live',
          alpaca_order_id: id,
          client_order_id: id,
        },
        ...{ symbol: 'AAPL', side: 'buy', order_type: 'limit', time_in_force: 'day', submitted_qty: '10' },
        ...{ filled_qty: '0', status: 'new', raw_order: { submitted_at: at(-50_000) } },
        ...{ execution_expected_adapter: 'alpaca', execution_actual_adapter: 'lean', execution_fallback_count: 0 },
        ...{ ...made(-50_000), ...values },
      })
    },
    event: (values: Values) => {
      const fingerprint = randomUUID()
      return write('execution_order_events', {
        ...{ event_fingerprint: fingerprint, source_topic: 'test', alpaca_account_label: 'live', raw_event: {} },
        ...{ created_at: at(-40_000), ...values },
      })
    },
    review: (decisionId: string, values: Values = {}) =>
      write('llm_decision_reviews', {
        ...{ trade_decision_id: decisionId, model: 'test', prompt_version: '1', response_json: {}, verdict: 'approve' },
        ...{ input_json: { market_context: { freshness_seconds: 30, quality_score: 0.9 } }, confidence: '0.7' },
        ...{ created_at: at(-55_000), ...values },
      }),
    snapshot: (values: Values = {}) =>
      write('position_snapshots', {
        ...{ alpaca_account_label: 'live', as_of: at(-30_000), equity: '1000', cash: '1000', buying_power: '1000' },
        ...{ positions: [], created_at: at(-30_000), ...values },
      }),
    activity: (values: Values) => {
      const id = randomUUID()
      const observedAt = values.created_at ?? at(-20_000)
      return write('broker_account_activities', {
        ...{ id, external_activity_id: id, account_label: 'live', source: 'account_activities_rest' },
        ...{ first_observed_at: observedAt, created_at: observedAt, ...values },
      })
    },
    async stop() {
      await Promise.all([pool.end(), admin.end(), store.close()])
    },
  }
}
