import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import pg from 'pg'
import type { EmbeddedEngines } from '../../src/embedded/embedded.js'
import { openPostgresStore } from '../../src/simulator/stores.js'
import { installPostgres } from '../../src/simulator/torghut/install.js'
import { TORGHUT_TODAY } from '../../src/simulator/torghut/postgres-schema.js'
import { startTestEngines } from '../support/embedded.js'
import { openReaderPool, recordSource } from '../support/torghut-reader.js'
import { until } from '../support/until.js'

let engines: EmbeddedEngines
const pools: pg.Pool[] = []

beforeAll(async () => {
  engines = await startTestEngines()
})
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.end()
})
afterAll(() => engines.stop())

function openPool(connectionString = engines.postgres.dsn): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 2 })
  pools.push(pool)
  return pool
}

test('creates, inserts and selects as a server does', async () => {
  const pool = openPool()
  await pool.query('CREATE TABLE trade (id uuid PRIMARY KEY, price numeric(20,8), at timestamptz, raw jsonb)')
  const id = '3f333df6-90a4-4fda-8dd3-9485d27cee36'
  await pool.query('INSERT INTO trade VALUES ($1, $2, $3, $4)', [id, '12.5', new Date(1_700_000_000_123), { a: [1] }])
  const { rows } = await pool.query('SELECT *, xmin::text::bigint > 0 AS has_revision FROM trade WHERE at > $1', [
    new Date(0),
  ])
  expect(rows).toEqual([
    { id, price: '12.50000000', at: new Date(1_700_000_000_123), raw: { a: [1] }, has_revision: true },
  ])
})

test('is read through cursors on two connections at once, and reconciled while another client writes', async () => {
  const store = openPostgresStore(engines.postgres.dsn)
  await installPostgres(store, TORGHUT_TODAY)
  await store.query(
    `INSERT INTO executions (id, alpaca_account_label, alpaca_order_id, symbol, side, order_type, time_in_force, submitted_qty, status, created_at, updated_at)
     SELECT md5('order' || n)::uuid, 'live', n::text, 'AAPL', 'buy', 'limit', 'day', 10, 'new', '2026-11-20T19:00Z', '2026-11-20T19:00Z' FROM generate_series(1, 12000) n`,
  )
  await store.query(
    `INSERT INTO position_snapshots (id, alpaca_account_label, as_of, equity, cash, buying_power, positions, created_at)
     SELECT md5('snapshot' || n)::uuid, 'live', timestamptz '2026-11-20T19:00Z' - n * interval '15 s', 1000, 1000, 1000, '[]', now() FROM generate_series(1, 3000) n`,
  )
  const pool = openReaderPool(engines.postgres.dsn)
  pools.push(pool)
  const { source, facts } = recordSource(pool)
  const at = Date.parse('2026-11-20T19:30:00Z')
  const history = { historyFrom: at - 20 * 86_400_000, signal: new AbortController().signal }
  await source.hydrate(at, { ...history, onProgress: () => undefined })
  const count = (kind: string) => facts.filter(({ fact }) => fact === kind).length
  expect([count('execution'), count('position_snapshot')]).toEqual([12_000, 3_000])

  await store.query(`DELETE FROM executions WHERE alpaca_order_id::int <= 700`)
  const found = new Map<string, number>()
  await Promise.all([
    source.reconcile(at, {
      ...history,
      onReconciled: (table, kind, rows) =>
        void found.set(`${table} ${kind}`, (found.get(`${table} ${kind}`) ?? 0) + rows),
    }),
    store.query(
      `UPDATE executions SET status = 'accepted', updated_at = '2026-11-20T19:29Z' WHERE alpaca_order_id = '900'`,
    ),
    source.poll(at, true),
  ])
  await store.close()
  await source.poll(at + 1_000, true)
  expect(found.get('executions vanished')).toBe(700)
  expect(count('retraction')).toBe(700)
  expect(facts.findLast((fact) => fact.fact === 'execution')).toMatchObject({ status: 'accepted' })
})

