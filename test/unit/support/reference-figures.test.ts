import { bookId } from '../../../src/domain/book.js'
import { SETTINGS } from '../../support/engine.js'
import { ACCOUNT, order, STRATEGY } from '../../support/facts.js'
import { ORDERS } from '../../support/order-scenarios.js'
import { referenceAt, referenceByAdapterAt } from '../../support/reference.js'
import { RETURNS, type ReturnScenario } from '../../support/return-scenarios.js'
import { TRADES, TURNOVER } from '../../support/trade-scenarios.js'

const PRECISION = 1e-12
const BOOK = bookId({ strategyId: STRATEGY, account: ACCOUNT })

/** What generated histories are checked against is itself checked against numbers worked out by hand. */
describe('the reference', () => {
  test.each<ReturnScenario>([...TRADES, ...TURNOVER, ...ORDERS, ...RETURNS])('$title', (scenario) => {
    const { at, facts, window, calendars, minObservations = 20, expected } = scenario
    const calendarOf = (strategyId: string) => calendars?.[strategyId] ?? 'XNYS'
    const answers = referenceAt(at, facts, { ...SETTINGS, calendarOf, minObservations }).get(BOOK)?.[window] ?? {}
    for (const [name, value] of Object.entries(expected)) {
      const answer = answers[name]
      const isNear = typeof value === 'number' && typeof answer === 'number' && isAbout(answer, value)
      expect([name, isNear ? value : answer]).toEqual([name, value])
    }
  })

  test('tells apart what adapters did', () => {
    const submittedAt = Date.parse('2026-07-15T14:00:00Z')
    const ended = (id: string, adapter: string | undefined, filled: number) =>
      order({
        ...{ execution_id: id, adapter, submitted_at: submittedAt, ended_at: submittedAt + 1_000, status: 'canceled' },
        ...{ filled_qty: filled, submitted_qty: 10, limit_price: 5, avg_fill_price: 5, filled_at: submittedAt + 500 },
      })
    const facts = [ended('a', 'alpaca', 10), ended('b', 'alpaca', 5), ended('c', 'lean', 0), ended('d', undefined, 0)]
    const options = { ...SETTINGS, calendarOf: () => 'XNYS' as const }
    const split = referenceByAdapterAt(submittedAt + 10_000, facts, options).get(BOOK)
    const ratios = [...(split ?? [])].map(([adapter, book]) => [adapter, book['1m'].fill_ratio, book['1m'].cancel_rate])
    expect(ratios).toEqual([
      ['alpaca', 0.75, 0.5],
      ['lean', 0, 1],
    ])
    expect(referenceAt(submittedAt + 10_000, facts, options).get(BOOK)?.['1m']).toMatchObject({ fill_ratio: 0.375 })
  })
})

function isAbout(answer: number, value: number): boolean {
  return Math.abs(answer - value) <= PRECISION * Math.abs(value)
}
