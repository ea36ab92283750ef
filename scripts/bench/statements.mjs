// Statements that go to Postgres in a minute of polls and one reconciliation, for 10 books and for 200: the same number.
import { historyFrom } from '../../dist/domain/history.js'
import { CALENDARS, createBenchEngine } from './engine.mjs'
import { openBenchPool, openSource } from './hydration.mjs'
import { fillHistory, hasPostgres, startPostgres } from './postgres.mjs'

const T = Date.parse('2026-11-20T19:30:00Z')
const SECONDS = 60

export async function benchStatements() {
  if (!hasPostgres) return console.log('statements are left out: apt-get install postgresql-15')
  const server = await startPostgres()
  try {
    const rows = []
    for (const books of [10, 200]) {
      await fillHistory(server.dsn, { at: T, books, orders: 20_000, snapshots: 10_000 })
      rows.push(await measure(server, books))
    }
    console.table(rows)
  } finally {
    await server.stop()
  }
}

/** The polls of a minute as the product times them: two a second, every other one slow. */
async function measure(server, books) {
  const counts = { hydrate: 0, poll: 0, reconcile: 0 }
  const pool = openBenchPool(server)
  const onStatement = (name) => {
    counts[name] += 1
  }
  const source = openSource(pool, createBenchEngine(T), { onStatement })
  const options = { historyFrom: historyFrom(CALENDARS, T), signal: new AbortController().signal }
  await source.hydrate(T, { ...options, onProgress: () => undefined })
  for (let poll = 1; poll <= 2 * SECONDS; poll += 1) await source.poll(T + poll * 500, poll % 2 === 0)
  await source.reconcile(T + SECONDS * 1000, { ...options, onReconciled: () => undefined })
  await pool.end()
  return {
    books,
    'polls, statements a second': counts.poll / SECONDS,
    'a reconciliation': counts.reconcile,
    'the start': counts.hydrate,
  }
}
