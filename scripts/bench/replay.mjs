// How long a replay of a session takes, printed as a table: ten books of ten symbols with a bar a second each.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

const OPEN = Date.parse('2026-11-20T14:30:00Z')
const CLOSE = Date.parse('2026-11-20T21:00:00Z')
const BOOKS = 10
const SYMBOLS_A_BOOK = 10
const ORDERS_A_SYMBOL = 40

export async function benchReplay() {
  const folder = mkdtempSync(join(tmpdir(), 'quant-bench-'))
  try {
    const path = join(folder, 'session.ndjson.gz')
    const lines = await writeSession(path)
    const common = ['--facts', path]
    const every = ['--every', '60s', '--from', '2026-11-20T14:30:00Z', '--to', '2026-11-20T21:00:00Z']
    const at = ['--at', '2026-11-20T21:00:00Z']
    const rows = []
    for (const [name, args] of [
      ['one T at the close', [...common, ...at]],
      ['one T, by what was known', [...common, ...at, '--known-by', '2026-11-20T21:00:00Z']],
      ['--every 60s, 1d', [...common, ...every, '--window', '1d']],
      ['--every 60s, all windows', [...common, ...every]],
    ])
      rows.push({ replay: name, lines, 'MB compressed': Math.round(statSync(path).size / 1e6), ...(await run(args)) })
    console.table(rows)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function run(args) {
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['bin/quant-exporter.js', 'replay', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let bytes = 0
  let frames = 0
  child.stdout.on('data', (chunk) => {
    bytes += chunk.length
    for (const byte of chunk) if (byte === 10) frames += 1
  })
  return new Promise((resolve, reject) =>
    child.once('close', (code) => {
      if (code === 0)
        resolve({
          seconds: Math.round(performance.now() - startedAt) / 1000,
          frames,
          'MB out': Math.round(bytes / 1e6),
        })
      else reject(new Error(`replay ended with ${code}`))
    }),
  )
}

async function writeSession(path) {
  const gzip = createGzip({ level: 3 })
  const file = gzip.pipe(createWriteStream(path))
  let lines = 0
  const write = async (facts) => {
    lines += facts.length
    if (!gzip.write(`${facts.map((fact) => JSON.stringify(fact)).join('\n')}\n`))
      await new Promise((resolve) => gzip.once('drain', resolve))
  }
  const symbols = Array.from({ length: BOOKS * SYMBOLS_A_BOOK }, (_, index) => `S${index}`)
  for (let book = 0; book < BOOKS; book += 1) {
    const own = symbols.slice(book * SYMBOLS_A_BOOK, (book + 1) * SYMBOLS_A_BOOK)
    const key = { strategy_id: `strategy-${book}`, account: `account-${book}` }
    await write([
      {
        fact: 'strategy',
        ...key,
        name: `book ${book}`,
        enabled: true,
        accounts: [key.account],
        universe: own,
        at: OPEN - 1,
      },
      ...own.flatMap((symbol, index) => ordersOf(key, symbol, index)),
      ...snapshotsOf(key.account, own),
    ])
  }
  for (let at = OPEN + 1000; at <= CLOSE; at += 1000)
    await write(symbols.map((symbol, index) => ({ fact: 'bar', symbol, at, close: priceOf(index, at) })))
  gzip.end()
  await finished(file)
  return lines
}

function priceOf(index, at) {
  return (100 + index + ((((at - OPEN) / 1000) * (index + 7)) % 1000) / 1000).toFixed(2)
}

function ordersOf(key, symbol, index) {
  return Array.from({ length: ORDERS_A_SYMBOL }, (_, order) => {
    const at = OPEN + 30_000 + order * 580_000 + index * 1000
    return {
      fact: 'execution',
      execution_id: `${key.strategy_id}-${symbol}-${order}`,
      ...key,
      symbol,
      side: order % 3 === 0 ? 'sell' : 'buy',
      submitted_qty: '10',
      filled_qty: '10',
      avg_fill_price: priceOf(index, at),
      status: 'filled',
      submitted_at: at,
      filled_at: at,
      ended_at: at,
      at,
    }
  })
}

function snapshotsOf(account, symbols) {
  const facts = []
  for (let at = OPEN + 15_000; at <= CLOSE; at += 15_000)
    facts.push({
      fact: 'position_snapshot',
      account,
      at,
      equity: String(1_000_000 + ((at / 15_000) % 11) * 100),
      cash: String(990_000 + ((at / 15_000) % 11) * 100),
      positions: symbols.map((symbol, index) => ({ symbol, qty: '10', mark: priceOf(index, at) })),
    })
  return facts
}
