import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS, toIso } from '../../src/domain/time.js'
import { openPostgresStore } from '../../src/simulator/stores.js'
import { installPostgres } from '../../src/simulator/torghut/install.js'
import { TORGHUT_TODAY } from '../../src/simulator/torghut/postgres-schema.js'
import type { PostgresServer } from './postgres-server.js'

/** What a trick may do besides writing. */
export interface HostileStage {
  /** Now, of the test's clock. */
  readonly now: () => EpochMs
  /** A number in [0, 1), the same for the same seed. */
  readonly random: () => number
  /** The exporter polls, as it does between two writes of somebody else. */
  readonly poll: () => Promise<void>
  /** A poll and a reconciliation: from here on everything must be right. */
  readonly settle: () => Promise<void>
}

type Values = Readonly<Record<string, unknown>>

/** Somebody who writes into Torghut's tables and keeps to no rule that the tables do not enforce. */
export interface HostileWriter {
  readonly database: string
  /** The strategies and accounts that the tricks are played on. */
  readonly strategyIds: readonly [string, string]
  query(text: string, values?: readonly unknown[]): Promise<readonly Values[]>
  /** Writes rows in a transaction that stays open until what this gives is called. */
  holdBack(rows: readonly TableRow[]): Promise<() => Promise<void>>
  stop(): Promise<void>
}

type TableRow = readonly [table: string, row: Values]

/** Makes a database of its own with two strategies, an account of each, and some plain history. */
export async function startHostileWriter(server: PostgresServer, at: EpochMs): Promise<HostileWriter> {
  const database = `hostile_${randomUUID().replaceAll('-', '')}`
  const root = new pg.Client({ connectionString: server.dsn })
  await root.connect()
  await root.query(`CREATE DATABASE ${database}`)
  await root.end()
  const dsn = server.dsn.replace('/postgres?', `/${database}?`)
  const store = openPostgresStore(dsn)
  await installPostgres(store, TORGHUT_TODAY)
  await store.close()
  const pool = new pg.Pool({ connectionString: dsn, max: 2 })
  // A server that is stopped may say so to connections that have been ended and are not closed yet.
  pool.on('error', () => undefined)
  const strategyIds = [randomUUID(), randomUUID()] as const
  for (const [index, id] of strategyIds.entries())
    await insert(pool, 'strategies', {
      ...{ id, name: `strategy ${index}`, enabled: true, base_timeframe: '1Min', universe_type: 'static' },
      ...{
        universe_symbols: ['AAPL', 'MSFT'],
        created_at: toIso(at - 30 * DAY_MS),
        updated_at: toIso(at - 30 * DAY_MS),
      },
    })
  await insert(pool, 'trade_decisions', {
    ...{
      id: randomUUID(),
      strategy_id: strategyIds[1],
      alpaca_account_label: 'account-2',
      symbol: 'AAPL',
      status: 'blocked',
    },
    ...{ timeframe: '1Min', decision_json: { action: 'buy', qty: '1' }, created_at: toIso(at - HOUR_MS) },
  })
  for (const days of [9, 2]) await insert(pool, 'position_snapshots', snapshot(at - days * DAY_MS, 1_000 + days))
  return {
    database,
    strategyIds,
    query: async (text, values = []) => (await pool.query(text, [...values])).rows,
    async holdBack(rows) {
      const client = await pool.connect()
      await client.query('BEGIN')
      for (const [table, row] of rows) await insert(client, table, row)
      return async () => {
        await client.query('COMMIT')
        client.release()
      }
    },
    stop: () => pool.end(),
  }
}

/** All that is known of them: name and what they do. */
export const TRICKS: Readonly<Record<string, (writer: HostileWriter, stage: HostileStage) => Promise<void>>> = {
  'plain rows': plainRows,
  'an order that is rewritten while it fills': mutatedOrder,
  'a row that commits 20 seconds after its timestamps': (writer, stage) => lateOrder(writer, stage, 20 * SECOND_MS),
  'a row that commits 10 minutes after its timestamps': (writer, stage) => lateOrder(writer, stage, 10 * MINUTE_MS),
  'a row that commits 3 days after its timestamps': (writer, stage) => lateOrder(writer, stage, 3 * DAY_MS),
  'two transactions that commit in the reverse order of their ids': reverseCommits,
  'rows that are back-filled': backFill,
  'a decision that is deleted': deletedDecision,
  'a decision that moves to another strategy and account': movedDecision,
  'a status that flips hours later': statusFlip,
  'a cancelled order with fills': cancelledWithFills,
  'order events that are duplicated and deleted': duplicatedEvents,
  'an order event that moves to another order': movedEvent,
  'a fill that is corrected downwards': correctedFill,
  'an order that is deleted': deletedOrder,
  'an order that cannot be read for a while': spoiledOrder,
  'two snapshots of one instant': doubledSnapshot,
  'a snapshot that is late, rewritten and deleted': unstableSnapshot,
  'reviews that are late and deleted': unstableReviews,
}

