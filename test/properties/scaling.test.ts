import fc from 'fast-check'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import type { Fact } from '../../src/domain/facts.js'
import { WINDOWS } from '../../src/domain/window.js'
import { brief, resultsOf } from '../support/engine.js'
import { history, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { arrivedBy, freshFrames, latestOf } from './processes.js'

/** Prices of the histories have two decimals, averages eight: what their rounding can do to a position of ours. */
const ABSOLUTE = 1e-5
const RELATIVE = 1e-9

describe('all prices and costs times k', () => {
  test('scale what is money by k, and leave ratios, counts and reasons alone', () => {
    fc.assert(
      fc.property(
        history({ era: WEEK, orders: 8, snapshots: 5, barRuns: 4, instants: 3 }),
        fc.constantFrom(2n, 3n, 10n, 1_000n),
        ({ deliveries, instants }, k) => {
          for (const at of instants) {
            const facts = latestOf(arrivedBy(at, deliveries))
            const [plain, scaled] = [
              freshFrames(at, facts),
              freshFrames(
                at,
                facts.map((fact) => timesK(fact, k)),
              ),
            ]
            for (const [id, frame] of plain.books)
              for (const window of WINDOWS) {
                const other = scaled.books.get(id)
                const results = other === undefined ? {} : resultsOf(other, window)
                for (const { name, unit } of DICTIONARY) {
                  const [before, after] = [brief(resultsOf(frame, window)[name]), brief(results[name])]
                  if (typeof before === 'string') expect([name, after]).toEqual([name, before])
                  else expectNear(name, after, unit === 'USD' ? before * Number(k) : before, Number(k))
                }
              }
          }
        },
      ),
      parameters(60),
    )
  })
})

function expectNear(name: string, actual: number | string, expected: number, k: number): void {
  const distance = typeof actual === 'number' ? Math.abs(actual - expected) : Number.NaN
  const allowed = ABSOLUTE * k + RELATIVE * Math.abs(expected)
  if (!(distance <= allowed)) throw new Error(`${name} is ${actual} where ${expected} was expected`)
}

function timesK(fact: Fact, k: bigint): Fact {
  const times = (value: bigint | undefined) => (value === undefined ? undefined : value * k)
  switch (fact.fact) {
    case 'execution':
      return {
        ...fact,
        avgFillPrice: times(fact.avgFillPrice),
        limitPrice: times(fact.limitPrice),
        notional: times(fact.notional),
        costs: times(fact.costs),
      }
    case 'decision':
      return { ...fact, price: times(fact.price) }
    case 'fill':
      return { ...fact, price: fact.price * k, costs: times(fact.costs) }
    case 'bar':
      return { ...fact, close: fact.close * k }
    case 'signal':
      return { ...fact, bid: times(fact.bid), ask: times(fact.ask) }
    case 'position_snapshot':
      return {
        ...fact,
        equity: fact.equity * k,
        cash: fact.cash * k,
        positions: fact.positions.map((position) => ({
          ...position,
          avgEntryPrice: times(position.avgEntryPrice),
          mark: times(position.mark),
        })),
      }
    case 'cash_flow':
      return { ...fact, amount: fact.amount * k }
    default:
      return fact
  }
}
