import { bookId } from '../../../src/domain/book.js'
import { SETTINGS } from '../../support/engine.js'
import { CURVES, SESSION_EDGES } from '../../support/equity-edges.js'
import { FLOWS } from '../../support/equity-flow-cases.js'
import { CONFIGURED_SHARES, SCENARIOS } from '../../support/equity-scenarios.js'
import { ACCOUNT, STRATEGY } from '../../support/facts.js'
import { referenceAt } from '../../support/reference.js'

/** What generated histories are checked against is itself checked against numbers worked out by hand. */
describe('the reference of equity', () => {
  test.each([...SCENARIOS, ...CONFIGURED_SHARES, ...SESSION_EDGES, ...CURVES, ...FLOWS])('$title', (scenario) => {
    const { at, facts, window, strategyId = STRATEGY, calendars, shares, expected } = scenario
    const reference = referenceAt(at, facts, {
      ...SETTINGS,
      calendarOf: (strategy) => calendars?.[strategy] ?? 'XNYS',
      shareOf: (strategy) => shares?.[strategy],
    })
    expect(reference.get(bookId({ strategyId, account: ACCOUNT }))?.[window]).toMatchObject(expected)
  })
})