async function plainRows(writer: HostileWriter, stage: HostileStage): Promise<void> {
  for (const side of ['buy', 'buy', 'sell', 'buy', 'sell'] as const) await filledOrder(writer, stage, { side })
}

async function mutatedOrder(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { orderId } = await filledOrder(writer, stage, { filled: 0 })
  for (const [filled, average, status] of [
    [3, 101.25, 'partially_filled'],
    [7, 101.5, 'partially_filled'],
    [10, 101.75, 'filled'],
  ] as const) {
    await stage.poll()
    await rewriteOrder(writer, orderId, { filled, average, status, at: stage.now() })
  }
}

async function lateOrder(writer: HostileWriter, stage: HostileStage, lateMs: number): Promise<void> {
  await filledOrder(writer, stage, { agoMs: lateMs, symbol: 'MSFT' })
  await filledOrder(writer, stage, { agoMs: lateMs - 500, side: 'sell', symbol: 'MSFT', filled: 4 })
}

async function reverseCommits(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const ids = [randomUUID(), randomUUID()].sort()
  const commits: (() => Promise<void>)[] = []
  for (const [index, orderId] of ids.entries()) {
    const { rows } = filledOrderRows(writer, stage, { orderId, agoMs: 2_000 - 1_000 * index, price: 99 + index })
    commits.unshift(await writer.holdBack(rows))
  }
  for (const commit of commits) {
    await stage.poll()
    await commit()
  }
}

async function backFill(writer: HostileWriter, stage: HostileStage): Promise<void> {
  for (let day = 7; day > 0; day -= 1)
    await filledOrder(writer, stage, { agoMs: day * DAY_MS + 3 * HOUR_MS, side: day % 3 === 0 ? 'sell' : 'buy' })
  await insert(writer, 'position_snapshots', snapshot(stage.now() - 6 * DAY_MS, 900))
}

async function deletedDecision(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { decisionId } = await filledOrder(writer, stage, { agoMs: HOUR_MS })
  await stage.settle()
  await writer.query('DELETE FROM trade_decisions WHERE id = $1', [decisionId])
}

async function movedDecision(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { decisionId } = await filledOrder(writer, stage, { agoMs: HOUR_MS, ownAccount: false })
  await stage.settle()
  await writer.query(`UPDATE trade_decisions SET strategy_id = $2, alpaca_account_label = 'account-1' WHERE id = $1`, [
    decisionId,
    writer.strategyIds[1],
  ])
}

async function statusFlip(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { decisionId } = await filledOrder(writer, stage, { agoMs: 5 * HOUR_MS })
  await stage.settle()
  await writer.query(
    `UPDATE trade_decisions SET status = 'rejected', decision_json = decision_json || '{"risk_reasons": ["max_exposure"]}' WHERE id = $1`,
    [decisionId],
  )
}

async function cancelledWithFills(writer: HostileWriter, stage: HostileStage): Promise<void> {
  await filledOrder(writer, stage, { filled: 6, status: 'canceled' })
}

async function duplicatedEvents(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { orderId, at } = await filledOrder(writer, stage, { agoMs: 20 * MINUTE_MS })
  const fills = [
    [4, 100, 'partial_fill'],
    [10, 102.5, 'fill'],
  ] as const
  for (const copy of [0, 1])
    for (const [filled, average, type] of fills)
      await insert(writer, 'execution_order_events', event({ orderId, at: at - 5_000 + copy, filled, average, type }))
  await rewriteOrder(writer, orderId, { filled: 10, average: 102.5, status: 'filled', at })
  await stage.settle()
  await writer.query(
    'DELETE FROM execution_order_events WHERE id IN (SELECT id FROM execution_order_events WHERE execution_id = $1 ORDER BY event_ts DESC LIMIT 2)',
    [orderId],
  )
  await stage.settle()
  await writer.query('DELETE FROM execution_order_events WHERE execution_id = $1', [orderId])
}

async function movedEvent(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const first = await filledOrder(writer, stage, { agoMs: 30 * MINUTE_MS })
  const second = await filledOrder(writer, stage, { agoMs: 29 * MINUTE_MS })
  const told = event({ orderId: first.orderId, at: first.at - 1_000, filled: 10, average: 100, type: 'fill' })
  await insert(writer, 'execution_order_events', { ...told, execution_id: null, client_order_id: first.orderId })
  await stage.settle()
  // By the broker's id it is another order's, and the client's id counts no more.
  await writer.query('UPDATE executions SET alpaca_order_id = $2 WHERE id = $1', [second.orderId, told.alpaca_order_id])
  await stage.settle()
  await writer.query('UPDATE execution_order_events SET execution_id = $2 WHERE id = $1', [told.id, first.orderId])
  await stage.settle()
  await writer.query(
    `UPDATE execution_order_events SET execution_id = NULL, alpaca_order_id = 'nobody', client_order_id = 'nobody' WHERE id = $1`,
    [told.id],
  )
}

