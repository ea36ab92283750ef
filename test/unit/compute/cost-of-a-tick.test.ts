import type { Fact } from '../../../src/domain/facts.js'
import { type EpochMs, MINUTE_MS } from '../../../src/domain/time.js'
import { countedDictionary, readingsOf } from '../../support/counted.js'
import { answered, applyAll, createEngine } from '../../support/engine.js'
import { bar, filled, instant, snapshot, strategy } from '../../support/facts.js'

/** A tick costs what has changed: how many things were read again, and which metrics worked out, is counted. */

const newYork = (day: string, time: string) => instant(`2026-07-${day}T${time}-04:00`)
const EVENING = newYork('15', '20:00:00')
const trades = (day: string, symbol: string, of: object = {}) => [
  filled({ at: newYork(day, '10:00:00'), side: 'buy', qty: 10, price: 100, symbol, ...of }),
  filled({ at: newYork(day, '11:00:00'), side: 'sell', qty: 10, price: 101, symbol, ...of }),
]
const holds = (symbol: string, of: object = {}) => [
  filled({ at: newYork('14', '10:30:00'), side: 'buy', qty: 10, price: 100, symbol, ...of }),
  bar(symbol, newYork('15', '15:59:59'), 102),
]
const seen = [snapshot(newYork('10', '09:35:00')), snapshot(newYork('15', '15:00:00'))]

/** What the tick at an instant costs after those that have seen the facts. */
function costOf(known: readonly Fact[], news: readonly Fact[], at: EpochMs) {
  const { dictionary, take } = countedDictionary()
  const engine = createEngine({ startAt: EVENING, dictionary })
  applyAll(engine, known)
  for (const instant of [EVENING, EVENING + 30_000]) engine.tick(instant, answered(instant))
  engine.apply(news)
  take()
  const readings = readingsOf(() => engine.tick(at, answered(at)))
  return { readings, worked: [...new Set(take())].sort() }
}

const NOTHING = { readings: 0, worked: [] }
const [NEXT_SECOND, NEXT_MINUTE] = [EVENING + 31_000, EVENING + MINUTE_MS]

test('what is held is read again with a bar of it', () => {
  const cost = costOf([...seen, ...holds('AAA')], [bar('AAA', EVENING + 30_500, 90)], NEXT_SECOND)
  expect(cost.readings).toBeGreaterThan(0)
  expect(cost.worked).toContain('unrealized_pnl')
})

test('a second in which nothing happened costs nothing', () => {
  expect(costOf([...seen, ...holds('AAA')], [], NEXT_SECOND)).toEqual(NOTHING)
})

test('a new minute costs nothing where books that share an account hold nothing; where one does, it may be observed', () => {
  const sharing = (first: readonly Fact[]) => [...seen, ...first, ...trades('14', 'BBB', { strategy_id: 's2' })]
  expect(costOf(sharing(trades('14', 'AAA')), [], NEXT_MINUTE)).toEqual(NOTHING)
  expect(costOf(sharing(holds('AAA')), [], NEXT_MINUTE).worked).toContain('equity')
})

test('a bar of a symbol that nobody holds any more costs nothing', () => {
  const facts = [...seen, ...holds('AAA'), ...trades('14', 'BBB')]
  const news = [bar('BBB', EVENING + 30_500, 90)]
  expect(costOf(facts, news, NEXT_SECOND)).toEqual(NOTHING)
  expect(costOf(facts, news, NEXT_MINUTE)).toEqual(costOf(facts, [], NEXT_MINUTE))
})

test('a bar of the benchmark costs what is held against it, at the next heavy tick, and nothing is read of the book', () => {
  const facts = [strategy({ benchmark: 'SPY' }), ...seen, ...holds('AAA')]
  const news = [bar('SPY', EVENING + 30_500, 90)]
  expect(costOf(facts, news, NEXT_SECOND)).toEqual(NOTHING)
  const without = costOf(facts, [], NEXT_MINUTE)
  const worked = [...without.worked, 'beta_vs_benchmark'].sort()
  expect(costOf(facts, news, NEXT_MINUTE)).toEqual({ ...without, worked })
})
