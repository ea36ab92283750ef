import fc from 'fast-check'
import { alertPage, mergeAlertPages } from '../../../src/domain/alert-page.js'
import type { AlertEpisode, AlertPage, AlertQuery } from '../../../src/domain/alerts.js'
import { episode } from '../../support/alerts.js'
import { T } from '../../support/frames.js'

/** Several open together: their order is that of their ids. */
const numbered = (number: number) => episode(number, { openedAt: T + Math.floor(number / 3) * 1_000 })
const over = { at: T + 60_000, reason: 'recovered' } as const

function pagesOf(ask: (query: AlertQuery) => AlertPage, limit: number): readonly AlertEpisode[] {
  const { alerts, next } = ask({ state: 'all', limit })
  const all = [...alerts]
  for (let after = next; after !== undefined; ) {
    const page = ask({ state: 'all', limit, after })
    all.push(...page.alerts)
    after = page.next
  }
  return all
}

describe('pages of episodes that two hold', () => {
  test('are those of one that holds all of them, whoever holds which', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('fresher', 'other', 'both'), { maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        (holders, limit) => {
          const held = (by: string) =>
            holders.flatMap((holder, number) => (holder === by || holder === 'both' ? [numbered(number)] : []))
          const [fresher, other] = [held('fresher'), held('other')]
          const merged = (query: AlertQuery) =>
            mergeAlertPages(alertPage(fresher, query), alertPage(other, query), query)
          const whole = holders.map((_, number) => numbered(number))
          expect(pagesOf(merged, limit)).toEqual(pagesOf((query) => alertPage(whole, query), limit))
        },
      ),
    )
  })

  test('have of an episode what the fresher says', () => {
    const query = { state: 'all', limit: 10 } as const
    const ended = { ...numbered(1), resolved: over }
    const page = mergeAlertPages(alertPage([ended], query), alertPage([numbered(1), numbered(2)], query), query)
    expect(page).toEqual({ alerts: [numbered(2), ended], next: undefined })
  })
})
