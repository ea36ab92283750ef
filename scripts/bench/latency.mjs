// How long a row that was committed takes until it is seen at /metrics, and how old the answers of /snapshot are: from
// outside, on a demo at speed 1, as somebody who watches it would see it.
//
// A book is made for the bench. Orders of one share each are written on a schedule of random gaps, so that they are in
// no step with the exporter's polls, and whether earlier ones were seen or not. Each adds the same amount to the book's
// traded notional, so the gauge says how many have arrived.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startDemo } from './demo-process.mjs'

const ACCOUNT = 'bench'
const PRICE_USD = 961.5
const MEAN_GAP_MS = 500
const POLL_MS = 25
/** Rows stay this far behind the demo's clock, whose reading takes some milliseconds: a row of the future would wait. */
const STAMP_BEHIND_MS = 60
const LONGEST_WAIT_MS = 10_000

export async function benchLatency({ minutes }) {
  const demo = await startDemo()
  try {
    const pool = new pg.Pool({ connectionString: demo.postgres, max: 1 })
    try {
      await measure(demo, pool, minutes * 60_000)
    } finally {
      await pool.end()
    }
  } finally {
    await demo.stop()
  }
}

async function measure(demo, pool, durationMs) {
  const strategyId = await createBook(pool)
  const clock = await readClock(demo)
  const committed = []
  const seen = []
  const pages = { count: 0, totalMs: 0 }
  const ages = []
  let isWriting = true

  const watching = (async () => {
    let missingSince = performance.now()
    while (isWriting || seen.length < committed.length) {
      const startedMs = performance.now()
      const page = await (await fetch(`${demo.url}/metrics`)).text()
      const nowMs = performance.now()
      pages.count += 1
      pages.totalMs += nowMs - startedMs
      const arrived = Math.round(tradedNotional(page, strategyId) / PRICE_USD)
      while (seen.length < Math.min(arrived, committed.length)) {
        seen.push(nowMs - committed[seen.length])
        missingSince = nowMs
      }
      if (seen.length === committed.length) missingSince = nowMs
      if (nowMs - missingSince > LONGEST_WAIT_MS) throw new Error(`row ${seen.length + 1} is not seen: ${demo.log()}`)
      // Half of the time at most goes into being asked.
      await sleep(Math.max(POLL_MS - (nowMs - startedMs), nowMs - startedMs))
    }
  })()

  const asking = (async () => {
    const { strategies } = await (await fetch(`${demo.api}/strategies`)).json()
    const book = strategies.find(({ calendar }) => calendar === 'XNYS')
    const query = new URLSearchParams({ strategy_id: book.strategy_id, account: book.accounts[0], window: '1d' })
    while (isWriting) {
      const { frame_as_of } = await (await fetch(`${demo.api}/snapshot?${query}`)).json()
      ages.push(clock.now() - Date.parse(frame_as_of))
      await sleep(randomGap())
    }
  })()

  const until = performance.now() + durationMs
  const writing = (async () => {
    try {
      while (performance.now() < until) {
        await writeOrder(pool, strategyId, committed.length, clock.now() - STAMP_BEHIND_MS)
        committed.push(performance.now())
        await sleep(randomGap())
      }
    } finally {
      isWriting = false
    }
  })()
  const failed = (await Promise.allSettled([writing, watching, asking])).find(({ status }) => status === 'rejected')
  if (failed !== undefined) throw failed.reason

  console.table([
    row('row committed → /metrics', seen, 'p95 ≤ 2000, aimed at 700'),
    row('age of /snapshot', ages, 'p95 ≤ 5000'),
  ])
  const pageMs = Math.round(pages.totalMs / pages.count)
  console.log(
    `/metrics was read ${pages.count} times, ${pageMs} ms each; half of the time between two reads is in the figures`,
  )
}

function randomGap() {
  return MEAN_GAP_MS * (0.5 + Math.random())
}

/** The demo's T, by its distance from this process's clock. */
async function readClock({ url }) {
  let best = { tookMs: Number.POSITIVE_INFINITY, offsetMs: 0 }
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const startedMs = performance.now()
    const page = await (await fetch(`${url}/metrics`)).text()
    const tookMs = performance.now() - startedMs
    const at = Number(/^quant_clock_timestamp_seconds (\S+)$/m.exec(page)?.[1]) * 1000
    if (tookMs < best.tookMs) best = { tookMs, offsetMs: at - (startedMs + tookMs / 2) }
    await sleep(20)
  }
  return { now: () => performance.now() + best.offsetMs }
}

function tradedNotional(page, strategyId) {
  for (const line of page.split('\n')) {
    if (!line.startsWith('quant_traded_notional_usd{') || !line.includes(strategyId)) continue
    if (line.includes('window="1d"')) return Number(line.slice(line.lastIndexOf(' ') + 1))
  }
  return 0
}

async function createBook(pool) {
  const id = randomUUID()
  await pool.query(
    `INSERT INTO strategies (id, name, description, enabled, base_timeframe, universe_type, created_at, updated_at)
     VALUES ($1, 'bench', 'synthetic: rows whose way is timed', true, '1Sec', 'static', now(), now())`,
    [id],
  )
  return id
}

/** A decision and its filled order, committed together; buys and sells in turn, so that the book stays flat. */
async function writeOrder(pool, strategyId, index, atMs) {
  const [decisionId, hash] = [randomUUID(), randomUUID()]
  const at = new Date(atMs).toISOString()
  const side = index % 2 === 0 ? 'buy' : 'sell'
  const raw = { id: hash, status: 'filled', submitted_at: at, filled_at: at, updated_at: at, filled_qty: '1' }
  await pool.query(
    `WITH decided AS (
       INSERT INTO trade_decisions
         (id, strategy_id, alpaca_account_label, symbol, timeframe, decision_json, status, created_at, decision_hash)
       VALUES ($1, $2, $3, 'COST', '1Sec', $4, 'filled', $5, $6) RETURNING id
     )
     INSERT INTO executions
       (id, trade_decision_id, alpaca_account_label, alpaca_order_id, client_order_id, symbol, side, order_type,
        time_in_force, submitted_qty, filled_qty, avg_fill_price, status, raw_order, execution_expected_adapter,
        execution_actual_adapter, execution_fallback_count, last_update_at, created_at, updated_at)
     SELECT $7, id, $3, $6, $6, 'COST', $8, 'market', 'day', 1, 1, $9, 'filled', $10, 'alpaca', 'alpaca', 0, $5, $5, $5
     FROM decided`,
    [
      ...[decisionId, strategyId, ACCOUNT, { action: side, qty: '1', risk_reasons: [] }, at, hash],
      ...[randomUUID(), side, PRICE_USD, raw],
    ],
  )
}

function row(what, valuesMs, serviceLevel) {
  const sorted = valuesMs.toSorted((a, b) => a - b)
  const at = (share) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN)
  return {
    ms: what,
    n: sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    'service level': serviceLevel,
  }
}
