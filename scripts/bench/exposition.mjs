// A scrape of 300,000 series: how long it takes, and how long it keeps the event loop; beside it the same values through
// plain gauges of prom-client.
import { setTimeout as sleep } from 'node:timers/promises'
import { Gauge, Registry } from 'prom-client'
import { DICTIONARY } from '../../dist/compute/dictionary.js'
import { isStale, resultIn } from '../../dist/domain/reading.js'
import { WINDOWS } from '../../dist/domain/window.js'
import { Exposition } from '../../dist/exporter/exposition.js'
import { SelfMetrics } from '../../dist/exporter/self-metrics.js'
import { T } from './book-history.mjs'
import { benchFrame } from './core.mjs'
import { CALENDARS } from './engine.mjs'
import { watchLoop } from './loop-watch.mjs'

const SERIES = 300_000

export async function benchExposition() {
  const frame = benchFrame()
  const { size } = await scrapeOf(booksLike(frame, 1))
  const books = booksLike(frame, Math.ceil(SERIES / size))
  await scrapeOf(books)
  const ours = await scrapeOf(books)
  const concurrent = await scrapeOf(books, 5)
  const plain = await plainGauges(books)
  console.table([
    { how: 'ours', series: ours.size, 'ms in all': ours.ms, 'longest block ms': ours.blockMs, 'gzipped MB': ours.mb },
    {
      how: 'ours, 5 scrapes at once',
      series: ours.size,
      'ms in all': concurrent.ms,
      'longest block ms': concurrent.blockMs,
    },
    { how: 'prom-client gauges', series: plain.size, 'ms in all': plain.ms, 'longest block ms': plain.blockMs },
    { how: 'prom-client / ours, a series', 'ms in all': round(plain.ms / plain.size / (ours.ms / ours.size)) },
  ])
}

function booksLike(frame, count) {
  return Array.from({ length: count }, (_, index) => ({
    ...frame,
    book: { ...frame.book, strategyId: `strategy-${String(index).padStart(5, '0')}` },
  }))
}

let exposition
let frames

/** The same endpoint each time, as it is scraped again and again. */
async function scrapeOf(books, atOnce = 1) {
  frames = new Map(books.map((frame) => [`${frame.book.strategyId}/${frame.book.account}`, frame]))
  exposition ??= new Exposition({
    reader: {
      state: () => 'ready',
      now: () => T,
      frames: () => ({ stamp: books[0].stamp, formulaSet: '', books: frames, accounts: new Map() }),
    },
    dictionary: DICTIONARY,
    accountDictionary: [],
    calendars: CALENDARS,
    selfMetrics: new SelfMetrics({ version: '0', revision: '0', shard: { index: 0, count: 1 }, tiers: ['light'] }),
    maxSeries: Number.POSITIVE_INFINITY,
    wallNow: () => T,
    lastTickAt: () => T,
    onError: (error) => {
      throw error
    },
  })
  const watch = watchLoop()
  await sleep(20)
  const startedMs = performance.now()
  const bodies = await Promise.all(Array.from({ length: atOnce }, () => exposition.compressed()))
  const ms = Math.round(performance.now() - startedMs)
  await sleep(20)
  const { longestBlockMs: blockMs } = watch.stop()
  const [text] = await Promise.all([exposition.plain()])
  const size = Number(/^quant_series\{[^}]*\} (\d+)$/m.exec(Buffer.concat(text.slice(0, 20)).toString())?.[1])
  const mb = round(bodies[0].reduce((total, { length }) => total + length, 0) / 1e6)
  return { size, ms, mb, blockMs }
}

async function plainGauges(books) {
  const registry = new Registry()
  const gauges = DICTIONARY.map(
    ({ prometheus, summary, windows }) =>
      new Gauge({
        name: prometheus,
        help: summary,
        registers: [registry],
        labelNames: [
          'strategy_id',
          'account',
          ...(windows === 'level' ? [] : ['window']),
          'formula_version',
          'freshness',
        ],
      }),
  )
  const watch = watchLoop()
  await sleep(20)
  const startedMs = performance.now()
  let size = 0
  for (const [index, definition] of DICTIONARY.entries())
    for (const frame of books)
      for (const window of definition.windows === 'level' ? ['1d'] : WINDOWS) {
        const clock = { now: T, calendar: CALENDARS[frame.book.calendar] }
        const result = resultIn(frame, window, definition, index, clock)
        if (result.status !== 'ok') continue
        const labels = {
          ...{ strategy_id: frame.book.strategyId, account: frame.book.account },
          ...(definition.windows === 'level' ? {} : { window }),
          ...{ formula_version: definition.formulaVersion, freshness: isStale(frame, definition) ? 'stale' : 'fresh' },
        }
        gauges[index].set(labels, result.value)
        size += 1
      }
  await registry.metrics()
  const ms = Math.round(performance.now() - startedMs)
  await sleep(20)
  const { longestBlockMs: blockMs } = watch.stop()
  return { size, ms, blockMs }
}

function round(value) {
  return Math.round(value * 100) / 100
}