async function correctedFill(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { orderId, at } = await filledOrder(writer, stage, { agoMs: 2 * HOUR_MS })
  await filledOrder(writer, stage, { agoMs: HOUR_MS, side: 'sell', filled: 10 })
  await stage.settle()
  // Upstream leaves updated_at as it is where it rewrites a row by hand.
  await rewriteOrder(writer, orderId, { filled: 8, average: 98.75, status: 'filled', at })
}

async function deletedOrder(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { orderId, at } = await filledOrder(writer, stage, { agoMs: 3 * HOUR_MS })
  await insert(writer, 'execution_order_events', event({ orderId, at, filled: 10, average: 100, type: 'fill' }))
  await stage.settle()
  await writer.query('DELETE FROM executions WHERE id = $1', [orderId])
}

async function spoiledOrder(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { orderId } = await filledOrder(writer, stage, { agoMs: HOUR_MS })
  await stage.settle()
  await writer.query(`UPDATE executions SET side = 'neither' WHERE id = $1`, [orderId])
  await stage.poll()
  await writer.query(`UPDATE executions SET side = 'buy' WHERE id = $1`, [orderId])
  await stage.settle()
  await writer.query(`UPDATE executions SET symbol = '', filled_qty = 0 WHERE id = $1`, [orderId])
}

async function doubledSnapshot(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const at = stage.now() - 2 * SECOND_MS - Math.floor(stage.random() * 1_000)
  const [first, second, third] = [1_010, 1_020, 1_030].map((equity, index) => ({
    ...snapshot(at, equity),
    as_of: toIso(at).replace('Z', `${index}00Z`),
    created_at: toIso(at + 500 - (index === 1 ? 0 : 100)),
  }))
  for (const row of [second, third, first]) {
    await insert(writer, 'position_snapshots', row ?? {})
    await stage.poll()
  }
  await stage.settle()
  for (const row of [second, third]) {
    await writer.query('DELETE FROM position_snapshots WHERE id = $1', [row?.id])
    await stage.settle()
  }
  await writer.query('DELETE FROM position_snapshots WHERE id = $1', [first?.id])
}

async function unstableSnapshot(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const rows = [2, 1].map((hours) => snapshot(stage.now() - hours * HOUR_MS, 1_000 - hours))
  for (const row of rows) await insert(writer, 'position_snapshots', row)
  await stage.settle()
  await writer.query(`UPDATE position_snapshots SET as_of = as_of + interval '3 minutes', equity = 995 WHERE id = $1`, [
    rows[0]?.id,
  ])
  await stage.settle()
  await writer.query(`UPDATE position_snapshots SET positions = '{"no": "list"}' WHERE id = $1`, [rows[1]?.id])
  await stage.settle()
  await writer.query('DELETE FROM position_snapshots WHERE id = $1', [rows[0]?.id])
}

async function unstableReviews(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { decisionId } = await filledOrder(writer, stage, { agoMs: 4 * HOUR_MS })
  const reviews = [30, 20].map((minutes) => ({
    ...{ id: randomUUID(), trade_decision_id: decisionId, model: 'test', prompt_version: '1', response_json: {} },
    ...{ verdict: 'approve', confidence: '0.7', created_at: toIso(stage.now() - 4 * HOUR_MS + minutes) },
    input_json: { market_context: { freshness_seconds: minutes, quality_score: 0.5 } },
  }))
  for (const review of reviews) {
    await stage.settle()
    await insert(writer, 'llm_decision_reviews', review)
  }
  await stage.settle()
  await writer.query('DELETE FROM llm_decision_reviews WHERE id = $1', [reviews[0]?.id])
}

/** Ten thousand orders whose timestamps lie in one second, committed at once. */
export async function tenThousandOrders(writer: HostileWriter, stage: HostileStage): Promise<void> {
  const { decisionId } = await filledOrder(writer, stage, { agoMs: 5_000 })
  await writer.query(
    `INSERT INTO executions (id, trade_decision_id, alpaca_account_label, alpaca_order_id, client_order_id, symbol, side, order_type, time_in_force,
       submitted_qty, filled_qty, avg_fill_price, status, raw_order, created_at, updated_at, last_update_at)
     SELECT id, $1, 'account-0', id::text, id::text, 'BURST', CASE WHEN n % 2 = 0 THEN 'buy' ELSE 'sell' END, 'market', 'day',
       2, 2, 100 + (n % 7) * 0.25, 'filled', json_build_object('submitted_at', at, 'filled_at', at, 'commission', '0.01'), at, at, at
     FROM generate_series(1, 10000) n, LATERAL (SELECT gen_random_uuid() AS id, to_timestamp($2::double precision / 1000) + n * interval '0.1 ms' AS at) made`,
    [decisionId, stage.now() - 2_000],
  )
}