test('lets any user into any database', async () => {
  const { host, port } = engines.postgres
  const pool = openPool(`postgresql://someone:secret@${host}:${port}/torghut?sslmode=disable`)
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

test('answers an error with its SQLSTATE and goes on', async () => {
  const pool = openPool()
  await expect(pool.query('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '42P01' })
  await expect(pool.query('SELECT $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' })
  expect((await pool.query('SELECT $1::int AS i', [7])).rows).toEqual([{ i: 7 }])
})

test('gives each of 20 connections the answers to its own queries', async () => {
  const clients = Array.from({ length: 20 }, () => new pg.Client({ connectionString: engines.postgres.dsn }))
  await Promise.all(clients.map((client) => client.connect()))
  const answers = await Promise.all(
    clients.map(async (client, index) => (await client.query('SELECT $1::int AS i', [index])).rows[0]?.i),
  )
  await Promise.all(clients.map((client) => client.end()))
  expect(answers).toEqual(clients.map((_, index) => index))
})

test('keeps the messages of one query together when they come in pieces', async () => {
  const socket = await connectByHand()
  socket.write(protocolMessage('P', '\0SELECT 41 AS mine\0\0\0'))
  await once(socket, 'data')
  const other = openPool().query('SELECT $1::int AS other', [7])
  await new Promise((resolve) => setTimeout(resolve, 100))
  const bind = protocolMessage('B', '\0\0\0\0\0\0\0\0')
  socket.write(Buffer.concat([bind, protocolMessage('E', '\0\0\0\0\0'), protocolMessage('S', '')]))
  // The answer may come in pieces too.
  let answer = ''
  while (!answer.includes('Z')) answer += String((await once(socket, 'data'))[0])
  expect(answer).toContain('41')
  expect((await other).rows).toEqual([{ other: 7 }])
  socket.destroy()
})

test('gives every connection its own answers when one sends large queries', async () => {
  const [large, small] = [openPool(), openPool()]
  const text = 'x'.repeat(500_000)
  const askLarge = async () => {
    for (let index = 0; index < 40; index += 1) {
      expect((await large.query('SELECT length($1::text) AS n', [text])).rows).toEqual([{ n: 500_000 }])
    }
  }
  const askSmall = async () => {
    for (let index = 0; index < 200; index += 1) {
      expect((await small.query('SELECT $1::text AS q, $2::int AS i', [`q${index}`, index])).rows).toEqual([
        { q: `q${index}`, i: index },
      ])
    }
  }
  await Promise.all([askLarge(), askSmall(), askSmall()])
})

test('keeps a transaction to itself and rolls it back when its client goes away', async () => {
  const pool = openPool()
  await pool.query('CREATE TABLE ledger (n int)')
  const leaving = await pool.connect()
  await leaving.query('BEGIN')
  await leaving.query('INSERT INTO ledger VALUES (1)')
  const waiting = openPool().query('SELECT count(*)::int AS n FROM ledger')
  leaving.release(true)
  expect((await waiting).rows).toEqual([{ n: 0 }])
})

test('goes on after a client went away in the middle of a failed transaction', async () => {
  const pool = openPool()
  const leaving = await pool.connect()
  await leaving.query('BEGIN READ ONLY')
  await expect(leaving.query('CREATE TABLE refused (n int)')).rejects.toMatchObject({ code: '25006' })
  leaving.release(true)
  expect((await openPool().query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

test('goes on after a client went away in the middle of a query’s messages', async () => {
  const socket = await connectByHand()
  socket.write(protocolMessage('P', '\0SELEC 1\0\0\0'))
  expect((await once(socket, 'data')).toString()).toContain('42601')
  const waiting = openPool().query('SELECT $1::int AS i', [7])
  await new Promise((resolve) => setTimeout(resolve, 100))
  socket.destroy()
  expect((await waiting).rows).toEqual([{ i: 7 }])
})

test('hangs up on everybody while it is told to, and has its data afterwards', async () => {
  const pool = openPool()
  pool.on('error', () => undefined)
  await pool.query('CREATE TABLE kept AS SELECT 7 AS i')
  const leaving = await pool.connect()
  leaving.on('error', () => undefined)
  await leaving.query('BEGIN')
  await leaving.query('INSERT INTO kept VALUES (8)')

  await engines.postgres.setFault({ kind: 'hang_up' })
  await expect(leaving.query('COMMIT')).rejects.toThrow()
  leaving.release(true)
  const startedAt = performance.now()
  await expect(openPool().query('SELECT 1')).rejects.toThrow()
  expect(performance.now() - startedAt).toBeLessThan(2_000)

  await engines.postgres.setFault(undefined)
  expect((await openPool().query('SELECT i FROM kept')).rows).toEqual([{ i: 7 }])
  expect((await pool.query('SELECT $1::int AS i', [9])).rows).toEqual([{ i: 9 }])
})

test('comes back after a fault in the middle of a query’s messages, and from one told twice', async () => {
  const socket = await connectByHand()
  socket.on('error', () => undefined)
  socket.write(protocolMessage('P', '\0SELEC 1\0\0\0'))
  expect((await once(socket, 'data')).toString()).toContain('42601')
  await engines.postgres.setFault({ kind: 'hang_up' })
  await engines.postgres.setFault({ kind: 'hang_up' })
  await engines.postgres.setFault(undefined)
  expect((await openPool().query('SELECT $1::int AS i', [7])).rows).toEqual([{ i: 7 }])
})

test('counts time in UTC', async () => {
  expect((await openPool().query('SHOW timezone')).rows).toEqual([{ TimeZone: 'UTC' }])
})

test('recycles its write-ahead log, which lies in memory', async () => {
  const pool = openPool()
  await pool.query('CREATE TABLE written AS SELECT i, repeat(md5(i::text), 20) AS s FROM generate_series(1, 100000) i')
  await pool.query('UPDATE written SET s = s || $1', ['x'])
  const written = await pool.query("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS bytes")
  expect(Number(written.rows[0]?.bytes)).toBeGreaterThan(100_000_000)
  const logBytes = async () =>
    Number((await pool.query('SELECT sum(size) AS bytes FROM pg_ls_waldir()')).rows[0]?.bytes)
  await until(async () => (await logBytes()) <= 48 * 1024 * 1024, 20_000)
})

/** A connection whose messages the test sends itself; a client library sends whole queries only. */
async function connectByHand(): Promise<Socket> {
  const { host, port } = engines.postgres
  const socket = connect({ host, port })
  socket.write(Buffer.from([0, 0, 0, 17, 0, 3, 0, 0, ...Buffer.from('user\0me\0\0')]))
  await once(socket, 'data')
  return socket
}

function protocolMessage(kind: string, body: string): Buffer {
  return Buffer.from([kind.charCodeAt(0), 0, 0, 0, body.length + 4, ...Buffer.from(body)])
}
