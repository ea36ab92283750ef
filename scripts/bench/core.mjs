// What the core costs, printed as tables: ratios within one run mean something, single times depend on the machine.
import { DICTIONARY } from '../../dist/compute/dictionary.js'
import { LabelCache } from '../../dist/exporter/label-cache.js'
import { metricFamilies } from '../../dist/exporter/metric-families.js'
import { ShownSeries } from '../../dist/exporter/shown-series.js'
import { filledOrder, minuteBars, ordersOf, snapshot, snapshotsOf, symbolsOf, T } from './book-history.mjs'
import { CALENDARS, createBenchEngine } from './engine.mjs'

const SECOND_MS = 1000
/** Long enough for one heavy tick, and short enough for a thousand books. */
const STRETCH_MS = 30_000
/** Shares of the books that have news in a tick. */
const SHARES = [0.01, 0.1, 1]
/** Books that trade the same symbols; with 1 % news at most. */
const GROUPS = 100
const BARS_AT_ONCE = 1_000_000

export function benchCore() {
  for (const [books, booksAnAccount, shards] of [
    [10, 1, 1],
    [100, 1, 1],
    [1000, 1, 1],
    [100, 10, 1],
    [100, 1, 3],
    [100, 10, 3],
  ])
    measureCore(books, booksAnAccount, shards)
  console.table([{ 'bars applied': BARS_AT_ONCE, 'facts/s': barsASecond() }])
}

/** One process, or the first of several shards. */
function measureCore(bookCount, booksAnAccount, shards) {
  const groups = Math.min(GROUPS, bookCount / booksAnAccount)
  const books = Array.from({ length: bookCount }, (_, book) => {
    const account = Math.floor(book / booksAnAccount)
    return { book, account, group: account % groups, ordersASession: bookCount >= 1000 ? 10 : 40 }
  })
  const facts = books.flatMap(ordersOf)
  for (let account = 0; account < bookCount / booksAnAccount; account += 1)
    facts.push(...snapshotsOf(account, account % groups))
  const bars = Array.from({ length: groups }, (_, group) => symbolsOf(group))
    .flat()
    .map(minuteBars)

  const memoryBefore = usedMemory()
  const started = start(facts, bars, { index: 0, count: shards })
  const { engine } = started
  const memory = (usedMemory() - memoryBefore) / bookCount
  console.log(
    `\n${bookCount} books, ${booksAnAccount} an account, ${shards === 1 ? 'one process' : `one of ${shards} shards`}: ${facts.length} orders and snapshots, ${bars.length * bars[0].ats.length} bars;`,
    `applied ${Math.round(facts.length / (started.appliedMs / SECOND_MS))} facts/s, first tick ${round(started.tickedMs)} ms,`,
    `${Math.round(memory / 1024)} KiB a book, RSS ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
  )
  let now = T
  const rows = SHARES.map((share) => {
    const dirty = books.filter(({ group }) => group < Math.max(1, Math.round(groups * share)))
    const times = { light: [], medium: [], heavy: [] }
    for (const endAt = now + STRETCH_MS; now < endAt; ) {
      now += SECOND_MS
      news(engine, dirty, now)
      const ms = timed(() => engine.tick(now, answered(now)))
      times[now % 30_000 === 0 ? 'heavy' : now % 5000 === 0 ? 'medium' : 'light'].push(ms)
    }
    return {
      'books with news': `${dirty.length} (${share * 100} %)`,
      'light ms': round(median(times.light)),
      'medium ms': round(median(times.medium)),
      'heavy ms': round(median(times.heavy)),
      'slowest ms': round(Math.max(...Object.values(times).flat())),
      'light of recomputing all': `1 : ${Math.round((started.appliedMs + started.tickedMs) / median(times.light))}`,
    }
  })
  console.table(rows)
  console.log(`values as text: ${round(renderMs(engine, now))} ms`)
}

/** A process that reads everything and ticks once: all that is known worked out anew. */
function start(facts, bars, shard) {
  const engine = createBenchEngine(T, shard)
  const appliedMs = timed(() => engine.apply(facts))
  engine.demand()
  const tickedMs = timed(() => {
    engine.applyPrices(bars)
    engine.tick(T, answered(T))
  })
  return { engine, appliedMs, tickedMs }
}

/** Each book with news has a fill and new prices of its symbols; each fifteenth second a snapshot. */
function news(engine, books, now) {
  const groups = new Set(books.map(({ group }) => group))
  engine.apply(
    books.map(({ book, account, group }) => {
      const lots = now / SECOND_MS
      const symbol = symbolsOf(group)[lots % 10]
      return filledOrder({ book, account, symbol, at: now - 500, id: `live-${now}`, isBuy: lots % 3 === 0, lots })
    }),
  )
  if (now % 15_000 === 0) {
    const accounts = new Map(books.map(({ account, group }) => [account, group]))
    engine.apply([...accounts].map(([account, group]) => snapshot(account, group, now)))
  }
  engine.applyPrices(
    [...groups].flatMap(symbolsOf).map((symbol, index) => ({
      ...{ symbol, ats: [now], closesE8: [BigInt(10_000_000_000 + ((now / SECOND_MS + index) % 1000) * 10_000)] },
    })),
  )
}

function answered(at) {
  return { ordersAsOf: at, feedsAsOf: at, lacking: new Map() }
}

/** Bars as facts, one by one, of the symbols of one book. */
function barsASecond() {
  const engine = createBenchEngine(T)
  engine.apply([...ordersOf({ book: 0, account: 0, group: 0, ordersASession: 10 })])
  engine.demand()
  const symbols = symbolsOf(0)
  const bars = Array.from({ length: BARS_AT_ONCE }, (_, index) => ({
    ...{ fact: 'bar', symbol: symbols[index % 10], close: 10_000_000_000n + BigInt(index % 1000) },
    at: T - 3_600_000 + Math.floor(index / 300) * SECOND_MS,
  }))
  return Math.round(BARS_AT_ONCE / (timed(() => engine.apply(bars)) / SECOND_MS))
}

function renderMs(engine, now) {
  const frames = [...engine.tick(now, answered(now)).books.values()]
  const labels = new LabelCache()
  const context = { dictionary: DICTIONARY, calendars: CALENDARS, now, shown: new ShownSeries(new Map()) }
  const render = () => [...metricFamilies(frames, context, labels)].map((family) => family?.chunks())
  render()
  return median(Array.from({ length: 5 }, () => timed(render)))
}

/** The frame of one book with a history of 20 sessions. */
export function benchFrame() {
  const facts = [...ordersOf({ book: 0, account: 0, group: 0, ordersASession: 40 }), ...snapshotsOf(0, 0)]
  const { engine } = start(facts, symbolsOf(0).map(minuteBars))
  const [frame] = engine.tick(T + SECOND_MS, answered(T + SECOND_MS)).books.values()
  return frame
}

function usedMemory() {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function timed(work) {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

function round(value) {
  return Math.round(value * 10) / 10
}