interface OrderParts {
  readonly orderId?: string
  readonly agoMs?: number
  readonly side?: 'buy' | 'sell'
  readonly symbol?: string
  readonly price?: number
  readonly filled?: number
  readonly status?: string
  /** False: the account is known by the decision only. */
  readonly ownAccount?: boolean
}

interface Written {
  readonly decisionId: string
  readonly orderId: string
  readonly at: EpochMs
}

async function filledOrder(writer: HostileWriter, stage: HostileStage, parts: OrderParts = {}): Promise<Written> {
  const { rows, ...written } = filledOrderRows(writer, stage, parts)
  for (const [table, row] of rows) await insert(writer, table, row)
  return written
}

/** A decision of the first strategy and its order of ten, whose times say that it was filled `agoMs` before now. */
function filledOrderRows(
  writer: HostileWriter,
  { now, random }: HostileStage,
  parts: OrderParts,
): Written & { readonly rows: readonly TableRow[] } {
  const { orderId = randomUUID(), agoMs = 1_000, side = 'buy', symbol = 'AAPL', filled = 10 } = parts
  const {
    price = 90 + Math.floor(random() * 80) / 4,
    status = filled === 10 ? 'filled' : 'new',
    ownAccount = true,
  } = parts
  const at = now() - agoMs
  const decisionId = randomUUID()
  const decision = {
    ...{
      id: decisionId,
      strategy_id: writer.strategyIds[0],
      alpaca_account_label: 'account-0',
      symbol,
      timeframe: '1Min',
    },
    ...{ decision_json: { action: side, qty: '10', params: { price: String(price) } }, status: 'submitted' },
    created_at: toIso(at - 200),
  }
  const order = {
    ...{ id: orderId, trade_decision_id: decisionId, alpaca_order_id: orderId, client_order_id: orderId, symbol, side },
    ...{ alpaca_account_label: ownAccount ? 'account-0' : 'paper', order_type: 'limit', time_in_force: 'day' },
    ...{ submitted_qty: 10, filled_qty: filled, avg_fill_price: filled === 0 ? null : price, status },
    ...{ execution_expected_adapter: 'alpaca', execution_actual_adapter: 'alpaca', execution_fallback_count: 0 },
    raw_order: { submitted_at: toIso(at - 100), filled_at: toIso(at), commission: '0.35' },
    ...{ created_at: toIso(at), updated_at: toIso(at), last_update_at: toIso(at) },
  }
  return { decisionId, orderId, at, rows: [['trade_decisions', decision] as const, ['executions', order] as const] }
}

async function rewriteOrder(
  writer: HostileWriter,
  orderId: string,
  { filled, average, status, at }: { filled: number; average: number; status: string; at: EpochMs },
): Promise<void> {
  await writer.query(
    `UPDATE executions SET filled_qty = $2, avg_fill_price = $3, status = $4, updated_at = $5, last_update_at = $5,
       raw_order = raw_order || jsonb_build_object('filled_at', $5::timestamptz) WHERE id = $1`,
    [orderId, filled, average, status, toIso(at)],
  )
}

function event(parts: { orderId: string; at: EpochMs; filled: number; average: number; type: string }): Values {
  const id = randomUUID()
  return {
    ...{ id, event_fingerprint: id, source_topic: 'test', alpaca_account_label: 'account-0', raw_event: {} },
    ...{ event_ts: toIso(parts.at), event_type: parts.type, alpaca_order_id: id, client_order_id: id },
    ...{ filled_qty: parts.filled, avg_fill_price: parts.average, fill_quantity_basis: 'cumulative' },
    ...{ execution_id: parts.orderId, created_at: toIso(parts.at) },
  }
}

/** Of an account that holds nothing, so that only its equity is told. */
function snapshot(at: EpochMs, equity: number): Values & { readonly id: string } {
  const money = { equity, cash: equity, buying_power: equity }
  return {
    id: randomUUID(),
    alpaca_account_label: 'account-2',
    as_of: toIso(at),
    ...money,
    positions: [],
    created_at: toIso(at),
  }
}

async function insert(
  target: { query(text: string, values: unknown[]): Promise<unknown> },
  table: string,
  row: Values,
): Promise<void> {
  const columns = Object.keys(row).join(', ')
  await target.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_record(NULL::${table}, $1::jsonb)`,
    [JSON.stringify(row)],
  )
}
