import fc from 'fast-check'
import type { AlertEpisode } from '../../src/domain/alerts.js'
import type { MetricResult } from '../../src/domain/metric.js'
import type { PolicyEvaluator } from '../../src/policy/evaluator.js'
import { missing } from '../support/frames.js'
import { evaluatorOf, judgedFrame, judgedSet, ok, TICK } from '../support/policy.js'

/** What a tick may say of a book: most are quiet, some breach, some cannot be judged. */
const moment = fc.record({
  max_drawdown: fc.constantFrom<MetricResult>(ok(0.01), ok(0.05), ok(0.06), ok(0.2), missing('no_equity')),
  sharpe_annualized: fc.constantFrom<MetricResult>(ok(1), ok(0.05), ok(-1), missing('too_few_observations')),
  reject_rate: fc.constantFrom<MetricResult>(
    ok(0, { n: 9, rejected: 0 }),
    ok(0.5, { n: 9, rejected: 4 }),
    missing('no_orders'),
  ),
})
type Moment = typeof moment extends fc.Arbitrary<infer Value> ? Value : never

/** Runs of equal moments, so that episodes open and close. */
const runsOf = (one: typeof moment) =>
  fc
    .array(fc.tuple(one, fc.integer({ min: 1, max: 70 })), { minLength: 1, maxLength: 6 })
    .map((runs) => runs.flatMap(([says, count]) => Array.from({ length: count }, () => says)))
const history = runsOf(moment)
/** Every frame can be judged: how long nothing was known, or nothing happened, is not remembered. */
const known = runsOf(moment.filter((says) => Object.values(says).every(({ status }) => status === 'ok')))

function tell(evaluator: PolicyEvaluator, moments: readonly Moment[], from = 0, to = moments.length): void {
  for (let index = from; index < to; index += 1) {
    const now = TICK + index * 1_000
    evaluator.tick(judgedSet(now, [judgedFrame(now, { results: moments[index] ?? {} })]), () => true)
  }
}

function fresh(remembers: readonly AlertEpisode[]): PolicyEvaluator {
  const evaluator = evaluatorOf()
  evaluator.remember(remembers)
  return evaluator
}

const episodesOf = ({ board }: PolicyEvaluator) => [...board.open(), ...board.resolved()]
const byId = (episodes: readonly AlertEpisode[]) =>
  new Map(episodes.map(({ alertId, openedAt, policy, strategyId }) => [alertId, [policy, strategyId, openedAt]]))

describe('episodes', () => {
  test('are the same for everybody who judges the same frames', () => {
    fc.assert(
      fc.property(history, (moments) => {
        const [first, second] = [fresh([]), fresh([])]
        tell(first, moments)
        tell(second, moments)
        expect(episodesOf(second)).toEqual(episodesOf(first))
      }),
      { numRuns: 15 },
    )
  })

  test('of a frame that is told twice are those of one', () => {
    fc.assert(
      fc.property(history, (moments) => {
        const [once, twice] = [fresh([]), fresh([])]
        moments.forEach((_, index) => {
          const frames = judgedSet(TICK + index * 1_000, [
            judgedFrame(TICK + index * 1_000, { results: moments[index] ?? {} }),
          ])
          once.tick(frames, () => true)
          for (let time = 0; time < 2; time += 1) twice.tick(frames, () => true)
        })
        expect(episodesOf(twice)).toEqual(episodesOf(once))
      }),
      { numRuns: 15 },
    )
  })

  test('survive a restart that remembers what was open and judges the last ticks again, with their ids', () => {
    fc.assert(
      fc.property(known, fc.nat(), (moments, cut) => {
        const whole = fresh([])
        tell(whole, moments)
        const at = cut % moments.length
        const before = fresh([])
        tell(before, moments, 0, at)
        const after = fresh(before.board.open())
        after.beginAt(TICK + at * 1_000)
        // Three frames of the medium tier reach 15 ticks back.
        tell(after, moments, Math.max(0, at - 15))
        expect(byId([...episodesOf(before), ...episodesOf(after)])).toEqual(byId(episodesOf(whole)))
        expect(byId(after.board.open())).toEqual(byId(whole.board.open()))
      }),
      { numRuns: 30 },
    )
  })
})
