// What polls cost while a trading system writes 2,000 orders a second again, in which nothing is new: as they are, and as if
// each looked at all of its overlap.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { historyFrom } from '../../dist/domain/history.js'
import { OrderSync } from '../order-sync.mjs'
import { CALENDARS, createBenchEngine } from './engine.mjs'
import { openBenchPool, openSource } from './hydration.mjs'
import { fillHistory, hasPostgres, startPostgres } from './postgres.mjs'

const PER_SECOND = 2_000
const SECONDS = 40
/** After so many the overlap is full of rewritten orders. */
const WARM_UP_SECONDS = 20
const POLL_MS = 500
/** Further than whatever a source does at intervals. */
const LONG_MS = 10_000

export async function benchPolls() {
  if (!hasPostgres) return console.log('polls are left out: apt-get install postgresql-15')
  const server = await startPostgres()
  try {
    await fillHistory(server.dsn, { at: Date.now(), books: 1_000, orders: 100_000, snapshots: 10_000, days: 2 })
    let wallMs = 0
    const asTheyAre = await measure(server, () => Date.now())
    const whole = await measure(server, () => {
      wallMs += LONG_MS
      return wallMs
    })
    console.table([
      { polls: 'since the poll before', ...asTheyAre },
      { polls: 'all of the overlap', ...whole },
    ])
  } finally {
    await server.stop()
  }
}

async function measure(server, wallNow) {
  const pool = openBenchPool(server)
  const source = openSource(pool, createBenchEngine(Date.now()), { wallNow })
  const now = Date.now()
  const options = { historyFrom: historyFrom(CALENDARS, now), signal: new AbortController().signal }
  await source.hydrate(now, { ...options, onProgress: () => undefined })
  const client = new pg.Client({ connectionString: server.dsn })
  await client.connect()
  const failed = []
  const sync = new OrderSync({ client, now: Date.now, perSecond: PER_SECOND, onError: (error) => failed.push(error) })
  await sync.start()
  const times = []
  let before
  for (let poll = 1; poll <= (SECONDS * 1000) / POLL_MS; poll += 1) {
    const isWarm = poll > (WARM_UP_SECONDS * 1000) / POLL_MS
    if (isWarm) before ??= { cpu: process.cpuUsage(), ms: performance.now() }
    const startedMs = performance.now()
    await source.poll(Date.now(), poll % 2 === 0)
    const tookMs = performance.now() - startedMs
    if (isWarm) times.push(tookMs)
    await sleep(Math.max(0, POLL_MS - tookMs))
  }
  const { user, system } = process.cpuUsage(before.cpu)
  const busy = (user + system) / 1000 / (performance.now() - before.ms)
  await sync.stop()
  await Promise.all([client.end(), pool.end()])
  if (failed.length > 0) throw new Error('orders could not be written again', { cause: failed[0] })
  times.sort((a, b) => a - b)
  const quantile = (share) => Math.round(times[Math.floor(share * (times.length - 1))])
  return { 'p50 ms': quantile(0.5), 'p95 ms': quantile(0.95), 'this process, % of a core': Math.round(busy * 100) }
}
