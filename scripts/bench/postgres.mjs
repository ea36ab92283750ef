// A Postgres 15 of the bench's own with a large history in it, made by SQL: 200,000 orders and 100,000 snapshots.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { openPostgresStore } from '../../dist/simulator/stores.js'
import { installPostgres } from '../../dist/simulator/torghut/install.js'
import { TORGHUT_TODAY } from '../../dist/simulator/torghut/postgres-schema.js'
import { accepts, initCluster, POSTGRES, serverArguments } from '../postgres-server.mjs'

export const hasPostgres = existsSync(POSTGRES)

export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'quant-bench-postgres-'))
  const options = { ...initCluster(folder), stdio: 'ignore' }
  const port = await freePort()
  const settings = ['fsync=off', 'max_wal_size=4GB', 'checkpoint_timeout=1h']
  const server = spawn(POSTGRES, serverArguments(folder, port, settings), options)
  const ended = new Promise((resolve) => server.once('exit', resolve))
  const stop = async () => {
    process.off('SIGINT', leave).off('SIGTERM', leave)
    server.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const leave = () => void stop().then(() => process.exit(130))
  process.once('SIGINT', leave).once('SIGTERM', leave)
  const dsn = `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`
  for (let attempt = 0; !(await accepts(dsn)); attempt += 1) {
    if (attempt > 100) throw new Error('postgres did not accept connections within 5 s')
    await sleep(50)
  }
  return { dsn, port, stop }
}

async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Fills the tables: one strategy and one account a book, orders and snapshots spread over 140 days up to `at` unless told otherwise. */
export async function fillHistory(dsn, { at, books, orders, snapshots, positions = 8, days = 140 }) {
  const store = openPostgresStore(dsn)
  await installPostgres(store, TORGHUT_TODAY)
  await store.close()
  const client = new pg.Client({ connectionString: dsn })
  await client.connect()
  const moment = (count) =>
    `to_timestamp($1::double precision / 1000) - (${count} - n) * interval '1 s' * (${days} * 86400 / ${count}::double precision)`
  // A round trip is over in seconds, so that the snapshots, which show what others hold, agree with the fills.
  const isSell = `(n / ${books} / 8 % 2 = 1)`
  const tradedAt = `${moment(orders)} - CASE WHEN ${isSell} THEN ${books * 8} * interval '1 s' * (${days} * 86400 / ${orders}::double precision) - interval '5 s' ELSE interval '0' END`
  const id = (kind, n) => `md5('${kind}' || ${n})::uuid`
  const book = `(n % ${books})`
  const run = (text) => client.query(text, [at])
  await run(`INSERT INTO strategies (id, name, enabled, base_timeframe, universe_type, created_at, updated_at)
    SELECT ${id('strategy', 'n')}, 'strategy ' || n, true, '1Sec', 'static', to_timestamp($1::double precision / 1000) - interval '${days + 60} days', now() FROM generate_series(0, ${books - 1}) n`)
  await run(`INSERT INTO trade_decisions (id, strategy_id, alpaca_account_label, symbol, timeframe, decision_json, rationale, decision_hash, status, created_at, executed_at)
    SELECT ${id('decision', 'n')}, ${id('strategy', book)}, 'account-' || ${book}, 'S' || n % 8, '1Sec',
      json_build_object('strategy_id', ${id('strategy', book)}, 'symbol', 'S' || n % 8, 'action', CASE WHEN ${isSell} THEN 'sell' ELSE 'buy' END, 'qty', '10',
        'order_type', 'limit', 'time_in_force', 'day', 'limit_price', '100.5', 'rationale', 'momentum,breakout',
        'params', json_build_object('price', '100.25', 'price_snapshot', json_build_object('as_of', at, 'price', '100.25', 'spread', '0.01'), 'sizing', json_build_object('method', 'equity_share')),
        'risk_reasons', '[]'::json), 'momentum,breakout', md5('hash' || n), 'filled', at, at
    FROM generate_series(1, ${orders}) n, LATERAL (SELECT ${tradedAt} AS at) made`)
  await run(`INSERT INTO executions (id, trade_decision_id, alpaca_account_label, alpaca_order_id, client_order_id, symbol, side, order_type, time_in_force, submitted_qty,
      filled_qty, avg_fill_price, status, execution_expected_adapter, execution_actual_adapter, raw_order, created_at, updated_at, last_update_at)
    SELECT ${id('execution', 'n')}, ${id('decision', 'n')}, 'account-' || ${book}, md5('order' || n), md5('hash' || n), 'S' || n % 8,
      CASE WHEN ${isSell} THEN 'sell' ELSE 'buy' END, 'limit', 'day', 10, 10, 100 + n % 7 * 0.25, 'filled', 'alpaca', 'alpaca',
      json_build_object('id', md5('order' || n), 'client_order_id', md5('hash' || n), 'created_at', at, 'updated_at', at + interval '1 s', 'submitted_at', at, 'filled_at', at + interval '1 s',
        'expired_at', null, 'canceled_at', null, 'failed_at', null, 'replaced_at', null, 'replaced_by', null, 'replaces', null, 'asset_class', 'us_equity', 'notional', null, 'qty', '10', 'filled_qty', '10',
        'filled_avg_price', (100 + n % 7 * 0.25)::text, 'order_class', '', 'order_type', 'limit', 'type', 'limit', 'side', 'buy', 'time_in_force', 'day', 'limit_price', '100.5', 'stop_price', null,
        'status', 'filled', 'extended_hours', false, '_execution_adapter', 'alpaca', 'commission', '0.35'), at + interval '0.2 s', at + interval '1.5 s', at + interval '1 s'
    FROM generate_series(1, ${orders}) n, LATERAL (SELECT ${tradedAt} AS at) made`)
  await run(`INSERT INTO position_snapshots (id, alpaca_account_label, as_of, equity, cash, buying_power, positions, created_at)
    SELECT ${id('snapshot', 'n')}, 'account-' || ${book}, at, 100000 + n % 100, 90000 + n % 100, 90000, held.list, at + interval '0.3 s'
    FROM generate_series(1, ${snapshots}) n, LATERAL (SELECT ${moment(snapshots)} AS at) made,
    LATERAL (SELECT json_agg(json_build_object('symbol', 'H' || s, 'exchange', 'NASDAQ', 'asset_class', 'us_equity', 'side', 'long', 'qty', '10', 'avg_entry_price', '100.25', 'cost_basis', '1002.5',
      'current_price', (100 + (n + s) % 13 * 0.25)::text, 'lastday_price', '100', 'market_value', '1010', 'unrealized_pl', '7.5', 'unrealized_plpc', '0.0075', 'unrealized_intraday_pl', '1.5', 'change_today', '0.001')) AS list
      FROM generate_series(0, ${positions - 1}) s WHERE n > 0) held`)
  for (const table of ['strategies', 'trade_decisions', 'executions', 'position_snapshots'])
    await client.query(`VACUUM ANALYZE ${table}`)
  await client.end()
}
