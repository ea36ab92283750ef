import fc from 'fast-check'
import { toFactLine } from '../../../src/domain/fact-json.js'
import type { Fact } from '../../../src/domain/facts.js'
import { latestRevision } from '../../../src/domain/revisions.js'
import { decision, fact } from '../../support/facts.js'

const AT = '2026-11-20T19:30:00Z'

function told(status: string, revision: string | number | null, knownAt: number): Fact {
  return decision({ at: AT, decision_id: 'd', status, revision, known_at: knownAt })
}

function statusOf(tellings: readonly Fact[]): string {
  const latest = latestRevision(tellings)
  return latest?.fact === 'decision' ? latest.status : (latest?.fact ?? 'none')
}

const TAKEN_BACK = fact('retraction', { of: 'decision', identity: ['d'], at: AT, known_at: 5 })

describe('of several tellings of a fact', () => {
  test.each<[string, readonly Fact[], string]>([
    ['numbers are compared as numbers', [told('ten', 10, 1), told('nine', 9, 2)], 'ten'],
    ['long digits too', [told('a', '9007199254740993', 1), told('b', '9007199254740992', 2)], 'a'],
    ['anything else as text', [told('ten', '10', 1), told('nine', '9b', 1)], 'nine'],
    ['of equal revisions the one known later stands', [told('later', 1, 2), told('earlier', 1, 1)], 'later'],
    ['of none the one known later', [told('later', null, 2), told('earlier', null, 1)], 'later'],
    ['of equals the greater content', [told('b', 1, 1), told('a', 1, 1)], 'b'],
    ['what is taken back is gone', [told('a', 3, 4), TAKEN_BACK], 'retraction'],
    ['unless it was told again', [told('a', 3, 4), TAKEN_BACK, told('b', 3, 6)], 'b'],
    ['or in a later revision that was known before', [TAKEN_BACK, told('a', 3, 4), told('b', 2, 6)], 'retraction'],
    ['none stand for nothing', [], 'none'],
  ])('%s', (_, tellings, status) => {
    expect(statusOf(tellings)).toBe(status)
    expect(statusOf(tellings.toReversed())).toBe(status)
  })

  test('one stands, in whatever order they are given', () => {
    const revision = fc.constantFrom<string | number | null>(null, 9, 10, '9', '5x', '10')
    const telling = fc.oneof(
      fc.tuple(fc.constantFrom('a', 'b', 'c'), revision, fc.nat(4)).map((drawn) => told(...drawn)),
      fc.nat(4).map((knownAt) => fact('retraction', { of: 'decision', identity: ['d'], at: AT, known_at: knownAt })),
    )
    fc.assert(
      fc.property(
        fc
          .array(telling, { minLength: 1, maxLength: 6 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([tellings, others]) => {
          const text = (all: readonly Fact[]) => {
            const latest = latestRevision(all)
            return latest === undefined ? '' : toFactLine({ ...latest, revision: undefined })
          }
          expect(text(others)).toBe(text(tellings))
        },
      ),
      { numRuns: 1_000, seed: 7 },
    )
  })
})
