import { bookOf, briefs, framesAt } from '../../support/engine.js'
import { RETURNS, type ReturnScenario } from '../../support/return-scenarios.js'

describe('returns and what is made of them, worked out by hand', () => {
  test.each<ReturnScenario>(RETURNS)(
    '$title',
    ({ at, facts, window, calendars = {}, minObservations = 20, expected }) => {
      const settings = { returnRules: { riskFreeAnnual: 0, marPerPeriod: 0, minimumObservations: minObservations } }
      const answers = briefs(bookOf(framesAt(at, facts, { settings, calendars })), window)
      for (const [name, value] of Object.entries(expected)) {
        const answer = answers[name]
        if (typeof value === 'number') expect([name, Number(answer) - value]).toEqual([name, expect.closeTo(0, 9)])
        else expect([name, answer]).toEqual([name, value])
      }
    },
  )
})
