// Figures about the core, printed as a table: ratios within one run mean something, single times depend on the machine.

import { DICTIONARY } from '../../dist/compute/dictionary.js'
import { Engine } from '../../dist/compute/engine.js'
import { createCalendars } from '../../dist/domain/calendars.js'
import { parseFact } from '../../dist/domain/facts.js'
import { LabelCache } from '../../dist/exporter/label-cache.js'
import { metricFamilies } from '../../dist/exporter/metric-families.js'

const calendars = createCalendars()
const T = Date.parse('2026-11-20T19:30:00Z')
const SYMBOLS = 10
const SESSIONS = 20
const ORDERS_A_SESSION = 40

export function benchCore() {
  const rows = []
  for (const books of [10, 100, 1000]) rows.push(...measure(books))
  console.table(rows)
}

function measure(bookCount) {
  const engine = createEngine()
  const facts = []
  for (let book = 0; book < bookCount; book += 1)
    facts.push(...historyOf(book, bookCount >= 1000 ? 10 : ORDERS_A_SESSION))
  const applied = timed(() => engine.apply(facts))
  const symbols = [...engine.demand().kept.keys()]
  engine.applyPrices(symbols.map((symbol, index) => ({ symbol, ...pricesOf(index) })))
  const watermarks = { ordersAsOf: T, barsAnswered: true }
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
  const render = () =>
    metricFamilies(frames, DICTIONARY, labels)
      .map((family) => family.render())
      .join('')
  render()
  const scrape = median(5, () => timed(render))
  return [
    {
      books: bookCount,
      facts: facts.length,
      'facts/s': Math.round(facts.length / (applied / 1000)),
      'first tick ms': round(first),
      'tick, every price moved ms': round(all),
      'tick, only time passed ms': round(time),
      'tick, market closed ms': round(closed),
      'values as text ms': round(scrape),
      'RSS MB': Math.round(process.memoryUsage().rss / 1e6),
    },
  ]
}

function createEngine() {
  return new Engine({
    dictionary: DICTIONARY,
    settings: {
      calendars,
      periodsMs: { light: 1000, medium: 5000, heavy: 30_000 },
      sessionRollMs: 300_000,
      markMaxAgeMs: 120_000,
      maxStalenessMs: 15_000,
      clockSpeed: 1,
    },
    startAt: T,
    epoch: 'bench',
    barsConfigured: true,
    calendarOf: () => undefined,
    moneyDecimalsOf: () => 2,
    instruments: [],
    onMetricError: (metric, error) => {
      throw new Error(`${metric} failed`, { cause: error })
    },
  })
}

/** Orders spread over the last sessions, two sells to a buy: every symbol stays open, most of the time short. */
function historyOf(book, ordersASession, only) {
  const facts = []
  for (let session = SESSIONS - 1; session >= 0; session -= 1) {
    const { opensAt } = calendars.XNYS.sessionBefore(T, session)
    for (let order = 0; order < ordersASession; order += 1) {
      const at = only ?? opensAt + (order * 14_400_000) / ordersASession
      const id = `${book}-${only ?? session}-${order}`
      const fact = parseFact('execution', {
        execution_id: id,
        strategy_id: `strategy-${book}`,
        account: `account-${book}`,
        symbol: `S${(book + order) % SYMBOLS}`,
        side: (order + session) % 3 === 0 ? 'buy' : 'sell',
        submitted_qty: 10 + (order % 3),
        filled_qty: 10 + (order % 3),
        avg_fill_price: 100 + (order % 7) / 10,
        status: 'filled',
        submitted_at: at,
        filled_at: at,
        ended_at: at,
        at,
      })
      if (typeof fact === 'string') throw new Error(fact)
      facts.push(fact)
      if (only !== undefined) return facts
    }
  }
  return facts
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
