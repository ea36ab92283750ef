import { briefsAt } from '../../support/engine.js'
import { CURVES, SESSION_EDGES } from '../../support/equity-edges.js'
import { FLOWS } from '../../support/equity-flow-cases.js'
import { SCENARIOS } from '../../support/equity-scenarios.js'

/** METRICS section 7, scenarios 4, 8, 9 and 15, edges of sessions and curves, and flows, worked out by hand. */
describe('equity', () => {
  test.each([...SCENARIOS, ...SESSION_EDGES, ...CURVES, ...FLOWS])('$title', (scenario) => {
    const { at, facts, window, strategyId, calendars, expected } = scenario
    const values = briefsAt(at, facts, {
      window,
      ...(strategyId === undefined ? {} : { key: { strategyId } }),
      ...(calendars === undefined ? {} : { calendars }),
    })
    expect(values).toMatchObject(expected)
  })
})
