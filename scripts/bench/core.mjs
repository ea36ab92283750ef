// Figures about the core, printed as a table: ratios within one run mean something, single times depend on the machine.

import { DICTIONARY } from '../../dist/compute/dictionary.js'
import { LabelCache } from '../../dist/exporter/label-cache.js'
import { metricFamilies } from '../../dist/exporter/metric-families.js'
import { CALENDARS, createBenchEngine } from './engine.mjs'

export const T = Date.parse('2026-11-20T19:30:00Z')
const SYMBOLS = 10
const SESSIONS = 20
const ORDERS_A_SESSION = 40

export function benchCore() {
  const shapes = [
    [10, 1],
    [100, 1],
    [1000, 1],
    [100, 10],
  ]
  console.table(shapes.map(([books, booksAnAccount]) => measure(books, booksAnAccount)))
}

function measure(bookCount, booksAnAccount) {
  const engine = createBenchEngine(T)
  const facts = []
  for (let book = 0; book < bookCount; book += 1)
    facts.push(...ordersOf(book, booksAnAccount, bookCount >= 1000 ? 10 : ORDERS_A_SESSION))
  for (let account = 0; account < bookCount / booksAnAccount; account += 1) facts.push(...snapshotsOf(account))
  const applied = timed(() => engine.apply(facts))
  const symbols = [...engine.demand().kept.keys()]
  engine.applyPrices(symbols.map((symbol, index) => ({ symbol, ...pricesOf(index) })))
  const watermarks = { ordersAsOf: T, feedsAsOf: T, lacking: new Map() }
  const first = timed(() => engine.tick(T, watermarks))
  const all = median(5, (round) => {
    engine.applyPrices(
      symbols.map((symbol) => ({ symbol, ats: [T + round * 1000], closesE8: [BigInt(10_000_000_000 + round)] })),
    )
    return timed(() => engine.tick(T + (round + 1) * 1000, watermarks))
  })
  const time = median(5, (round) => timed(() => engine.tick(T + 10_000 + round * 1000, watermarks)))
  const night = T + 12 * 3_600_000
  engine.tick(night, { ...watermarks, ordersAsOf: night })
  const closed = median(5, (round) =>
    timed(() => engine.tick(night + (round + 1) * 1000, { ...watermarks, ordersAsOf: night })),
  )
  const frames = [...engine.tick(night + 30_000, watermarks).books.values()]
  const labels = new LabelCache()
  const context = { dictionary: DICTIONARY, calendars: CALENDARS, now: night + 30_000 }
  const render = () => [...metricFamilies(frames, context, labels)].map((family) => family?.render() ?? '').join('')
  render()
  const scrape = median(5, () => timed(render))
  return {
    books: bookCount,
    'an account': booksAnAccount,
    facts: facts.length,
    'facts/s': Math.round(facts.length / (applied / 1000)),
    'first tick ms': round(first),
    'tick, every price moved ms': round(all),
    'tick, only time passed ms': round(time),
    'tick, market closed ms': round(closed),
    'values as text ms': round(scrape),
    'RSS MB': Math.round(process.memoryUsage().rss / 1e6),
  }
}

/** The frame of one book with a history of 20 sessions. */
export function benchFrame() {
  const engine = createBenchEngine(T)
  engine.apply([...ordersOf(0, 1, ORDERS_A_SESSION), ...snapshotsOf(0)])
  const symbols = [...engine.demand().kept.keys()]
  engine.applyPrices(symbols.map((symbol, index) => ({ symbol, ...pricesOf(index) })))
  const [frame] = engine.tick(T, { ordersAsOf: T, feedsAsOf: T, lacking: new Map() }).books.values()
  return frame
}

/** Orders spread over the last sessions, two sells to a buy: every symbol stays open, most of the time short. */
function ordersOf(book, booksAnAccount, ordersASession) {
  const facts = []
  for (let session = SESSIONS - 1; session >= 0; session -= 1) {
    const { opensAt } = CALENDARS.XNYS.sessionBefore(T, session)
    for (let order = 0; order < ordersASession; order += 1) {
      const at = opensAt + (order * 14_400_000) / ordersASession
      facts.push({
        fact: 'execution',
        executionId: `${book}-${session}-${order}`,
        strategyId: `strategy-${book}`,
        account: `account-${Math.floor(book / booksAnAccount)}`,
        symbol: `S${(book + order) % SYMBOLS}`,
        side: (order + session) % 3 === 0 ? 'buy' : 'sell',
        submittedQty: quantity(10 + (order % 3)),
        filledQty: quantity(10 + (order % 3)),
        avgFillPrice: 10_000_000_000n + BigInt(order % 7) * 10_000_000n,
        status: 'filled',
        submittedAt: at,
        filledAt: at,
        endedAt: at,
        at,
      })
    }
  }
  return facts
}

/** Ten positions, each hour of twenty sessions and every 15 seconds of the last ten minutes. */
function snapshotsOf(account) {
  const ats = []
  for (let session = SESSIONS; session >= 0; session -= 1) {
    const { opensAt } = CALENDARS.XNYS.sessionBefore(T, session)
    for (let hour = 0; hour < 7; hour += 1) ats.push(opensAt + 15_000 + hour * 3_600_000)
  }
  for (let back = 40; back >= 0; back -= 1) ats.push(T - back * 15_000)
  const positions = Array.from({ length: SYMBOLS }, (_, index) => ({
    symbol: `S${index}`,
    qty: -quantity(200),
    mark: 10_000_000_000n,
  }))
  return ats
    .filter((at) => at <= T)
    .map((at, index) => ({
      fact: 'position_snapshot',
      account: `account-${account}`,
      at,
      equity: money(1_000_000 + (index % 11) * 1_000),
      cash: money(1_200_000 + (index % 11) * 1_000),
      positions,
    }))
}

function quantity(units) {
  return BigInt(units) * 10n ** 9n
}

function money(dollars) {
  return BigInt(dollars) * 10n ** 17n
}

function pricesOf(index) {
  const ats = []
  const closesE8 = []
  for (let second = 3600; second > 0; second -= 1) {
    ats.push(T - second * 1000)
    closesE8.push(BigInt(10_000_000_000 + ((second * (index + 7)) % 1000) * 10_000))
  }
  return { ats, closesE8 }
}

function timed(work) {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

function median(rounds, measureRound) {
  const values = Array.from({ length: rounds }, (_, index) => measureRound(index)).sort((a, b) => a - b)
  return values[Math.floor(rounds / 2)]
}

function round(value) {
  return Math.round(value * 100) / 100
}
